using System.Diagnostics.CodeAnalysis;
using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Indexes;
using FaissSdk.VectorData.Storage;
using FaissSdk.VectorData.Store;
using Microsoft.Extensions.VectorData;

namespace FaissSdk.VectorData;

/// <summary>Represents a collection of records in a local file, searched by FAISS indexes.</summary>
/// <remarks>Any number of threads may use a collection. A search sees the collection at one moment: all of a writer's transaction, or nothing of it.</remarks>
/// <typeparam name="TKey">The type of the keys: <see cref="int"/>, <see cref="long"/>, <see cref="string"/> or <see cref="Guid"/>.</typeparam>
/// <typeparam name="TRecord">The type of the records.</typeparam>
public partial class FaissCollection<TKey, TRecord> : VectorStoreCollection<TKey, TRecord>, IKeywordHybridSearchable<TRecord>
    where TKey : notnull
    where TRecord : class
{
    private readonly StoreCore _core;
    private readonly bool _ownsCore;
    private readonly CollectionSchema _schema;
    private readonly CollectionEngine _engine;
    private readonly RecordMapper<TRecord> _mapper;
    private readonly RecordWriter<TRecord> _writer;
    private readonly VectorStoreCollectionMetadata _metadata;
    // The row of the collection when its definition was compared.
    private volatile CollectionRow? _checked;

    /// <summary>Initializes a collection with a database of its own, which is closed with it.</summary>
    /// <param name="path">The path of the database.</param>
    /// <param name="name">The name of the collection.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The path or the name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="FaissCollectionOptions.BusyTimeout"/> is negative and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    /// <exception cref="InvalidOperationException">The attributes of the record and the definition contradict each other.</exception>
    /// <exception cref="NotSupportedException">A property has a type, an index kind or a distance function that is not supported.</exception>
    [RequiresDynamicCode("Records of a type of their own are read by reflection. With NativeAOT use FaissDynamicCollection.")]
    [RequiresUnreferencedCode("Records of a type of their own are read by reflection. With trimming use FaissDynamicCollection.")]
    public FaissCollection(string path, string name, FaissCollectionOptions? options = null)
        : this(StoreCore.Create(path, options?.BusyTimeout, options?.MapIndexFiles, options?.LoggerFactory), ownsCore: true, name, options ?? new FaissCollectionOptions())
    {
    }

    [RequiresDynamicCode("Records of a type of their own are read by reflection.")]
    [RequiresUnreferencedCode("Records of a type of their own are read by reflection.")]
    internal FaissCollection(StoreCore core, bool ownsCore, string name, FaissCollectionOptions options)
        : this(core, ownsCore, name, CreateSchema(name, options))
    {
    }

    private protected FaissCollection(StoreCore core, bool ownsCore, string name, object schema)
    {
        _core = core;
        _ownsCore = ownsCore;
        _schema = (CollectionSchema)schema;
        _engine = core.GetEngine(_schema);
        _mapper = new RecordMapper<TRecord>(_schema);
        _writer = new RecordWriter<TRecord>(_schema, _mapper);
        _metadata = new VectorStoreCollectionMetadata { VectorStoreSystemName = Failure.SystemName, VectorStoreName = core.Database.Path, CollectionName = name };
    }

    /// <inheritdoc/>
    public override string Name => _schema.Name;

    /// <inheritdoc/>
    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) =>
        Tasks.Run(() => _core.Exists(Name), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="VectorStoreException">The collection exists with another definition.</exception>
    public override async Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // What is there as it is defined is not written, so that this waits for no writer, and needs no right to write.
        if (!(Compare("EnsureCollectionExists") ?? false))
        {
            await MigrateAsync("EnsureCollectionExists", creates: true, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default) => _core.DeleteAsync(Name, cancellationToken);

    /// <summary>Moves all vectors into the main indexes at once instead of in the background, and returns when searches use them.</summary>
    /// <param name="cancellationToken">Stops the building; the indexes stay as they were.</param>
    /// <returns>A task that represents the operation.</returns>
    /// <exception cref="VectorStoreException">The collection does not exist.</exception>
    public async Task OptimizeAsync(CancellationToken cancellationToken = default)
    {
        await ReadAsync("Optimize", _ => true, cancellationToken).ConfigureAwait(false);
        await _engine.SealAllAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreCollectionMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _ownsCore)
        {
            _core.Dispose();
        }

        base.Dispose(disposing);
    }

    [RequiresDynamicCode("Records of a type of their own are read by reflection.")]
    [RequiresUnreferencedCode("Records of a type of their own are read by reflection.")]
    private static CollectionSchema CreateSchema(string name, FaissCollectionOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return typeof(TRecord) == typeof(Dictionary<string, object?>)
            ? throw new ArgumentException("A collection of dictionaries is dynamic. Use FaissDynamicCollection.", nameof(options))
            : new CollectionSchema(name, new FaissModelBuilder().Build(typeof(TRecord), typeof(TKey), options.Definition, options.EmbeddingGenerator));
    }

    // Compares the definitions before the first operation, and again if the collection was deleted and created.
    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (!(Compare("Open") ?? throw _engine.Missing()))
        {
            await MigrateAsync("Open", creates: false, cancellationToken).ConfigureAwait(false);
        }
    }

    // Whether the stored definition is this one, or null if there is no collection.
    private bool? Compare(string operation) => _core.Run(operation, Name, () =>
    {
        var connection = _core.Database.Rent();
        try
        {
            connection.Begin(immediate: false);
            if (CollectionEngine.ReadRow(connection, Name) is not { } row)
            {
                return (bool?)null;
            }

            if (ReadDefinition(connection) != _schema.Definition)
            {
                return false;
            }

            _checked = row;
            return true;
        }
        finally
        {
            _core.Database.Return(connection);
        }
    });

    private async Task MigrateAsync(string operation, bool creates, CancellationToken cancellationToken)
    {
        CollectionRow? row = null;
        await _core.WriteAsync(operation, Name, connection =>
        {
            if (creates && CollectionEngine.ReadRow(connection, Name) is null)
            {
                Create(connection);
            }

            row = Migrate(connection);
        }, cancellationToken).ConfigureAwait(false);
        // Until the commit, which may fail, others read the tables as they were.
        _checked = row;
    }

    private void Create(Connection connection)
    {
        using (var insert = connection.Prepare("INSERT INTO faiss_collections(name, token, definition, version, last_id, last_key) VALUES (?, ?, ?, 0, 0, 0)"))
        {
            insert.Bind(1, Name).Bind(2, Guid.NewGuid().ToString("N")).Bind(3, _schema.Definition).Run();
        }

        connection.Execute(_schema.CreateSql(CollectionEngine.ReadRow(connection, Name)!.Id));
    }

    private CollectionRow Migrate(Connection connection)
    {
        var row = CollectionEngine.ReadRow(connection, Name) ?? throw _engine.Missing();
        var sql = _schema.MigrateSql(row.Id, ReadDefinition(connection));
        if (sql.Length > 0)
        {
            connection.Execute(sql);
            using var update = connection.Prepare("UPDATE faiss_collections SET definition = ? WHERE id = ?");
            update.Bind(1, _schema.Definition).Bind(2, row.Id).Run();
        }

        return row;
    }

    private bool IsChecked(CollectionRow row) => _checked is { } known && known.IsContinuedBy(row);

    private string ReadDefinition(Connection connection)
    {
        using var statement = connection.Prepare("SELECT definition FROM faiss_collections WHERE name = ?");
        return statement.Bind(1, Name).Step() ? statement.GetString(0) : throw _engine.Missing();
    }

    // Runs a read that sees one version of the records and the indexes.
    private async Task<T> ReadAsync<T>(string operation, Func<ReadSession, T> read, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_checked is null)
            {
                await PrepareAsync(cancellationToken).ConfigureAwait(false);
            }

            var done = false;
            var result = _core.Run(operation, Name, () =>
            {
                using var session = _engine.BeginRead(IsChecked);
                done = session is not null;
                return done ? read(session!) : default!;
            });

            if (done)
            {
                return result;
            }

            _checked = null;
        }
    }
}
