namespace FaissSdk.Tests.Indexes;

/// <summary>An index whose searches select ids.</summary>
/// <param name="Name">The name of the index in the tests.</param>
/// <param name="New">Creates the index, empty or filled, and adds its parts to the parts.</param>
/// <param name="Supported">The parameters (see <see cref="ParameterCase"/>) by which the index searches among selected ids; the others are refused.</param>
internal sealed record SelectedIndex(string Name, Func<IndexParts, FaissIndex> New, params string[] Supported)
{
    public const int Dimension = 8;
    public const int Size = 400;

    // Every tenth vector is equal to another one.
    public static readonly float[] Vectors = WithDuplicates(TestData.Uniform(Size, Dimension));

    private static readonly string[] Nothing = [];
    private static readonly string[] Plain = [ParameterCase.Plain];
    private static readonly string[] Lists = [ParameterCase.Lists, $"{ParameterCase.Lists}, all probed", $"{ParameterCase.Lists}, limited codes"];
    private static readonly string[] Graph = [ParameterCase.Plain, ParameterCase.Graph, $"{ParameterCase.Graph}, no relative distance"];

    /// <summary>Gets a value indicating whether a search finds the nearest of the selected vectors.</summary>
    public bool IsExact { get; init; }

    /// <summary>Gets a value indicating whether the index keeps ids of the caller.</summary>
    public bool KeepsIds { get; init; }

    public bool IsNewer { get; init; }

    /// <summary>Gets the parameters that a library of FaissSdk supports; by default those that other libraries support, and plain ones.</summary>
    public string[] Own { get; init; } = Supported.Length == 0 ? [] : [ParameterCase.Plain, .. Supported];

    /// <summary>Gets a value indicating whether a range search by the parameters is supported.</summary>
    public bool HasRange { get; init; }

    /// <summary>Gets a value indicating whether only FAISS 1.7.4 or later selects.</summary>
    public bool SelectsSince174 { get; init; }

    /// <summary>Gets a value indicating whether a range search finds all of the selected vectors.</summary>
    public bool FindsAllWithin => HasRange && IsExact;

    /// <summary>Gets a value indicating whether shards are below another index, where only some libraries describe them.</summary>
    public bool HidesShards { get; init; }

    public static IReadOnlyList<SelectedIndex> Every { get; } =
    [
        Factory("Flat", Plain) with { IsExact = true, HasRange = true },
        Factory("SQ8", Plain),
        Factory("SQfp16", Plain),
        Factory("PQ4x4", Nothing),
        Factory("PQ4x4fs", Nothing),
        Factory("RQ2x4", Nothing),
        Factory("RQ4x4fs_32_Nrq2x4", Nothing),
        Factory("LSH", Nothing),
        Factory("RaBitQ", Plain) with { IsNewer = true },
        Factory("RaBitQfs", Nothing) with { IsNewer = true },
        Factory("EDEN2", Plain) with { IsNewer = true },
        Factory("FlatL2Panorama4", Plain) with { IsNewer = true, IsExact = true },
        Factory("IVF16,Flat", Lists) with { IsExact = true, HasRange = true, KeepsIds = true },
        Factory("IVF16,FlatDedup", Nothing) with { KeepsIds = true },
        Factory("IVF16,FlatPanorama4", Lists) with { IsExact = true, KeepsIds = true, IsNewer = true },
        Factory("IVF16,SQ8", Lists) with { KeepsIds = true, HasRange = true },
        Factory("IVF16,PQ4x4", Lists) with { KeepsIds = true, HasRange = true },
        Factory("IVF16,PQ4x4fs", Lists) with { KeepsIds = true, SelectsSince174 = true },
        Factory("IVF16,RQ2x4", Nothing) with { KeepsIds = true },
        Factory("IVF16,RQ4x4fs_32_Nrq2x4", Nothing) with { KeepsIds = true },
        Factory("IVF16,RaBitQ", Lists) with { KeepsIds = true, IsNewer = true },
        Factory("IVF16,RaBitQfs", Lists[..2]) with { KeepsIds = true, IsNewer = true },
        Factory("IVF16,EDEN2", Lists) with { KeepsIds = true, IsNewer = true },
        Factory("IVF16,ITQ4,SH", Nothing) with { KeepsIds = true },
        Factory("IVF16_HNSW8,Flat", Lists) with { IsExact = true, KeepsIds = true },
        Factory("HNSW16", Graph) with { IsExact = true },
        Factory("HNSW16,SQ8", Graph),
        Factory("HNSW16_FlatPanorama4", Nothing) with { IsNewer = true },
        Factory("NSG16", Nothing) with { IsNewer = true },
        Factory("RR8,Flat", Plain) with { IsExact = true, HasRange = true },
        Factory("RR8,IVF16,Flat", Lists) with { IsExact = true, HasRange = true, KeepsIds = true },
        Factory("RR8,HNSW16", Graph) with { IsExact = true },
        Factory("Flat,RFlat", Nothing) with { Own = Plain, IsExact = true },
        Factory("HNSW16,RFlat", Nothing) with { Own = Graph, IsExact = true },
        Factory("IVF16,PQ4x4,RFlat", Nothing) with { Own = [ParameterCase.Plain, .. Lists] },
        Factory("IDMap,Flat", Plain) with { IsExact = true, HasRange = true, KeepsIds = true },
        Factory("IDMap2,Flat", Plain) with { IsExact = true, HasRange = true, KeepsIds = true },
        Factory("IDMap,SQ8", Plain) with { KeepsIds = true },
        Factory("IDMap2,IVF16,Flat", Lists) with { IsExact = true, HasRange = true, KeepsIds = true },
        Factory("IDMap,HNSW16", Graph) with { IsExact = true, KeepsIds = true },
        Factory("IDMap,RR8,Flat", Plain) with { IsExact = true, HasRange = true, KeepsIds = true },
        Factory("IDMap2,RR8,IVF16,Flat", Lists) with { IsExact = true, HasRange = true, KeepsIds = true },
        Factory("IDMap,IVF16,FlatDedup", Nothing) with { KeepsIds = true },
        new("PreTransform of IDMap", parts => new IndexPreTransform(parts.Keep(new IndexIDMap(parts.Keep(new IndexFlatL2(Dimension))))), Plain) { IsExact = true, KeepsIds = true },
        new("shards with successive ids", parts => Shards(parts, false, true, () => new IndexFlatL2(Dimension)), Nothing) { Own = Plain, IsExact = true },
        new("shards with successive ids on threads", parts => Shards(parts, true, true, () => new IndexFlatL2(Dimension)), Nothing) { Own = Plain, IsExact = true },
        new("shards of lists", parts => Shards(parts, false, false, () => FaissIndex.Create(Dimension, "IVF16,Flat")), Lists) { IsExact = true, KeepsIds = true },
        new("shards of lists on threads", parts => Shards(parts, true, false, () => FaissIndex.Create(Dimension, "IVF16,Flat")), Lists) { IsExact = true, KeepsIds = true },
        new("shards of ID maps", parts => Shards(parts, false, false, () => FaissIndex.Create(Dimension, "IDMap,Flat")), Plain) { IsExact = true, KeepsIds = true },
        new("shards of ID maps on threads", parts => Shards(parts, true, false, () => FaissIndex.Create(Dimension, "IDMap,Flat")), Nothing) { Own = Plain, IsExact = true, KeepsIds = true },
        new("transforms of shards of ID maps on threads", parts => new IndexPreTransform(parts.Keep(Shards(parts, true, false, () => FaissIndex.Create(Dimension, "IDMap,Flat")))), Nothing) { Own = Plain, IsExact = true, KeepsIds = true },
        new("one shard of ID maps on threads", parts => Shards(parts, true, false, () => FaissIndex.Create(Dimension, "IDMap,Flat"), count: 1), Plain) { IsExact = true, KeepsIds = true },
        new("a transform of shards of ID maps", parts => new IndexPreTransform(parts.Keep(Shards(parts, false, false, () => FaissIndex.Create(Dimension, "IDMap,Flat")))), Plain) { IsExact = true, KeepsIds = true, HidesShards = true },
        new("shards of shards of ID maps", parts => Shards(parts, false, false, () => Shards(parts, false, false, () => FaissIndex.Create(Dimension, "IDMap,Flat")), count: 2), Plain) { IsExact = true, KeepsIds = true, HidesShards = true },
        new("an ID map of shards", parts => new IndexIDMap(parts.Keep(Shards(parts, false, true, () => new IndexFlatL2(Dimension)))), Nothing) { Own = Plain, IsExact = true, KeepsIds = true },
        new("an owned ID map of shards", parts => new IndexIDMap(Shards(parts, false, true, () => new IndexFlatL2(Dimension)), takeOwnership: true), Nothing) { Own = Plain, IsExact = true, KeepsIds = true },
        new("a transform of shards", parts => new IndexPreTransform(parts.Keep(Shards(parts, false, true, () => new IndexFlatL2(Dimension)))), Nothing) { Own = Plain, IsExact = true },
        new("replicas", parts => Replicas(parts, () => new IndexFlatL2(Dimension)), Nothing) { Own = Plain, IsExact = true },
        new("an ID map of shards of ID maps", parts => new IndexIDMap(parts.Keep(Shards(parts, false, false, () => FaissIndex.Create(Dimension, "IDMap,Flat")))), Nothing) { Own = Plain, IsExact = true, KeepsIds = true },
        new("an ID map of shards of lists", parts => new IndexIDMap(parts.Keep(Shards(parts, true, false, () => FaissIndex.Create(Dimension, "IVF16,Flat")))), Lists) { IsExact = true, KeepsIds = true, HidesShards = true },
    ];

    public bool IsSupported(string parameters) =>
        (Native.HasOwnSearch ? Own : Supported).Contains(parameters) && (!SelectsSince174 || FaissLibrary.Supports("faiss_SearchParameters_new"));

    // A range search reads no limit of codes.
    public bool IsSupportedWithin(string parameters) => HasRange && IsSupported(parameters) && parameters != Lists[2];

    public static TheoryData<string> Names => [.. Every.Select(index => index.Name)];

    /// <summary>Creates the index and fills it.</summary>
    public MadeIndex Make()
    {
        using var single = Native.SingleThread();
        var parts = new IndexParts();
        var index = New(parts);
        if (!index.IsTrained)
        {
            index.Train(TestData.Uniform(640, Dimension, seed: 2));
        }

        if (KeepsIds)
        {
            index.AddWithIds(Vectors, [.. Enumerable.Range(0, Size).Select(IdAt)]);
        }
        else
        {
            index.Add(Vectors);
        }

        foreach (var (name, value) in new[] { ("nprobe", 16), ("efSearch", 512) })
        {
            _ = Record.Exception(() => index.SetParameter(name, value));
        }

        return new MadeIndex(index, parts);
    }

    /// <summary>Returns the id of the vector at a position.</summary>
    public long IdAt(int position) => KeepsIds ? (7L * position % Size) + 2 : position;

    public override string ToString() => Name;

    private static SelectedIndex Factory(string description, string[] supported) => new(description, _ => FaissIndex.Create(Dimension, description), supported);

    private static IndexShards Shards(IndexParts parts, bool threaded, bool successive, Func<FaissIndex> create, int count = 3)
    {
        var shards = new IndexShards(Dimension, threaded, successive);
        for (var i = 0; i < count; i++)
        {
            var part = create();
            if (!part.IsTrained)
            {
                part.Train(TestData.Uniform(640, Dimension, seed: 2));
                part.SetParameter("nprobe", 16);
            }

            shards.AddShard(parts.Keep(part));
        }

        return shards;
    }

    private static IndexReplicas Replicas(IndexParts parts, Func<FaissIndex> create)
    {
        var replicas = new IndexReplicas(Dimension);
        replicas.AddReplica(parts.Keep(create()));
        replicas.AddReplica(parts.Keep(create()));
        return replicas;
    }

    private static float[] WithDuplicates(float[] vectors)
    {
        for (var i = 10; i < Size; i += 10)
        {
            vectors.AsSpan((i - 7) * Dimension, Dimension).CopyTo(vectors.AsSpan(i * Dimension));
        }

        return vectors;
    }
}
