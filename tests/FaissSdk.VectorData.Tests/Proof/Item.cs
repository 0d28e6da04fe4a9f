namespace FaissSdk.VectorData.Tests;

/// <summary>A record with a property of each sort that filters distinguish.</summary>
internal sealed class Item
{
    public const int Dimension = 8;

    [VectorStoreKey]
    public string Key { get; set; } = "";

    [VectorStoreData(IsIndexed = true)]
    public int Number { get; set; }

    [VectorStoreData]
    public int? Optional { get; set; }

    [VectorStoreData(IsFullTextIndexed = true)]
    public string? Text { get; set; }

    [VectorStoreData]
    public string[]? Tags { get; set; }

    [VectorStoreData]
    public bool Flag { get; set; }

    [VectorStoreVector(Dimension)]
    public ReadOnlyMemory<float> Vector { get; set; }

    /// <summary>Returns a definition of the record with an index and a distance.</summary>
    public static VectorStoreCollectionDefinition Definition(string indexKind, string distance) => new()
    {
        Properties =
        [
            new VectorStoreKeyProperty(nameof(Key), typeof(string)),
            new VectorStoreDataProperty(nameof(Number), typeof(int)) { IsIndexed = true },
            new VectorStoreDataProperty(nameof(Optional), typeof(int?)),
            new VectorStoreDataProperty(nameof(Text), typeof(string)) { IsFullTextIndexed = true },
            new VectorStoreDataProperty(nameof(Tags), typeof(string[])),
            new VectorStoreDataProperty(nameof(Flag), typeof(bool)),
            new VectorStoreVectorProperty(nameof(Vector), typeof(ReadOnlyMemory<float>), Dimension) { IndexKind = indexKind, DistanceFunction = distance },
        ],
    };

    /// <summary>Returns a value indicating whether all but the vector is equal.</summary>
    public bool HasDataOf(Item other) =>
        Key == other.Key && Number == other.Number && Optional == other.Optional && Text == other.Text && Flag == other.Flag
        && (Tags is null ? other.Tags is null : other.Tags is not null && Tags.SequenceEqual(other.Tags));

    public override string ToString() => $"{Key}: {Number}, {Optional?.ToString() ?? "null"}, {Text ?? "null"}, [{string.Join(' ', Tags ?? ["null"])}], {Flag}, ({string.Join(' ', Vector.ToArray())})";
}
