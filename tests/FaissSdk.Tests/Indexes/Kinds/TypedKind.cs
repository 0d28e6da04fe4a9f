namespace FaissSdk.Tests.Indexes;

/// <summary>A kind of index with a class of its own, and the factory string of the same index.</summary>
/// <param name="Type">The class.</param>
/// <param name="Description">The factory string.</param>
/// <param name="New">Creates the index by the constructor, of dimension 16.</param>
internal sealed record TypedKind(Type Type, string Description, Func<IndexParts, FaissIndex> New)
{
    public const int Dimension = 16;
    public const int Lists = 8;

    public MetricType Metric { get; init; } = MetricType.L2;

    /// <summary>Gets the first FAISS version that has the kind.</summary>
    public Version Since { get; init; } = new(1, 7, 3);

    public static IReadOnlyList<TypedKind> All { get; } =
    [
        new(typeof(IndexHNSWFlat), "HNSW32,Flat", _ => new IndexHNSWFlat(Dimension)),
        new(typeof(IndexHNSWFlat), "HNSW8,Flat", _ => new IndexHNSWFlat(Dimension, 8, MetricType.InnerProduct)) { Metric = MetricType.InnerProduct },
        new(typeof(IndexHNSWFlat), "HNSW12,Flat", _ => new IndexHNSWFlat(Dimension, 12, MetricType.L1)) { Metric = MetricType.L1 },
        new(typeof(IndexHNSWPQ), "HNSW16,PQ1", _ => new IndexHNSWPQ(Dimension, 1, 16)),
        new(typeof(IndexHNSWPQ), "HNSW16,PQ4x6", _ => new IndexHNSWPQ(Dimension, 4, 16, 6)) { Since = new(1, 8, 0) },
        new(typeof(IndexHNSWSQ), "HNSW16,SQ8", _ => new IndexHNSWSQ(Dimension, ScalarQuantizerType.EightBit, 16)),
        new(typeof(IndexHNSWSQ), "HNSW16,SQfp16", _ => new IndexHNSWSQ(Dimension, ScalarQuantizerType.Float16, 16, MetricType.InnerProduct)) { Metric = MetricType.InnerProduct },
        new(typeof(IndexNSGFlat), "NSG16,Flat", _ => new IndexNSGFlat(Dimension, 16)) { Since = new(1, 15, 0) },
        new(typeof(IndexPQ), "PQ4np", _ => new IndexPQ(Dimension, 4)),
        new(typeof(IndexPQ), "PQ8x4", _ => new IndexPQ(Dimension, 8, 4, MetricType.InnerProduct) { PolysemousTraining = true }) { Metric = MetricType.InnerProduct },
        new(typeof(IndexResidualQuantizer), "RQ3x5", _ => new IndexResidualQuantizer(Dimension, 3, 5)),
        new(typeof(IndexResidualQuantizer), "RQ2x6", _ => new IndexResidualQuantizer(Dimension, 2, 6, MetricType.InnerProduct)) { Metric = MetricType.InnerProduct },
        new(typeof(IndexRaBitQ), "RaBitQ", _ => new IndexRaBitQ(Dimension)) { Since = new(1, 11, 0) },
        new(typeof(IndexRaBitQ), "RaBitQ4", _ => new IndexRaBitQ(Dimension, 4, MetricType.InnerProduct)) { Since = new(1, 13, 1), Metric = MetricType.InnerProduct },
        new(typeof(IndexIVFPQ), "IVF8,PQ4np", parts => new IndexIVFPQ(parts.Keep(new IndexFlatL2(Dimension)), Lists, 4)),
        new(typeof(IndexIVFPQ), "IVF8,PQ4x6np", parts => new IndexIVFPQ(parts.Keep(new IndexFlatIP(Dimension)), Lists, 4, 6, MetricType.InnerProduct)) { Metric = MetricType.InnerProduct },
        new(typeof(IndexIVFPQ), "IVF8,PQ8x4", _ => new IndexIVFPQ(new IndexFlatL2(Dimension), Lists, 8, 4, takeOwnership: true) { PolysemousTraining = true }),
        new(typeof(IndexIVFPQ), "IVF8_HNSW16,PQ4np", parts => new IndexIVFPQ(parts.Keep(new IndexHNSWFlat(Dimension, 16)), Lists, 4)),
        new(typeof(IndexIVFPQFastScan), "IVF8,PQ8x4fs", parts => new IndexIVFPQFastScan(parts.Keep(new IndexFlatL2(Dimension)), Lists, 8)),
        new(typeof(IndexIVFPQFastScan), "IVF8,PQ8x4fsr", _ => new IndexIVFPQFastScan(new IndexFlatIP(Dimension), Lists, 8, MetricType.InnerProduct, encodeResidual: true, takeOwnership: true)) { Metric = MetricType.InnerProduct },
        new(typeof(IndexIVFRaBitQ), "IVF8,RaBitQ", parts => new IndexIVFRaBitQ(parts.Keep(new IndexFlatL2(Dimension)), Lists)) { Since = new(1, 11, 0) },
        new(typeof(IndexIVFRaBitQ), "IVF8,RaBitQ3", parts => new IndexIVFRaBitQ(parts.Keep(new IndexFlatIP(Dimension)), Lists, 3, MetricType.InnerProduct)) { Since = new(1, 13, 1), Metric = MetricType.InnerProduct },
        new(typeof(IndexRefineFlat), "SQ8,RFlat", parts => new IndexRefineFlat(parts.Keep(new IndexScalarQuantizer(Dimension, ScalarQuantizerType.EightBit)))),
        new(typeof(IndexRefine), "PQ4np,Refine(SQ8)", parts => new IndexRefine(parts.Keep(new IndexPQ(Dimension, 4)), parts.Keep(new IndexScalarQuantizer(Dimension, ScalarQuantizerType.EightBit)))),
        new(typeof(IndexRefine), "SQ4,Refine(PQ8np)", _ => new IndexRefine(
            new IndexScalarQuantizer(Dimension, ScalarQuantizerType.FourBit, MetricType.InnerProduct), new IndexPQ(Dimension, 8, metric: MetricType.InnerProduct), takeOwnership: true)) { Metric = MetricType.InnerProduct },
    ];

    public static TheoryData<string> Names => [.. All.Select(kind => kind.ToString())];

    public bool IsKnown => FaissLibrary.IsAtLeast(Since.Major, Since.Minor, Since.Build);

    public static TypedKind Find(string name) => All.Single(kind => kind.ToString() == name);

    public override string ToString() => $"{Type.Name} {Description} {Metric}";

    /// <summary>Creates the index by its constructor, with vectors; skips the test when the loaded FAISS does not have the kind.</summary>
    public FaissIndex MakeFilled(IndexParts parts)
    {
        Native.Require();
        Assert.SkipUnless(IsKnown, $"{Description} needs FAISS {Since} or later; loaded: {FaissLibrary.Info.Version}.");
        return Fill(parts.Keep(New(parts)));
    }

    /// <summary>Trains an index and adds 400 vectors with ids.</summary>
    public static FaissIndex FillByIds(FaissIndex index)
    {
        using var single = Native.SingleThread();
        index.Train(TestData.Uniform(1000, Dimension));
        index.AddWithIds(TestData.Uniform(400, Dimension, 2), [.. Enumerable.Range(1, 400).Select(id => (long)id)]);
        return index;
    }

    /// <summary>Trains an index and adds 400 vectors.</summary>
    public static FaissIndex Fill(FaissIndex index)
    {
        using var single = Native.SingleThread();
        index.Train(TestData.Uniform(1000, Dimension));
        index.Add(TestData.Uniform(400, Dimension, 2));
        return index;
    }
}
