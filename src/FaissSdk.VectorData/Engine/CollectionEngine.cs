using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Storage;
using Microsoft.Extensions.VectorData;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Keeps the indexes of a collection in this process equal to its rows in the database.</summary>
/// <remarks>Every change of the state happens under the gate, together with the commit or the start of the transaction that sees it.</remarks>
internal sealed partial class CollectionEngine(Database database, CollectionSchema schema)
{
    private readonly Lock _gate = new();
    private volatile CollectionState? _state;

    public string Name => schema.Name;

    public FilterCache Filters { get; } = new();

    /// <summary>Reads the row of a collection.</summary>
    public static CollectionRow? ReadRow(Connection connection, string name)
    {
        using var statement = connection.Prepare("SELECT id, token, version, last_id, last_key FROM faiss_collections WHERE name = ?");
        return statement.Bind(1, name).Step()
            ? new(statement.GetInt64(0), statement.GetString(1), statement.GetInt64(2), statement.GetInt64(3), statement.GetInt64(4))
            : null;
    }

    /// <summary>Starts a transaction of a reader, with the indexes of the version that it reads.</summary>
    /// <param name="isKnown">Whether a row is that of the collection whose definition is known. The tables of others are not read.</param>
    /// <returns>The transaction, or <see langword="null"/> if the collection is another one.</returns>
    /// <exception cref="VectorStoreException">The collection does not exist.</exception>
    public ReadSession? BeginRead(Predicate<CollectionRow> isKnown)
    {
        var connection = database.Rent();
        try
        {
            lock (_gate)
            {
                connection.Begin(immediate: false);
                var row = ReadRow(connection, Name) ?? throw Missing();
                if (isKnown(row))
                {
                    return new ReadSession(database, connection, Follow(connection, row));
                }
            }
        }
        catch
        {
            database.Return(connection);
            throw;
        }

        database.Return(connection);
        return null;
    }

    /// <summary>Runs a transaction of the writer, and applies its changes to the indexes once it is committed.</summary>
    /// <param name="isKnown">Whether a row is that of the collection whose definition is known. The tables of others are not written.</param>
    /// <param name="write">Writes.</param>
    /// <param name="cancellationToken">Cancels the transaction.</param>
    /// <returns><see langword="false"/> if the collection is another one.</returns>
    /// <exception cref="VectorStoreException">The collection does not exist.</exception>
    public async Task<bool> WriteAsync(Predicate<CollectionRow> isKnown, Action<WriteSession> write, CancellationToken cancellationToken)
    {
        await database.Writer.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var connection = database.Rent();
            try
            {
                await database.BeginWriteAsync(connection, cancellationToken).ConfigureAwait(false);
                var row = ReadRow(connection, Name) ?? throw Missing();
                if (!isKnown(row))
                {
                    return false;
                }

                lock (_gate)
                {
                    _ = Follow(connection, row);
                }

                var session = new WriteSession(connection, schema, row);
                write(session);
                cancellationToken.ThrowIfCancellationRequested();
                if (session.HasChanges)
                {
                    session.Finish();
                    lock (_gate)
                    {
                        // If the store was disposed during the call, the transaction is rolled back.
                        ObjectDisposedException.ThrowIf(_state is null, typeof(FaissVectorStore));
                        connection.Commit();
                        _state = Apply(_state, session);
                    }
                }
            }
            finally
            {
                database.Return(connection);
            }

            database.Checkpoint();
        }
        finally
        {
            database.Writer.Release();
        }

        SealWhereDue();
        return true;
    }

    public VectorStoreException Missing() =>
        new($"The collection '{Name}' does not exist in '{database.Path}'. Call EnsureCollectionExistsAsync first.") { CollectionName = Name };

    // Brings the state to that of the transaction. Transactions of readers begin under the gate, and no other writer commits during that of a
    // writer, so a state is later than the row only if the database was replaced in the meantime.
    private CollectionState Follow(Connection connection, CollectionRow row)
    {
        var state = _state;
        if (state is null || !state.IsContinuedBy(row))
        {
            // If opening fails, the released state must not be used again.
            _state = null;
            Release(state);
            Filters.Clear();
            state = _state = Open(connection, row);
            SealWhereDue();
            return state;
        }

        if (state.Version != row.Version)
        {
            _state = state = CatchUp(connection, state, row);
            SealWhereDue();
        }

        return state;
    }

    // Applies what another process has written: new ids and deleted ids.
    private static CollectionState CatchUp(Connection connection, CollectionState state, CollectionRow row)
    {
        var live = new Bits(row.LastId + 1);
        using (var ids = connection.Prepare($"SELECT faiss_id FROM {CollectionSchema.DataTable(row.Id)}"))
        {
            while (ids.Step())
            {
                live.Set(ids.GetInt64(0));
            }
        }

        var properties = new PropertyState[state.Properties.Length];
        for (var i = 0; i < properties.Length; i++)
        {
            var property = state.Properties[i].KeepOnly(live);
            var count = property.DeltaCount;
            using var vectors = connection.Prepare($"SELECT faiss_id, vector FROM {CollectionSchema.VectorTable(row.Id, i)} WHERE faiss_id > ? ORDER BY faiss_id");
            vectors.Bind(1, Math.Max(state.LastId, property.Main?.LastId ?? 0));
            while (vectors.Step())
            {
                property.Delta.Write(count++, vectors.GetInt64(0), vectors.GetVector(1));
            }

            properties[i] = property with { DeltaCount = count };
        }

        return state with { Version = row.Version, LastId = row.LastId, Properties = properties };
    }

    private static CollectionState Apply(CollectionState state, WriteSession session)
    {
        var properties = new PropertyState[state.Properties.Length];
        for (var i = 0; i < properties.Length; i++)
        {
            var property = state.Properties[i].Without(session.Removed);
            var count = property.DeltaCount;
            foreach ((var id, var vector) in session.Added[i])
            {
                property.Delta.Write(count++, id, vector.Span);
            }

            properties[i] = property with { DeltaCount = count };
        }

        return state with { Version = session.Row.Version, LastId = session.Row.LastId, Properties = properties };
    }
}
