using System.Text.Json;

namespace FaissSdk.Orleans;

/// <summary>Describes one version of a collection: all of its files. A version is committed by the creation of its file.</summary>
[GenerateSerializer]
[Immutable]
internal sealed record CollectionManifest
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };

    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Gets the number of the version, counted from 1.</summary>
    [Id(1)]
    public required int Version { get; init; }

    [Id(2)]
    public required int Dimension { get; init; }

    [Id(3)]
    public required MetricType Metric { get; init; }

    /// <summary>Gets the version of FAISS that wrote the trained index, and that all silos of the collection must have.</summary>
    [Id(4)]
    public required string FaissVersion { get; init; }

    [Id(5)]
    public required int Replicas { get; init; }

    [Id(6)]
    public required bool IsSealed { get; init; }

    /// <summary>Gets the trained index without vectors.</summary>
    [Id(7)]
    public required ShardFile Template { get; init; }

    /// <summary>Gets the files of the shards, which are not yet written unless sealed.</summary>
    [Id(8)]
    public required ShardFile[] Shards { get; init; }

    /// <summary>Gets how ids are divided among the shards; manifests that lack it divide ids by their remainder.</summary>
    [Id(9)]
    public IdDivision Division { get; init; }

    /// <summary>Gets a value indicating whether the collection takes no more additions, as its shards are being built; manifests that lack it are sealed or take additions.</summary>
    [Id(10)]
    public bool IsClosed { get; init; }

    public static CollectionManifest Parse(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<CollectionManifest>(json, Options) ?? throw new JsonException("It is null.");
            return Enum.IsDefined(manifest.Division) ? manifest : throw new ShardVersionException($"The file '{name}' of the store divides ids in a way ({manifest.Division}) that this version of FaissSdk.Orleans does not know; install the version that wrote it.");
        }
        catch (JsonException error)
        {
            throw new ShardDamagedException($"The file '{name}' of the store is damaged: {error.Message} Restore it from a copy, or delete it to return to the version before.", error);
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    public int ShardOf(long id) => Division == IdDivision.Mixed ? ShardOfId.Mixed(id, Shards.Length) : (int)(id % Shards.Length);
}

/// <summary>Describes a file of the store.</summary>
/// <param name="Name">The name in the store, or empty if it is not written yet.</param>
/// <param name="Length">The length in bytes.</param>
/// <param name="Count">The number of vectors.</param>
/// <param name="Sha256">The SHA-256 of the content, in hexadecimal.</param>
[GenerateSerializer]
[Immutable]
internal sealed record ShardFile([property: Id(0)] string Name, [property: Id(1)] long Length, [property: Id(2)] long Count, [property: Id(3)] string Sha256)
{
    public static ShardFile None { get; } = new("", 0, 0, "");
}
