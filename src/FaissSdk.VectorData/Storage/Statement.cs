using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FaissSdk.VectorData.Storage;

/// <summary>Represents a prepared statement of a connection; disposing returns it to the connection.</summary>
internal sealed class Statement(Connection connection, string sql, sqlite3_stmt handle) : IDisposable
{
    // Strings of this length have at most 512 bytes in UTF-8.
    private const int MaxShortText = 170;

    public string Sql { get; } = sql;

    /// <summary>Gets or sets the number of the last use among those of all statements of the connection.</summary>
    public long LastUse { get; set; }

    public Statement Bind(int index, long value) => Check(raw.sqlite3_bind_int64(handle, index, value));

    public Statement Bind(int index, double value) => Check(raw.sqlite3_bind_double(handle, index, value));

    public Statement Bind(int index, string value)
    {
        // SQLitePCLRaw passes longer strings without their length, so that SQLite cuts them at U+0000. Of spans it binds an empty one as null.
        var hasHalf = SurrogateText.FindHalf(value) >= 0;
        if (value.Length <= MaxShortText && !hasHalf)
        {
            return Check(raw.sqlite3_bind_text(handle, index, value));
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        try
        {
            return Check(raw.sqlite3_bind_text(handle, index, buffer.AsSpan(0, hasHalf ? SurrogateText.Encode(value, buffer) : Encoding.UTF8.GetBytes(value, buffer))));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public Statement Bind(int index, ReadOnlySpan<float> vector) => Check(raw.sqlite3_bind_blob(handle, index, MemoryMarshal.AsBytes(vector)));

    public Statement BindNull(int index) => Check(raw.sqlite3_bind_null(handle, index));

    /// <summary>Binds a value as <see cref="ColumnType"/> stores it: a 64-bit integer, a double, a string or null.</summary>
    public Statement BindStored(int index, object? value) => value switch
    {
        null => BindNull(index),
        long number => Bind(index, number),
        double number => Bind(index, number),
        string text => Bind(index, text),
        _ => throw new NotSupportedException($"A value of type {value.GetType()} cannot be bound."),
    };

    /// <summary>Binds values to the parameters from <paramref name="first"/> on.</summary>
    public Statement BindAll(int first, ReadOnlySpan<object?> values)
    {
        foreach (var value in values)
        {
            BindStored(first++, value);
        }

        return this;
    }

    /// <summary>Advances to the next row.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(handle);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        if (result != raw.SQLITE_DONE)
        {
            _ = raw.sqlite3_reset(handle);
            SqliteException.ThrowExceptionForRC(result, connection.Handle);
        }

        return false;
    }

    /// <summary>Runs a statement that returns no rows, and makes it ready for the next values.</summary>
    public void Run()
    {
        while (Step())
        {
        }

        Reset();
    }

    public void Reset() => _ = raw.sqlite3_reset(handle);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long GetInt64(int column) => raw.sqlite3_column_int64(handle, column);

    public double GetDouble(int column) => raw.sqlite3_column_double(handle, column);

    public string GetString(int column)
    {
        var text = raw.sqlite3_column_text(handle, column).utf8_to_string();
        // U+FFFD may stand for half of a surrogate pair.
        return text.Contains('\uFFFD', StringComparison.Ordinal) ? SurrogateText.Decode(raw.sqlite3_column_blob(handle, column)) : text;
    }

    /// <summary>Gets the value as it is stored: a 64-bit integer, a double, a string or null.</summary>
    public object? GetStored(int column) => raw.sqlite3_column_type(handle, column) switch
    {
        raw.SQLITE_NULL => null,
        raw.SQLITE_INTEGER => GetInt64(column),
        raw.SQLITE_FLOAT => GetDouble(column),
        _ => GetString(column),
    };

    /// <summary>Gets a vector; it is valid until the next step.</summary>
    public ReadOnlySpan<float> GetVector(int column) => MemoryMarshal.Cast<byte, float>(raw.sqlite3_column_blob(handle, column));

    public void Dispose()
    {
        Reset();
        _ = raw.sqlite3_clear_bindings(handle);
        connection.GiveBack(this);
    }

    public void Close() => handle.Dispose();

    private Statement Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, connection.Handle);
        }

        return this;
    }
}
