using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FaissSdk.VectorData.Storage;

/// <summary>Represents a connection with prepared statements, for one thread at a time.</summary>
internal sealed class Connection : IDisposable
{
    private const int MaxStatements = 256;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = [];
    private long _uses;

    /// <summary>Opens a connection.</summary>
    /// <param name="connectionString">The connection string.</param>
    /// <param name="busyTimeout">How long statements wait for another writer.</param>
    /// <param name="isLarge">Whether statements sort or copy whole tables, so that what they keep meanwhile has to be in files.</param>
    public Connection(string connectionString, TimeSpan busyTimeout, bool isLarge = false)
    {
        _connection = new SqliteConnection(connectionString);
        try
        {
            _connection.Open();
            SetBusyTimeout(busyTimeout);
            // With a write-ahead log this loses no transaction when the process ends; a power failure may lose the last ones.
            // The writer copies the log into the database itself, after its commit, so that no reader waits for it.
            Execute("PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=8388608; PRAGMA cache_size=-16000; PRAGMA temp_store=" + (isLarge ? "FILE" : "MEMORY"));
            _connection.CreateCollation(ColumnType.DecimalCollation, CompareDecimals);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public sqlite3 Handle => _connection.Handle!;

    public bool InTransaction { get; private set; }

    /// <summary>Sets how long statements wait for another writer.</summary>
    public void SetBusyTimeout(TimeSpan timeout) => _ = raw.sqlite3_busy_timeout(Handle, (int)timeout.TotalMilliseconds);

    /// <summary>Runs statements that have neither parameters nor results.</summary>
    public void Execute(string sql)
    {
        var result = raw.sqlite3_exec(Handle, sql);
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, Handle);
        }
    }

    /// <summary>Gets a prepared statement; disposing it makes it ready for the next use.</summary>
    public Statement Prepare(string sql)
    {
        if (_statements.Remove(sql, out var statement))
        {
            return statement;
        }

        var result = raw.sqlite3_prepare_v3(Handle, sql, (uint)raw.SQLITE_PREPARE_PERSISTENT, out var handle);
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, Handle);
        }

        return new Statement(this, sql, handle);
    }

    public void GiveBack(Statement statement)
    {
        statement.LastUse = ++_uses;
        if (!_statements.TryAdd(statement.Sql, statement))
        {
            statement.Close();
            return;
        }

        if (_statements.Count > MaxStatements)
        {
            var oldest = _statements.Values.MinBy(kept => kept.LastUse)!;
            _statements.Remove(oldest.Sql);
            oldest.Close();
        }
    }

    /// <summary>Returns the number of pages that the connection has written since the last call.</summary>
    public int TakeWrittenPages() =>
        raw.sqlite3_db_status(Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, resetFlg: 1) == raw.SQLITE_OK ? pages : 0;

    public long? QueryNumber(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() && !statement.IsNull(0) ? statement.GetInt64(0) : null;
    }

    public string? QueryText(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() && !statement.IsNull(0) ? statement.GetString(0) : null;
    }

    public void Begin(bool immediate)
    {
        using var begin = Prepare(immediate ? "BEGIN IMMEDIATE" : "BEGIN");
        begin.Run();
        InTransaction = true;
    }

    public void Commit()
    {
        using var commit = Prepare("COMMIT");
        commit.Run();
        InTransaction = false;
    }

    /// <summary>Rolls back the transaction, if one is open.</summary>
    public void Rollback()
    {
        if (InTransaction)
        {
            InTransaction = false;
            // SQLite ends some failed transactions itself.
            if (raw.sqlite3_get_autocommit(Handle) == 0)
            {
                using var rollback = Prepare("ROLLBACK");
                rollback.Run();
            }
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Close();
        }

        _statements.Clear();
        _connection.Dispose();
    }

    private static int CompareDecimals(string left, string right) =>
        decimal.TryParse(left, NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && decimal.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out var y)
            ? x.CompareTo(y)
            : string.CompareOrdinal(left, right);
}
