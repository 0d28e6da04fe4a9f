using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Enumeration;

namespace FaissSdk.Orleans;

/// <summary>Keeps the files of shards in a folder that all silos reach by the same path, such as one of a network file system; on one machine, any folder will do.</summary>
/// <remarks>The first file that is written marks the folder with a file <c>.faiss-shards</c>. When an instance that has seen the mark finds it no more, it throws an <see cref="IOException"/>: an empty folder in the place of a file system that is not mounted is not an empty store. Mount NFS with <c>acdirmin=0,acdirmax=0,lookupcache=positive</c>: by default, a machine may list a folder as it was up to a minute before, so that its silos serve an older version for as long, and a shard that moved to it meanwhile may be sealed without the newest additions.</remarks>
public sealed class FolderShardStore : IShardStore
{
    private const string TemporaryExtension = ".tmp";
    private const string MarkerName = ".faiss-shards";
    private static readonly TimeSpan LongestWrite = TimeSpan.FromDays(1);
    private static readonly EnumerationOptions AllFiles = new() { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = 0 };
    private readonly string _folder;
    private readonly string _marker;
    private readonly ConcurrentDictionary<string, long> _sweeps = new(StringComparer.Ordinal);
    private volatile bool _isMarked;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="path">The path of the folder, which is created with the first file.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public FolderShardStore(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _folder = Path.GetFullPath(path);
        _marker = Path.Combine(_folder, MarkerName);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var start = Path.Combine(_folder, prefix[..(prefix.LastIndexOf('/') + 1)]);
        CheckMounted();
        try
        {
            var names = new FileSystemEnumerable<string>(start, (ref entry) => NameOf(ref entry), AllFiles)
            {
                ShouldIncludePredicate = (ref entry) => !entry.IsDirectory && entry.FileName[0] != '.' && NameOf(ref entry).StartsWith(prefix, StringComparison.Ordinal),
                ShouldRecursePredicate = (ref entry) => $"{NameOf(ref entry)}/".StartsWith(prefix, StringComparison.Ordinal),
            };
            return Task.FromResult<IReadOnlyList<string>>([.. names.Order(StringComparer.Ordinal)]);
        }
        catch (DirectoryNotFoundException)
        {
            CheckMounted();
            return Task.FromResult<IReadOnlyList<string>>([]);
        }
    }

    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(string name, CancellationToken cancellationToken = default)
    {
        var path = PathOf(name);
        try
        {
            return Task.FromResult<Stream>(new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 1 << 20 }));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            CheckMounted();
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

            CheckMounted();
            Mark();
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20, FileOptions.Asynchronous))
            {
                await write(file, cancellationToken).ConfigureAwait(false);
                await file.FlushAsync(cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            var isMoved = ExclusiveMove.TryMove(temporary, path);
            Sweep(path);
            return isMoved;
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"The store '{_folder}' cannot be written: {error.Message} Give the account of the silo the right to write there, or use another folder.", error);
        }
        finally
        {
            DeleteTemporary(temporary);
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        var path = PathOf(name);
        CheckMounted();
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            CheckMounted();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public string? GetPath(string name) => PathOf(name);

    private static void DeleteTemporary(string file)
    {
        try
        {
            File.Delete(file);
        }
        // A later sweep deletes the file; an exception would hide the outcome of the call.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    private string NameOf(ref FileSystemEntry entry) => Path.GetRelativePath(_folder, entry.ToFullPath()).Replace('\\', '/');

    /// <summary>Notes the mark of the folder, and reports a folder that has lost it: without its network file system, an empty folder may be in its place.</summary>
    private void CheckMounted()
    {
        if (File.Exists(_marker))
        {
            _isMarked = true;
        }
        else if (_isMarked)
        {
            throw new IOException($"The folder '{_folder}' of the store is gone, or has lost its file '{MarkerName}'. Mount it again, or restore that file.");
        }
    }

    private void Mark()
    {
        if (!_isMarked)
        {
            Directory.CreateDirectory(_folder);
            new FileStream(_marker, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
            _isMarked = true;
        }
    }

    /// <summary>Deletes what writers that ended have left beside a file, at most once a day.</summary>
    private void Sweep(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (_sweeps.TryGetValue(folder, out var last) && Stopwatch.GetElapsedTime(last) < LongestWrite)
        {
            return;
        }

        _sweeps[folder] = Stopwatch.GetTimestamp();
        try
        {
            // Both times are those of the clock of the file system.
            var now = File.GetLastWriteTimeUtc(path);
            foreach (var file in Directory.EnumerateFiles(folder, $".*{TemporaryExtension}"))
            {
                if (now - File.GetLastWriteTimeUtc(file) > LongestWrite)
                {
                    DeleteTemporary(file);
                }
            }
        }
        // The file is written; the next sweep deletes the leftovers.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

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
