namespace FaissSdk.Orleans;

/// <summary>Provides the files of shards, which all silos read and write: a shared folder (<see cref="FolderShardStore"/>), or a blob store.</summary>
/// <remarks>Files are immutable: a name is written once. A commit is the creation of a file, so <see cref="TryWriteAsync"/> must create a complete file or none, and let one of two concurrent writers win.</remarks>
public interface IShardStore
{
    /// <summary>Returns the names that start with a prefix, in ordinal order.</summary>
    /// <param name="prefix">The prefix, such as <c>products/</c>.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Opens a file for reading.</summary>
    /// <param name="name">The name of the file.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    Task<Stream> OpenReadAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Creates a file, which other callers see when it is complete, or not at all.</summary>
    /// <param name="name">The name of the file: parts of letters, digits, '.', '_' and '-', separated by '/'.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    /// <returns><see langword="false"/> if there is a file of this name already, which stays as it is.</returns>
    /// <exception cref="IOException">The store is read-only, full or not reachable.</exception>
    Task<bool> TryWriteAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default);

    /// <summary>Deletes a file, if there is one.</summary>
    /// <param name="name">The name of the file.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    Task DeleteAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Returns the path of a file on this machine, which FAISS can map, or <see langword="null"/> if the store has only streams.</summary>
    /// <param name="name">The name of the file.</param>
    string? GetPath(string name);
}
