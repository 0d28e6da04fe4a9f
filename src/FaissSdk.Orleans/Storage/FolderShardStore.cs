namespace FaissSdk.Orleans;

/// <summary>Keeps the files of shards in a folder that all silos reach by the same path, such as one of a network file system; on one machine, any folder will do.</summary>
public sealed class FolderShardStore : IShardStore
{
    private const string TemporaryExtension = ".tmp";
    private readonly string _folder;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="path">The path of the folder, which is created with the first file.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public FolderShardStore(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _folder = Path.GetFullPath(path);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var start = Path.Combine(_folder, prefix[..(prefix.LastIndexOf('/') + 1)]);
        if (!Directory.Exists(start))
        {
            return Task.FromResult<IReadOnlyList<string>>([]);
        }

        string[] names = [.. Directory.EnumerateFiles(start, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(TemporaryExtension, StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(_folder, file).Replace('\\', '/'))
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
        return Task.FromResult<IReadOnlyList<string>>(names);
    }

    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(string name, CancellationToken cancellationToken = default)
    {
        var path = PathOf(name);
        try
        {
            return Task.FromResult<Stream>(new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 1 << 20 }));
        }
        catch (DirectoryNotFoundException error)
        {
            throw new FileNotFoundException($"The store has no file '{name}'.", path, error);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TryWriteAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        var path = PathOf(name);
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetRandomFileName()}{TemporaryExtension}");
        try
        {
            if (File.Exists(path))
            {
                return false;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20, FileOptions.Asynchronous))
            {
                await write(file, cancellationToken).ConfigureAwait(false);
                await file.FlushAsync(cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            return ExclusiveMove.TryMove(temporary, path);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"The store '{_folder}' cannot be written: {error.Message} Give the account of the silo the right to write there, or use another folder.", error);
        }
        finally
        {
            // If the folder does not exist, there is no file to delete, and deleting it would hide the error of the call.
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        var path = PathOf(name);
        if (File.Exists(path))
        {
            File.Delete(path);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public string? GetPath(string name) => PathOf(name);

    private string PathOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Split('/').Any(part => part.Length == 0 || part[0] == '.' || part.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))))
        {
            throw new ArgumentException($"name is '{name}'; use parts of letters, digits, '.', '_' and '-', separated by '/', that do not start with '.'.", nameof(name));
        }

        return Path.Combine(_folder, name);
    }
}
