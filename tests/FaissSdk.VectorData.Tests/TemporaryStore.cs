namespace FaissSdk.VectorData.Tests;

/// <summary>A store in a folder of its own, which is deleted after the test.</summary>
internal sealed class TemporaryStore : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("faiss-vectordata-").FullName;
    private readonly FaissVectorStoreOptions? _options;

    public TemporaryStore(FaissVectorStoreOptions? options = null)
    {
        _options = options;
        Store = Open();
    }

    public FaissVectorStore Store { get; private set; }

    public string Path => System.IO.Path.Combine(_folder, "store.db");

    /// <summary>Opens another store on the same file, as another process would.</summary>
    public FaissVectorStore Open() => new(Path, _options);

    public FaissVectorStore Reopen()
    {
        Store.Dispose();
        return Store = Open();
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
