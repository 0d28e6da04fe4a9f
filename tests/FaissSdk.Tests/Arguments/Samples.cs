namespace FaissSdk.Tests.Arguments;

/// <summary>Objects of dimension 4 (binary ones 32), created when a call needs them.</summary>
internal sealed class Samples : IDisposable
{
    private readonly Stack<IDisposable> _created = [];

    /// <summary>Gets an index of 8 vectors.</summary>
    public IndexFlatL2 Flat => field ??= Filled(new IndexFlatL2(4));

    /// <summary>Gets an exact index of 8 vectors in managed code.</summary>
    public ManagedFlatIndex ManagedFlat => field ??= WithVectors(new ManagedFlatIndex(4));

    /// <summary>Gets an exact index in managed code of one vector with the id 5.</summary>
    public ManagedFlatIndex ManagedNamed => field ??= WithId(new ManagedFlatIndex(4));

    /// <summary>Gets an exact index of 8 vectors, by FAISS if it is available.</summary>
    public IFlatIndex EitherFlat => field ??= WithVectors(FlatIndex.Create(4));

    /// <summary>Gets an exact index of one vector with the id 5, by FAISS if it is available.</summary>
    public IFlatIndex EitherNamed => field ??= WithId(FlatIndex.Create(4));

    public IdFilter Filter { get; } = IdFilter.FromRange(0, 4);

    /// <summary>Gets an index of 160 vectors in 4 lists, of which a search probes 2.</summary>
    public IndexIVFFlat Lists => field ??= Filled(new IndexIVFFlat(Keep(new IndexFlatL2(4)), 4) { NProbe = 2 }, 160);

    /// <summary>Gets an index like <see cref="Lists"/> without vectors.</summary>
    public IndexIVFFlat OtherLists => field ??= Filled(new IndexIVFFlat(Lists.Quantizer, 4), 0);

    /// <summary>Gets 4 lists without centroids.</summary>
    public IndexIVFFlat EmptyLists => field ??= Keep(new IndexIVFFlat(Keep(new IndexFlatL2(4)), 4));

    public IndexIVFScalarQuantizer CodeLists => field ??= Filled(new IndexIVFScalarQuantizer(Keep(new IndexFlatL2(4)), 4, ScalarQuantizerType.EightBit), 160);

    public IndexScalarQuantizer Codes => field ??= Filled(new IndexScalarQuantizer(4, ScalarQuantizerType.EightBit), 160);

    /// <summary>Gets an index like <see cref="Codes"/> without vectors.</summary>
    public FaissIndex OtherCodes
    {
        get
        {
            if (field is null)
            {
                field = Keep(Codes.Clone());
                field.Reset();
            }

            return field;
        }
    }

    /// <summary>Gets a builder of an index on disk, which is not built.</summary>
    public OnDiskIndexBuilder OnDisk => field ??= Keep(new OnDiskIndexBuilder(OtherLists, Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), 1 << 20));

    public IndexRefineFlat Refine => field ??= Keep(new IndexRefineFlat(Keep(new IndexFlatL2(4))));

    public IndexHNSWFlat Graph => field ??= Keep(new IndexHNSWFlat(4));

    public IndexNSGFlat Spread => field ??= Keep(new IndexNSGFlat(4));

    public IndexResidualQuantizer Steps => field ??= Keep(new IndexResidualQuantizer(4, 2));

    public IndexRaBitQ Bits => field ??= Keep(new IndexRaBitQ(4));

    public IndexIVFRaBitQ BitLists => field ??= Keep(new IndexIVFRaBitQ(Keep(new IndexFlatL2(4)), 4));

    public IndexShards Shards => field ??= Keep(new IndexShards(4));

    public IndexReplicas Replicas => field ??= Keep(new IndexReplicas(4));

    /// <summary>Gets a binary index of 8 vectors.</summary>
    public IndexBinary Binary => field ??= BinaryFilled("BFlat", 8);

    public IndexBinary OtherBinary => field ??= BinaryFilled("BFlat", 8);

    /// <summary>Gets a binary index of 160 vectors in 4 lists, of which a search probes 2.</summary>
    public IndexBinaryIVF BinaryLists
    {
        get
        {
            if (field is null)
            {
                field = (IndexBinaryIVF)BinaryFilled("BIVF4", 160);
                field.NProbe = 2;
            }

            return field;
        }
    }

    public IDSelector Selector => field ??= Keep(new IDSelectorRange(0, 1));

    public SearchParameters Parameters => field ??= Keep(new SearchParameters());

    public SearchParametersIVF ListParameters => field ??= Keep(new SearchParametersIVF());

    public SearchParametersHNSW GraphParameters => field ??= Keep(new SearchParametersHNSW());

    public ParameterSpace Space => field ??= Keep(new ParameterSpace());

    public BufferList Buffers => field ??= Keep(new BufferList(4));

    public RangeSearchResultBuilder Builder => field ??= Keep(new RangeSearchResultBuilder(2));

    /// <summary>Gets a trained transform to 2 components.</summary>
    public PCAMatrix Pca
    {
        get
        {
            if (field is null)
            {
                field = Keep(new PCAMatrix(4, 2));
                field.Train(TestData.Uniform(100, 4));
            }

            return field;
        }
    }

    public OPQMatrix Opq => field ??= Keep(new OPQMatrix(4, 2));

    /// <summary>Gets the graph of an index of 8 vectors.</summary>
    public HnswGraph ShownGraph => field ??= Keep(HnswGraph.Of(Filled(FaissIndex.Create(4, "HNSW8"))));

    /// <summary>Gets the vectors of an index of 8 vectors.</summary>
    public FlatVectors ShownVectors => field ??= Keep(FlatVectors.Of(Filled(new IndexFlatL2(4))));

    /// <summary>Gets the lists of an index of their own.</summary>
    public InvertedLists ShownLists => field ??= Keep(InvertedLists.Of(Filled(FaissIndex.Create(4, "IVF4,Flat"))));

    public QueryBatcher Batcher => field ??= Keep(new QueryBatcher(Flat));

    public Clustering Clustering => field ??= Keep(new Clustering(4, 2));

    public KMeansResult Clusters => field ??= ManagedKMeans.Train(TestData.Uniform(100, 4), 4, 2);

    public void Dispose()
    {
        while (_created.TryPop(out var created))
        {
            created.Dispose();
        }
    }

    private T Keep<T>(T created)
        where T : IDisposable
    {
        _created.Push(created);
        return created;
    }

    private T Filled<T>(T index, int count = 8)
        where T : FaissIndex
    {
        Keep(index);
        index.Train(TestData.Uniform(160, 4));
        index.Add(TestData.Uniform(count, 4));
        return index;
    }

    private T WithVectors<T>(T index)
        where T : IFlatIndex
    {
        Keep(index);
        index.Add(TestData.Uniform(8, 4));
        return index;
    }

    private T WithId<T>(T index)
        where T : IFlatIndex
    {
        Keep(index);
        index.AddWithIds(TestData.Uniform(1, 4), [5]);
        return index;
    }

    private IndexBinary BinaryFilled(string description, int count)
    {
        var vectors = new byte[count * 4];
        new Random(1).NextBytes(vectors);
        var index = Keep(IndexBinary.Create(32, description));
        index.Train(vectors);
        index.Add(vectors);
        return index;
    }
}
