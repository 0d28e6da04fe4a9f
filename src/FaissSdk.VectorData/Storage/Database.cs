using System.Collections.Concurrent;
using System.Diagnostics;
using FaissSdk.VectorData.Indexes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.VectorData;

namespace FaissSdk.VectorData.Storage;

/// <summary>Represents the SQLite database of a store: connections for readers, and one writer at a time.</summary>
internal sealed class Database : IDisposable
{
    // "FaIS" in the header of the file, and the version of the tables.
    private const long ApplicationId = 0x46614953;
    private const long FormatVersion = 1;
    private const long CheckpointBytes = 16 << 20;
    private const long PageBytes = 4096;
    private const int LongestPause = 16;

    private readonly ConcurrentBag<Connection> _idle = [];
    private readonly Lock _setupGate = new();
    private readonly string _connectionString;
    private readonly TimeSpan _busyTimeout;
    // The log may be large when the process starts.
    private long _writtenBytes = CheckpointBytes;
    private volatile bool _ready;
    private volatile bool _disposed;

    public Database(string path, TimeSpan busyTimeout, bool mapsIndexes, ILogger logger)
    {
        MapsIndexes = mapsIndexes;
        Path = System.IO.Path.GetFullPath(path);
        // SQLite takes milliseconds in 31 bits, and waits for none if they are negative.
        _busyTimeout = busyTimeout == Timeout.InfiniteTimeSpan || busyTimeout.TotalMilliseconds > int.MaxValue ? TimeSpan.FromMilliseconds(int.MaxValue) : busyTimeout;
        Logger = logger;
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Pooling = false,
            DefaultTimeout = Math.Max(1, (int)_busyTimeout.TotalSeconds),
        }.ToString();
    }

    public string Path { get; }

    public ILogger Logger { get; }

    public TimeSpan BusyTimeout => _busyTimeout;

    /// <summary>Gets the folder of the index files.</summary>
    public string IndexFolder => Path + "-faiss";

    /// <summary>Admits one writer of this process at a time, as SQLite does.</summary>
    public SemaphoreSlim Writer { get; } = new(1, 1);

    /// <summary>Gets or sets the maximum size of the database, for tests.</summary>
    public int? MaxPages { get; set; }

    /// <summary>Gets or sets what is called before tables that were created or changed are committed, for tests.</summary>
    public Action? Committing { get; set; }

    /// <summary>Gets a value indicating whether index files are mapped if FAISS can map them.</summary>
    public bool MapsIndexes { get; }

    /// <summary>Gets or sets the minimum number of vectors of a delta that is sealed; tests reduce it to seal often.</summary>
    /// <remarks>Comparing with this many vectors one by one takes about as long as a search of a large index.</remarks>
    public int MinDelta { get; set; } = 4_096;

    public Connection Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(FaissVectorStore));
        SetUp();
        if (!_idle.TryTake(out var connection))
        {
            connection = new Connection(_connectionString, _busyTimeout);
        }

        LimitSize(connection);
        return connection;
    }

    /// <summary>Opens a connection for statements that sort or copy whole tables; the caller disposes it.</summary>
    public Connection OpenLarge()
    {
        // Creates the database if there is none.
        Return(Rent());
        var connection = new Connection(_connectionString, _busyTimeout, isLarge: true);
        LimitSize(connection);
        return connection;
    }

    /// <summary>Closes a connection of <see cref="OpenLarge"/>, which rolls back what is not committed.</summary>
    public void CloseLarge(Connection connection)
    {
        Interlocked.Add(ref _writtenBytes, connection.TakeWrittenPages() * PageBytes);
        connection.Dispose();
    }

    /// <summary>Starts a transaction of a writer.</summary>
    public Task BeginWriteAsync(Connection connection, CancellationToken cancellationToken) => WaitAsync(connection, () =>
    {
        connection.Begin(immediate: true);
        return true;
    }, cancellationToken);

    /// <summary>Repeats an action while it returns <see langword="false"/> or the database is locked by another process, at most for the time to wait.</summary>
    /// <remarks>The wait of SQLite itself ends neither by a token nor by disposing the store, and takes the thread.</remarks>
    public async Task WaitAsync(Connection connection, Func<bool> action, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        connection.SetBusyTimeout(TimeSpan.Zero);
        try
        {
            for (var pause = 1; ; pause = Math.Min(2 * pause, LongestPause))
            {
                cancellationToken.ThrowIfCancellationRequested();
                ObjectDisposedException.ThrowIf(_disposed, typeof(FaissVectorStore));
                try
                {
                    if (action() || Stopwatch.GetElapsedTime(start) >= _busyTimeout)
                    {
                        return;
                    }
                }
                catch (SqliteException exception) when (exception.SqliteErrorCode == SQLitePCL.raw.SQLITE_BUSY && Stopwatch.GetElapsedTime(start) < _busyTimeout)
                {
                }

                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            connection.SetBusyTimeout(_busyTimeout);
        }
    }

    public void Return(Connection connection)
    {
        try
        {
            connection.Rollback();
            Interlocked.Add(ref _writtenBytes, connection.TakeWrittenPages() * PageBytes);
        }
        catch (SqliteException)
        {
            connection.Dispose();
            return;
        }

        _idle.Add(connection);
        if (_disposed)
        {
            CloseIdle();
        }
    }

    /// <summary>Copies the write-ahead log into the database when it has grown; readers are not blocked.</summary>
    /// <remarks>A failure is logged only: what the log has is stored, and the next commit tries again.</remarks>
    public void Checkpoint()
    {
        try
        {
            // Once it is copied, SQLite overwrites the log from its start, and may leave it as long as it was.
            var log = new FileInfo(Path + "-wal");
            if (Interlocked.Read(ref _writtenBytes) < CheckpointBytes || !log.Exists || log.Length < CheckpointBytes)
            {
                return;
            }

            var connection = Rent();
            try
            {
                connection.Execute("PRAGMA wal_checkpoint(PASSIVE)");
                _ = connection.TakeWrittenPages();
                Interlocked.Exchange(ref _writtenBytes, 0);
            }
            finally
            {
                Return(connection);
            }
        }
        catch (Exception exception) when (exception is SqliteException or ObjectDisposedException or IOException)
        {
            Logger.CheckpointFailed(exception, Path);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        CloseIdle();
    }

    private void LimitSize(Connection connection)
    {
        if (MaxPages is { } pages)
        {
            connection.Execute($"PRAGMA max_page_count={pages}");
        }
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    private void SetUp()
    {
        if (_ready)
        {
            return;
        }

        lock (_setupGate)
        {
            if (_ready)
            {
                return;
            }

            var connection = new Connection(_connectionString, _busyTimeout);
            try
            {
                var application = connection.QueryNumber("PRAGMA application_id") ?? 0;
                if (application != ApplicationId)
                {
                    Create(connection, application);
                }

                var version = connection.QueryNumber("PRAGMA user_version") ?? 0;
                if (version > FormatVersion)
                {
                    throw new VectorStoreException($"The database '{Path}' has format {version}, and this version of FaissSdk.VectorData reads formats up to {FormatVersion}. Update the package, or use another file.");
                }

                // The process that created the database may have ended before this, or be about to do it.
                UseWriteAheadLog(connection);
            }
            catch
            {
                connection.Dispose();
                throw;
            }

            _idle.Add(connection);
            _ready = true;
        }
    }

    // SQLite does not wait for other connections here.
    private void UseWriteAheadLog(Connection connection)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (connection.QueryText("PRAGMA journal_mode") != "wal")
                {
                    connection.Execute("PRAGMA journal_mode=WAL");
                }

                return;
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode == SQLitePCL.raw.SQLITE_BUSY && Stopwatch.GetElapsedTime(start) < _busyTimeout)
            {
                Thread.Sleep(10);
            }
        }
    }

    private void Create(Connection connection, long application)
    {
        connection.Begin(immediate: true);
        try
        {
            // Another process may have created the tables in the meantime.
            if (connection.QueryNumber("PRAGMA application_id") != ApplicationId)
            {
                if (application != 0 || connection.QueryNumber("SELECT count(*) FROM sqlite_schema") != 0)
                {
                    throw new VectorStoreException($"The file '{Path}' is a SQLite database of another application. Give the store a file of its own.");
                }

                connection.Execute($"""
                    CREATE TABLE faiss_collections(
                        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, token TEXT NOT NULL, definition TEXT NOT NULL,
                        version INTEGER NOT NULL, last_id INTEGER NOT NULL, last_key INTEGER NOT NULL);
                    PRAGMA application_id={ApplicationId};
                    PRAGMA user_version={FormatVersion}
                    """);
            }

            connection.Commit();
        }
        catch
        {
            connection.Rollback();
            throw;
        }
    }
}
