using System.Text.Json;

namespace FaissSdk.Orleans;

/// <summary>Describes a set of points in the store.</summary>
[GenerateSerializer]
[Immutable]
internal sealed record PointSetManifest
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };

    [Id(0)]
    public required string Name { get; init; }

    [Id(1)]
    public required int Dimension { get; init; }

    /// <summary>Gets the parts, in the order of their points; without content unless sealed.</summary>
    [Id(2)]
    public required PointPartFiles[] Parts { get; init; }

    [Id(3)]
    public required bool IsSealed { get; init; }

    /// <summary>Gets a value indicating whether the set takes no more points, as these are being counted.</summary>
    [Id(4)]
    public bool IsClosed { get; init; }

    /// <summary>Gets the names of the descriptions of a set, of which the first that exists is the newest.</summary>
    public static IReadOnlyList<string> StatesFromNewest { get; } = ["sealed", "closed", "created"];

    private string State => StatesFromNewest[IsSealed ? 0 : IsClosed ? 1 : 2];

    public static string FileName(string name, string state) => $"points/{name}/{state}.json";

    public string GetFileName() => FileName(Name, State);

    public static PointSetManifest Parse(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            return JsonSerializer.Deserialize<PointSetManifest>(json, Options) ?? throw new JsonException("It is null.");
        }
        catch (JsonException error)
        {
            throw new ShardDamagedException($"The file '{name}' of the store is damaged: {error.Message} Restore it from a copy, or store the points again.", error);
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);
}

/// <summary>Describes the points of one part.</summary>
/// <param name="Count">The number of points.</param>
/// <param name="Segments">The files, in the order of their points.</param>
/// <param name="Checksum">The SHA-256 of the points, in hexadecimal.</param>
/// <param name="MaxSquaredLength">The largest |x|² of the points.</param>
[GenerateSerializer]
[Immutable]
internal sealed record PointPartFiles([property: Id(0)] long Count, [property: Id(1)] string[] Segments, [property: Id(2)] string Checksum, [property: Id(3)] double MaxSquaredLength)
{
    public static PointPartFiles None { get; } = new(0, [], "", 0);
}
