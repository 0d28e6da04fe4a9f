using System.Collections.Concurrent;
using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Indexes;
using FaissSdk.VectorData.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaissSdk.VectorData.Store;

/// <summary>Holds the database and the indexes that the collections of a store share.</summary>
internal sealed partial class StoreCore(Database database) : IDisposable
{
    private readonly ConcurrentDictionary<string, CollectionEngine> _engines = [];

    public Database Database => database;

    /// <summary>Creates the core of a store, or of a collection with a database of its own.</summary>
    public static StoreCore Create(string path, TimeSpan? busyTimeout, bool? mapsIndexes, ILoggerFactory? loggerFactory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (path.Contains(":memory:", StringComparison.OrdinalIgnoreCase) || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"The path '{path}' is not that of a file. Give a path, such as one in the temporary folder.", nameof(path));
        }

        if (busyTimeout is { } timeout && timeout < TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(busyTimeout), timeout, "The time to wait for another writer is negative. Give Timeout.InfiniteTimeSpan to wait without a limit.");
        }

        var logger = loggerFactory?.CreateLogger("FaissSdk.VectorData") ?? NullLogger.Instance;
        return new StoreCore(new Database(path, busyTimeout ?? TimeSpan.FromSeconds(30), mapsIndexes ?? true, logger));
    }

    /// <summary>Gets the indexes of a collection; definitions with other vectors or index kinds have indexes of their own.</summary>
    public CollectionEngine GetEngine(CollectionSchema schema) =>
        _engines.GetOrAdd(schema.Name + "\n" + schema.VectorDescription, _ => new CollectionEngine(database, schema));

    /// <summary>Runs an operation, and converts exceptions of SQLite to those of the abstraction.</summary>
    public T Run<T>(string operation, string? collection, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException exception)
        {
            throw Failure.Of(exception, database, collection, operation);
        }
    }

    /// <summary>Runs a transaction that changes no records, but creates, changes or deletes tables.</summary>
    public Task WriteAsync(string operation, string? collection, Action<Connection> write, CancellationToken cancellationToken) => UseLargeAsync(operation, collection, async connection =>
    {
        await database.BeginWriteAsync(connection, cancellationToken).ConfigureAwait(false);
        write(connection);
        database.Committing?.Invoke();
        connection.Commit();
    }, cancellationToken);

    public bool Exists(string name) => Run("CollectionExists", name, () => UseConnection(connection => CollectionEngine.ReadRow(connection, name) is not null));

    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        long? deleted = null;
        await WriteAsync("DeleteCollection", name, connection =>
        {
            deleted = CollectionEngine.ReadRow(connection, name)?.Id;
            if (deleted is { } id)
            {
                Drop(connection, id);
            }
        }, cancellationToken).ConfigureAwait(false);
        if (deleted is { } gone)
        {
            Forget(name, gone);
        }
    }

    public void Dispose()
    {
        database.Dispose();
        foreach (var engine in _engines.Values)
        {
            engine.Dispose();
        }
    }

    // Admits one writer at a time. What sorts or copies whole tables, such as for the index of a column, does so in temporary storage.
    private async Task UseLargeAsync(string operation, string? collection, Func<Connection, Task> write, CancellationToken cancellationToken)
    {
        await database.Writer.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var connection = database.OpenLarge();
            try
            {
                await write(connection).ConfigureAwait(false);
            }
            finally
            {
                database.CloseLarge(connection);
            }

            database.Checkpoint();
        }
        catch (SqliteException exception)
        {
            throw Failure.Of(exception, database, collection, operation);
        }
        finally
        {
            database.Writer.Release();
        }
    }

    private static void Drop(Connection connection, long id)
    {
        var tables = new List<string>();
        using (var find = connection.Prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND (name = ? OR name = ? OR name GLOB ?)"))
        {
            find.Bind(1, CollectionSchema.DataTable(id)).Bind(2, CollectionSchema.TextTable(id)).Bind(3, $"vector_{id}_*");
            while (find.Step())
            {
                tables.Add(find.GetString(0));
            }
        }

        foreach (var table in tables)
        {
            connection.Execute($"DROP TABLE {table}");
        }

        connection.Execute($"DELETE FROM faiss_collections WHERE id = {id}");
    }
}
