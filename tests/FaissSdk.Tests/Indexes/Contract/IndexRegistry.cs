using static FaissSdk.Tests.Indexes.IndexAbilities;

namespace FaissSdk.Tests.Indexes;

/// <summary>Lists every kind of index once.</summary>
internal static class IndexRegistry
{
    private const IndexAbilities Codes = Positions | Remove | Reconstruct | Save;
    private const IndexAbilities Lists = Positions | Ids | Remove | RangeSearch | Save | ReconstructRange;
    private const IndexAbilities Graph = Positions | Reconstruct | Save;
    private const IndexAbilities MappedIds = Ids | Remove | RangeSearch | Save;

    public static IReadOnlyList<IndexKind> All { get; } =
    [
        Factory("Flat") with { IsExact = true, Abilities = Codes | RangeSearch, SupportsOneDimension = true },
        Factory("Flat", MetricType.InnerProduct) with { IsExact = true, Abilities = Codes | RangeSearch, SupportsOneDimension = true },
        Factory("Flat", MetricType.L1) with { IsExact = true, Abilities = Codes, NewerAbilities = RangeSearch, SupportsOneDimension = true },
        Factory("Flat", MetricType.Linf) with { IsExact = true, Abilities = Codes, NewerAbilities = RangeSearch, SupportsOneDimension = true },

        Factory("LSH") with { MinRecall = 0.35, IsCentered = true, Abilities = Codes, NewerAbilities = RangeSearch },
        Factory("LSHrt") with { MinRecall = 0.2, Abilities = Codes, NewerAbilities = RangeSearch },
        Factory("SQ8") with { MinRecall = 0.95, Abilities = Codes, NewerAbilities = RangeSearch, SupportsOneDimension = true },
        Factory("SQ8", MetricType.InnerProduct) with { MinRecall = 0.95, Abilities = Codes, NewerAbilities = RangeSearch, SupportsOneDimension = true },
        Factory("SQ4") with { MinRecall = 0.8, Abilities = Codes, NewerAbilities = RangeSearch, SupportsOneDimension = true },
        Factory("SQ6") with { MinRecall = 0.9, Abilities = Codes, NewerAbilities = RangeSearch, SupportsOneDimension = true },
        Factory("SQfp16") with { MinRecall = 0.98, Abilities = Codes, NewerAbilities = RangeSearch, SupportsOneDimension = true },
        Factory("PQ4x4") with { MinRecall = 0.6, Abilities = Codes, NewerAbilities = RangeSearch },
        Factory("PQ4x4", MetricType.InnerProduct) with { MinRecall = 0.65, Abilities = Codes, NewerAbilities = RangeSearch },
        Factory("PQ4x4fs") with { MinRecall = 0.6, Abilities = Codes },
        Factory("RQ2x4") with { MinRecall = 0.35, Abilities = Codes, NewerAbilities = RangeSearch },
        Factory("RQ2x4fs_32_Nrq2x4") with { MinRecall = 0.35, Abilities = Codes },
        Factory("LSQ2x4") with { MinRecall = 0.35, Abilities = Codes, NewerAbilities = RangeSearch },
        Factory("PRQ2x2x4") with { MinRecall = 0.55, Abilities = Codes, NewerAbilities = RangeSearch },
        Factory("PLSQ2x2x4") with { MinRecall = 0.55, Abilities = Codes, NewerAbilities = RangeSearch },
        Factory("PRQ2x2x4fs_32_Nrq2x4") with { MinRecall = 0.55, Abilities = Codes },

        Factory("IVF16,Flat") with { IsExact = true, Abilities = Lists, KeepsIds = true, SupportsOneDimension = true },
        Factory("IVF16,Flat", MetricType.InnerProduct) with { IsExact = true, Abilities = Lists, KeepsIds = true, SupportsOneDimension = true },
        Factory("IVF16,Flat", MetricType.L1) with { IsExact = true, Abilities = Lists, KeepsIds = true, IsNewer = true },
        Factory("IVF16,FlatDedup") with { IsExact = true, Abilities = Positions | Ids | Remove | Save, KeepsIds = true },
        Factory("IVF16,SQ8") with { MinRecall = 0.95, Abilities = Lists, KeepsIds = true, SupportsOneDimension = true },
        Factory("IVF16,PQ4x4") with { MinRecall = 0.65, Abilities = Lists, KeepsIds = true },
        Factory("IVF16,PQ4x4", MetricType.InnerProduct) with { MinRecall = 0.7, Abilities = Lists, KeepsIds = true },
        Factory("IVF16,PQ4x4fs") with { MinRecall = 0.6, Abilities = Positions | Ids | Save | RangeSearch | ReconstructRange, NewerAbilities = Remove, KeepsIds = true },
        Factory("IVF16,PQ4+4") with { MinRecall = 0.95, Abilities = Positions | RangeSearch | Save | ReconstructRange },
        Factory("IVF16,RQ2x4") with { MinRecall = 0.45, Abilities = Lists & ~ReconstructRange, NewerAbilities = ReconstructRange, KeepsIds = true },
        Factory("IVF16,PRQ2x2x4") with { MinRecall = 0.65, Abilities = Lists & ~ReconstructRange, NewerAbilities = ReconstructRange, KeepsIds = true },
        Factory("IVF16,RQ2x4fs_32_Nrq2x4")
            with { MinRecall = 0.35, Abilities = Positions | Ids | Save | RangeSearch | ReconstructRange, NewerAbilities = Remove, KeepsIds = true },
        Factory("IVF16,ITQ4,SH") with { MinRecall = 0.2, Abilities = Lists & ~ReconstructRange, KeepsIds = true },
        Factory("IVF16,Flat,RFlat") with { IsExact = true, Abilities = Graph, NewerAbilities = RangeSearch },
        Factory("IVF16_HNSW8,Flat") with { IsExact = true, Abilities = Lists, KeepsIds = true },
        Factory("IVF16(PQ4x4),Flat") with { IsExact = true, Abilities = Lists, KeepsIds = true },
        Factory("IMI2x3,Flat") with { IsExact = true, Abilities = Lists, KeepsIds = true },
        Factory("IVF16(RCQ1x4),Flat") with { IsExact = true, Abilities = Lists, KeepsIds = true },
        Factory("IVF120_NSG8,Flat") with { MinRecall = 0.8, Abilities = Lists, KeepsIds = true, IsNewer = true },

        Factory("HNSW16") with { MinRecall = 0.95, Abilities = Graph, NewerAbilities = RangeSearch },
        Factory("HNSW16", MetricType.InnerProduct) with { MinRecall = 0.95, Abilities = Graph, NewerAbilities = RangeSearch },
        Factory("HNSW16,SQ8") with { MinRecall = 0.93, Abilities = Graph, NewerAbilities = RangeSearch },
        Factory("HNSW16_PQ4np") with { MinRecall = 0.85, Abilities = Graph, NewerAbilities = RangeSearch },
        Factory("HNSW16,RFlat") with { MinRecall = 0.95, Abilities = Graph, NewerAbilities = RangeSearch },
        Factory("HNSW16_16+PQ4") with { MinRecall = 0.85, Abilities = Graph, NewerAbilities = RangeSearch },
        Factory("NSG16") with { MinRecall = 0.9, Abilities = Graph, IsNewer = true },

        Factory("PCA4,Flat") with { MinRecall = 0.25, Abilities = Codes | RangeSearch },
        Factory("OPQ4,PQ4x4") with { MinRecall = 0.55, Abilities = Codes, NewerAbilities = RangeSearch },
        Factory("ITQ,LSH") with { MinRecall = 0.2, Abilities = Positions | Remove | Save, NewerAbilities = RangeSearch },
        Factory("RR8,Flat") with { MinRecall = 0.99, Abilities = Codes | RangeSearch },
        Factory("L2norm,Flat") with { MinRecall = 0.6, Abilities = Codes | RangeSearch },
        Factory("Pad16,Flat") with { IsExact = true, Abilities = Codes | RangeSearch },
        Factory("IDMap,Flat") with { IsExact = true, Abilities = MappedIds, KeepsIds = true },
        Factory("IDMap2,Flat") with { IsExact = true, Abilities = MappedIds | Reconstruct, KeepsIds = true },
        Factory("PQ4x4fs,RFlat") with { MinRecall = 0.6, Abilities = Graph },

        Factory("SQbf16") with { MinRecall = 0.9, Abilities = Codes | RangeSearch, IsNewer = true },
        Factory("SQ8_direct") with { MinRecall = 0.98, Abilities = Codes | RangeSearch, IsNewer = true, HoldsBytes = true },
        Factory("SQtq4") with { MinRecall = 0.5, Abilities = Codes | RangeSearch, IsNewer = true },
        Factory("FlatL2Panorama4") with { MinRecall = 1, Abilities = Codes | RangeSearch, IsNewer = true },
        Factory("RaBitQ") with { MinRecall = 0.2, Abilities = Codes | RangeSearch, IsNewer = true },
        Factory("RaBitQ4") with { MinRecall = 0.5, Abilities = Codes | RangeSearch, IsNewer = true },
        Factory("RaBitQfs") with { MinRecall = 0.2, Abilities = Codes, IsNewer = true },
        Factory("EDEN2") with { MinRecall = 0.4, Abilities = Codes | RangeSearch, IsNewer = true },
        Factory("IVF16,FlatPanorama4") with { MinRecall = 0.99, Abilities = Lists, KeepsIds = true, IsNewer = true },
        Factory("IVF16,RaBitQ") with { MinRecall = 0.2, Abilities = Lists, KeepsIds = true, IsNewer = true },
        Factory("IVF16,RaBitQfs") with { MinRecall = 0.2, Abilities = Lists & ~(ReconstructRange | Remove), KeepsIds = true, IsNewer = true },
        Factory("IVF16,EDEN2") with { MinRecall = 0.4, Abilities = Lists, KeepsIds = true, IsNewer = true },
        Factory("HNSW16_FlatPanorama4") with { MinRecall = 0.9, Abilities = Graph | RangeSearch, IsNewer = true },
        Factory("HR8,Flat") with { MinRecall = 0.99, Abilities = Positions | Remove | RangeSearch | Save, IsNewer = true },

        Constructed("IndexFlat1D", (_, _) => new IndexFlat1D()) with { Components = 1, IsExact = true, Abilities = (Codes & ~Save) | RangeSearch },
        Constructed("IndexFlatL2", (d, _) => new IndexFlatL2(d)) with { IsExact = true, Abilities = Codes | RangeSearch, SupportsOneDimension = true },
        Constructed("IndexFlatIP", (d, _) => new IndexFlatIP(d)) with { Metric = MetricType.InnerProduct, IsExact = true, Abilities = Codes | RangeSearch, SupportsOneDimension = true },
        Constructed("IndexRefineFlat of IndexFlatL2", (d, parts) => new IndexRefineFlat(parts.Keep(new IndexFlatL2(d))))
            with { IsExact = true, Abilities = Graph, NewerAbilities = RangeSearch, SupportsOneDimension = true },
        Constructed("IndexRefineFlat of IndexScalarQuantizer", (d, parts) => new IndexRefineFlat(parts.Keep(new IndexScalarQuantizer(d, ScalarQuantizerType.EightBit))))
            with { MinRecall = 0.95, Abilities = Graph, NewerAbilities = RangeSearch, SupportsOneDimension = true },
        Constructed("IndexIVFFlat", (d, parts) => Probing(new IndexIVFFlat(parts.Keep(new IndexFlatL2(d)), 16)))
            with { IsExact = true, Abilities = Lists, KeepsIds = true, SupportsOneDimension = true },
        Constructed("IndexIVFFlat by InnerProduct", (d, parts) => Probing(new IndexIVFFlat(parts.Keep(new IndexFlatIP(d)), 16, MetricType.InnerProduct)))
            with { Metric = MetricType.InnerProduct, IsExact = true, Abilities = Lists, KeepsIds = true, SupportsOneDimension = true },
        Constructed("IndexIVFFlat over HNSW", (d, parts) => Probing(new IndexIVFFlat(parts.Keep(FaissIndex.Create(d, "HNSW8")), 16))) with { IsExact = true, Abilities = Lists, KeepsIds = true },
        .. Enum.GetValues<ScalarQuantizerType>().Select(IVFScalarQuantizer),
        .. Enum.GetValues<ScalarQuantizerType>().Where(type => type != ScalarQuantizerType.ZeroBit).Select(FlatScalarQuantizer),
        Constructed("IndexLSH", (d, _) => new IndexLSH(d, 64)) with { MinRecall = 0.3, Abilities = Codes, NewerAbilities = RangeSearch },
        Constructed("IndexLSH without rotation", (d, _) => new IndexLSH(d, d, rotateData: false, trainThresholds: true)) with { MinRecall = 0.25, Abilities = Codes, NewerAbilities = RangeSearch },
        Constructed("IndexPreTransform", (d, parts) => new IndexPreTransform(parts.Keep(new IndexFlatL2(d)))) with { IsExact = true, Abilities = Codes | RangeSearch, SupportsOneDimension = true },
        Constructed("IndexPreTransform of PCAMatrix", (d, parts) => new IndexPreTransform(parts.Keep(new PCAMatrix(d, 4)), parts.Keep(new IndexFlatL2(4))))
            with { MinRecall = 0.25, Abilities = Codes | RangeSearch },
        Constructed("IndexPreTransform of RandomRotationMatrix", (d, parts) => new IndexPreTransform(parts.Keep(new RandomRotationMatrix(d, d)), parts.Keep(new IndexFlatL2(d))))
            with { MinRecall = 0.99, Abilities = Codes | RangeSearch },
        Constructed("IndexPreTransform of CenteringTransform", (d, parts) => new IndexPreTransform(parts.Keep(new CenteringTransform(d)), parts.Keep(new IndexFlatL2(d))))
            with { MinRecall = 0.99, Abilities = Codes | RangeSearch },
        Constructed("IndexIDMap", (d, parts) => new IndexIDMap(parts.Keep(new IndexFlatL2(d))))
            with { IsExact = true, Abilities = MappedIds, KeepsIds = true, SupportsOneDimension = true },
        Constructed("IndexIDMap of IndexScalarQuantizer", (d, parts) => new IndexIDMap(parts.Keep(new IndexScalarQuantizer(d, ScalarQuantizerType.EightBit))))
            with { MinRecall = 0.95, Abilities = Ids | Remove | Save, NewerAbilities = RangeSearch, KeepsIds = true, SupportsOneDimension = true },
        Constructed("IndexIDMap of IndexIVFFlat", (d, parts) => new IndexIDMap(parts.Keep(Probing(new IndexIVFFlat(parts.Keep(new IndexFlatL2(d)), 16)))))
            with { IsExact = true, Abilities = MappedIds & ~Remove, KeepsIds = true, SupportsOneDimension = true },
        Constructed("IndexIDMap2", (d, parts) => new IndexIDMap2(parts.Keep(new IndexFlatL2(d))))
            with { IsExact = true, Abilities = MappedIds | Reconstruct, KeepsIds = true, SupportsOneDimension = true },
        Constructed("IndexShards", (d, parts) => Shards(d, parts, threaded: false, successive: true, () => new IndexFlatL2(d)))
            with { IsExact = true, Abilities = Positions },
        Constructed("IndexShards on threads", (d, parts) => Shards(d, parts, threaded: true, successive: true, () => new IndexFlatL2(d)))
            with { IsExact = true, Abilities = Positions },
        Constructed("IndexShards of IndexFlatIP", (d, parts) => Shards(d, parts, threaded: false, successive: true, () => new IndexFlatIP(d)))
            with { Metric = MetricType.InnerProduct, IsExact = true, Abilities = Positions },
        Constructed("IndexShards with labels", (d, parts) => Shards(d, parts, threaded: false, successive: false, () => Probing(FaissIndex.Create(d, "IVF16,Flat"))))
            with { IsExact = true, Abilities = Positions | Ids },
        Constructed("IndexReplicas", (d, parts) => Replicas(d, parts, threaded: false)) with { IsExact = true, Abilities = Positions | Reconstruct },
        Constructed("IndexReplicas on threads", (d, parts) => Replicas(d, parts, threaded: true)) with { IsExact = true, Abilities = Positions | Reconstruct },
    ];

    public static TheoryData<string> Names => [.. All.Select(kind => kind.Name)];

    public static IndexKind Find(string name) => All.Single(kind => kind.Name == name);

    private static IndexKind IVFScalarQuantizer(ScalarQuantizerType type) => OfType(type, Constructed(
        $"IndexIVFScalarQuantizer {type}",
        (d, parts) => Probing(new IndexIVFScalarQuantizer(parts.Keep(new IndexFlatL2(d)), 16, type, encodeResidual: !HoldsBytes(type))))) with { Abilities = Lists, KeepsIds = true };

    private static IndexKind FlatScalarQuantizer(ScalarQuantizerType type) => OfType(type, Constructed(
        $"IndexScalarQuantizer {type}",
        (d, _) => new IndexScalarQuantizer(d, type))) with { Abilities = Codes, NewerAbilities = RangeSearch };

    private static IndexKind OfType(ScalarQuantizerType type, IndexKind kind) => kind with
    {
        IsNewer = type > ScalarQuantizerType.SixBit,
        HoldsBytes = HoldsBytes(type),
        IsCentered = type > ScalarQuantizerType.EightBitDirectSigned,
        MinRecall = MinRecall(type),
    };

    private static bool HoldsBytes(ScalarQuantizerType type) => type is ScalarQuantizerType.EightBitDirect or ScalarQuantizerType.EightBitDirectSigned;

    // Measured with FAISS 1.15.0 (0.26 without bits, 0.31 with one, 0.98 with eight), less a margin of about 0.05.
    private static double MinRecall(ScalarQuantizerType type) => type switch
    {
        ScalarQuantizerType.FourBit or ScalarQuantizerType.FourBitUniform => 0.8,
        ScalarQuantizerType.SixBit or ScalarQuantizerType.BFloat16 => 0.9,
        <= ScalarQuantizerType.EightBitDirectSigned => 0.95,
        ScalarQuantizerType.ZeroBit => 0.2,
        ScalarQuantizerType.TurboQuantMse1Bit or ScalarQuantizerType.Eden1Bit => 0.25,
        ScalarQuantizerType.TurboQuantMse2Bit or ScalarQuantizerType.Eden2Bit => 0.35,
        ScalarQuantizerType.TurboQuantMse3Bit or ScalarQuantizerType.Eden3Bit => 0.5,
        ScalarQuantizerType.TurboQuantMse4Bit or ScalarQuantizerType.Eden4Bit => 0.7,
        ScalarQuantizerType.Eden5Bit => 0.8,
        ScalarQuantizerType.Eden6Bit => 0.87,
        ScalarQuantizerType.Eden7Bit => 0.92,
        ScalarQuantizerType.TurboQuantMse8Bit or ScalarQuantizerType.Eden8Bit => 0.95,
        ScalarQuantizerType.TurboQuant2Bit => 0.65,
        ScalarQuantizerType.TurboQuant3Bit => 0.75,
        ScalarQuantizerType.TurboQuant4Bit => 0.82,
        ScalarQuantizerType.TurboQuant5Bit => 0.88,
        _ => throw new NotSupportedException($"{type} has no measured recall."),
    };

    private static IndexKind Factory(string description, MetricType metric = MetricType.L2) => new(
        metric == MetricType.L2 ? description : $"{description} by {metric}",
        (d, _) => description.Contains("IVF", StringComparison.Ordinal) || description.StartsWith("IMI", StringComparison.Ordinal)
            ? Probing(FaissIndex.Create(d, description, metric))
            : FaissIndex.Create(d, description, metric))
    {
        Description = description,
        Metric = metric,
    };

    private static IndexKind Constructed(string name, Func<int, IndexParts, FaissIndex> create) => new(name, create);

    // 120 is the largest number of lists of any kind here.
    private static FaissIndex Probing(FaissIndex index)
    {
        index.SetParameter("nprobe", 120);
        return index;
    }

    private static IndexShards Shards(int dimension, IndexParts parts, bool threaded, bool successive, Func<FaissIndex> create)
    {
        var shards = new IndexShards(dimension, threaded, successive);
        for (var i = 0; i < 3; i++)
        {
            shards.AddShard(parts.Keep(create()));
        }

        return shards;
    }

    private static IndexReplicas Replicas(int dimension, IndexParts parts, bool threaded)
    {
        var replicas = new IndexReplicas(dimension, threaded);
        replicas.AddReplica(parts.Keep(new IndexFlatL2(dimension)));
        replicas.AddReplica(parts.Keep(new IndexFlatL2(dimension)));
        return replicas;
    }
}
