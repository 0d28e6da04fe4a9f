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

    public Func<string, Task>? BeforeWriting { get; set; }

    public Func<string, Task>? BeforeReading { get; set; }

    /// <summary>Gets or sets the names that are written twice, as after an answer that was lost.</summary>
    public Predicate<string>? IsAnswerLost { get; set; }

    /// <summary>Lets the store work as usual again.</summary>
    public void Reset() => (Writing, BeforeWriting, BeforeReading, IsAnswerLost, IsReadOnly, IsGone) = (null, null, null, null, false, false);

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken = default) => IsGone ? throw new IOException("The network is gone.") : _inner.ListAsync(prefix, cancellationToken);

    public async Task<Stream> OpenReadAsync(string name, CancellationToken cancellationToken = default)
    {
        await (BeforeReading?.Invoke(name) ?? Task.CompletedTask);
        return IsGone ? throw new IOException("The network is gone.") : await _inner.OpenReadAsync(name, cancellationToken);
    }

    public async Task<bool> TryWriteAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        Writing?.Invoke(name);
        await (BeforeWriting?.Invoke(name) ?? Task.CompletedTask);
        var isWritten = IsReadOnly || IsGone ? throw new IOException("Read-only file system.") : await _inner.TryWriteAsync(name, write, cancellationToken);
        return IsAnswerLost?.Invoke(name) == true ? await _inner.TryWriteAsync(name, write, cancellationToken) : isWritten;
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
