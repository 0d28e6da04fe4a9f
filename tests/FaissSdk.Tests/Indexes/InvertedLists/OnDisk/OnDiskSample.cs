namespace FaissSdk.Tests.Indexes;

/// <summary>A trained index, vectors for it, and a folder for files.</summary>
internal sealed class OnDiskSample : IDisposable
{
    public const int Dimension = 8;
    public const int Size = 30_000;
    public const long MinMemory = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    public OnDiskSample(string description = "IVF16,Flat", MetricType metric = MetricType.L2)
    {
        Native.RequireMapping();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_encode_for_lists"), "This needs a library of FaissSdk.");
        using var single = Native.SingleThread();
        Trained = FaissIndex.Create(Dimension, description, metric);
        Trained.Train(TestData.Uniform(1280, Dimension, 7));
    }

    public FaissIndex Trained { get; }

    public float[] Vectors { get; } = TestData.Uniform(Size, Dimension);

    public string Path => _folder.File("vectors.faiss");

    public string ListsPath => _folder.File("vectors.ivfdata");

    public TemporaryFolder Folder => _folder;

    public OnDiskIndexBuilder Builder(long memory = MinMemory) => new(Trained, Path, memory);

    /// <summary>Returns an index in memory with the vectors.</summary>
    public FaissIndex InMemory()
    {
        var index = Trained.Clone();
        index.Add(Vectors);
        return index;
    }

    public void Dispose()
    {
        Trained.Dispose();
        _folder.Dispose();
    }
}
