using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using FaissSdk.VectorData.Storage;
using FaissSdk.VectorData.Store;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace FaissSdk.VectorData;

/// <summary>Represents a vector store in a local file: records in SQLite, and their vectors in FAISS indexes beside it.</summary>
/// <remarks>Any number of threads may use a store and its collections, and several processes may use the same file.</remarks>
public sealed class FaissVectorStore : VectorStore
{
    private readonly StoreCore _core;
    private readonly IEmbeddingGenerator? _embeddingGenerator;
    private readonly VectorStoreMetadata _metadata;

    /// <summary>Initializes a store; the file is opened, or created, by the first operation.</summary>
    /// <param name="path">The path of the database. Index files are stored in a folder with this name and the suffix <c>-faiss</c>.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, or names a database in memory.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="FaissVectorStoreOptions.BusyTimeout"/> is negative and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    public FaissVectorStore(string path, FaissVectorStoreOptions? options = null)
    {
        _core = StoreCore.Create(path, options?.BusyTimeout, options?.MapIndexFiles, options?.LoggerFactory);
        _embeddingGenerator = options?.EmbeddingGenerator;
        _metadata = new VectorStoreMetadata { VectorStoreSystemName = Failure.SystemName, VectorStoreName = _core.Database.Path };
    }

    internal StoreCore Core => _core;

    /// <summary>Gets the path of the database.</summary>
    public string Path => _core.Database.Path;

    // For tests of a full disk.
    internal int? MaxPages
    {
        set => _core.Database.MaxPages = value;
    }

    /// <inheritdoc/>
    [RequiresDynamicCode("Records of a type of their own are read by reflection. With NativeAOT use GetDynamicCollection.")]
    [RequiresUnreferencedCode("Records of a type of their own are read by reflection. With trimming use GetDynamicCollection.")]
    public override FaissCollection<TKey, TRecord> GetCollection<TKey, TRecord>(string name, VectorStoreCollectionDefinition? definition = null) =>
        typeof(TRecord) == typeof(Dictionary<string, object?>)
            ? throw new ArgumentException("A collection of dictionaries is dynamic. Call GetDynamicCollection.")
            : new(_core, ownsCore: false, name, new FaissCollectionOptions { Definition = definition, EmbeddingGenerator = _embeddingGenerator });

    /// <inheritdoc/>
    public override FaissDynamicCollection GetDynamicCollection(string name, VectorStoreCollectionDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return new(_core, ownsCore: false, name, new FaissCollectionOptions { Definition = definition, EmbeddingGenerator = _embeddingGenerator });
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<string> ListCollectionNamesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var name in _core.Run("ListCollectionNames", null, ReadNames))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return name;
        }
    }

    /// <inheritdoc/>
    public override Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Tasks.Run(() => _core.Exists(name), cancellationToken);
    }

    /// <inheritdoc/>
    public override Task EnsureCollectionDeletedAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return _core.DeleteAsync(name, cancellationToken);
    }

    /// <summary>Copies the database, as it is at one moment, to another file; the store stays in use.</summary>
    /// <param name="path">The path of the copy, which must not exist. Its indexes are built when it is opened.</param>
    /// <param name="cancellationToken">Cancels the copying; nothing of the copy remains.</param>
    /// <returns>A task that represents the operation.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, or the file exists.</exception>
    /// <exception cref="VectorStoreException">Reading or writing failed.</exception>
    public Task BackupAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return _core.BackupAsync(path, cancellationToken);
    }

    /// <summary>Rewrites the database without the space of deleted records. Other writers wait meanwhile.</summary>
    /// <remarks>Free disk space of its size is needed twice: beside the database, and in the folder for temporary files (SQLITE_TMPDIR, TMPDIR or /var/tmp on Linux).</remarks>
    /// <param name="cancellationToken">Cancels the wait for other writers and, at the end, for the readers that keep the write-ahead log long; the rewriting itself is not canceled.</param>
    /// <returns>A task that represents the operation.</returns>
    /// <exception cref="VectorStoreException">Another process writes, or the disk is full.</exception>
    public Task VacuumAsync(CancellationToken cancellationToken = default) => _core.VacuumAsync(cancellationToken);

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _core.Dispose();
        }

        base.Dispose(disposing);
    }

    private List<string> ReadNames()
    {
        var connection = _core.Database.Rent();
        try
        {
            using var statement = connection.Prepare("SELECT name FROM faiss_collections ORDER BY name");
            var names = new List<string>();
            while (statement.Step())
            {
                names.Add(statement.GetString(0));
            }

            return names;
        }
        finally
        {
            _core.Database.Return(connection);
        }
    }
}
