using System.Collections.Concurrent;

namespace FaissSdk.Tests.Files;

/// <summary>Runs several loaders, so that a slow file does not block the others; only a few, because each may use 2 GiB.</summary>
internal sealed class IndexLoaders : IDisposable
{
    public const int Count = 3;

    private readonly IndexLoader[] _all = new IndexLoader[Count];
    private readonly BlockingCollection<IndexLoader> _free = [];

    public IndexLoaders(string library, string folder, int seconds)
    {
        var program = IndexLoader.Compile("load_index.c", Path.Combine(folder, "load_index"));
        for (var i = 0; i < Count; i++)
        {
            _all[i] = new IndexLoader(program, library, folder, seconds);
            _free.Add(_all[i]);
        }
    }

    /// <inheritdoc cref="IndexLoader.Load"/>
    public string Load(byte[] content, bool binary)
    {
        var loader = _free.Take();
        try
        {
            return loader.Load(content, binary);
        }
        finally
        {
            _free.Add(loader);
        }
    }

    public void Dispose()
    {
        foreach (var loader in _all)
        {
            loader.Dispose();
        }

        _free.Dispose();
    }
}
