namespace FaissSdk.Orleans.Tests;

/// <summary>A folder store that tests make fail.</summary>
public sealed class TestStore : IShardStore, IDisposable
{
    private readonly FolderShardStore _inner;

    public TestStore()
    {
        Folder = Path.Combine(Path.GetTempPath(), $"faiss-sdk-orleans-{Path.GetRandomFileName()}");
        _inner = new FolderShardStore(Folder);
    }

    public string Folder { get; }

    public bool IsReadOnly { get; set; }

    public bool IsGone { get; set; }

    public Action<string>? Writing { get; set; }

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken = default) => IsGone ? throw new IOException("The network is gone.") : _inner.ListAsync(prefix, cancellationToken);

    public Task<Stream> OpenReadAsync(string name, CancellationToken cancellationToken = default) => IsGone ? throw new IOException("The network is gone.") : _inner.OpenReadAsync(name, cancellationToken);

    public Task<bool> TryWriteAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        Writing?.Invoke(name);
        return IsReadOnly || IsGone ? throw new IOException("Read-only file system.") : _inner.TryWriteAsync(name, write, cancellationToken);
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken = default) => _inner.DeleteAsync(name, cancellationToken);

    public string? GetPath(string name) => _inner.GetPath(name);

    public void Dispose()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
