using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace FaissSdk.Benchmarks;

/// <summary>Keeps vectors as blobs in SQLite, and compares a query with every one that a filter lets through.</summary>
internal sealed class SqliteScan : IMeasuredStore
{
    private readonly SqliteConnection _connection;

    public SqliteScan(string path)
    {
        _connection = new SqliteConnection($"Data Source={path}");
        _connection.Open();
        Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS records (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, vector BLOB NOT NULL); CREATE INDEX IF NOT EXISTS numbers ON records (number)");
    }

    public Task Insert(int first, float[][] vectors)
    {
        using var transaction = _connection.BeginTransaction();
        using var command = _connection.CreateCommand();
        command.CommandText = "INSERT INTO records VALUES ($id, $number, $vector)";
        var (id, number, vector) = (command.Parameters.Add("$id", SqliteType.Integer), command.Parameters.Add("$number", SqliteType.Integer), command.Parameters.Add("$vector", SqliteType.Blob));
        for (var i = 0; i < vectors.Length; i++)
        {
            (id.Value, number.Value, vector.Value) = (first + i, StoreWorkload.Number(first + i), MemoryMarshal.AsBytes(vectors[i].AsSpan()).ToArray());
            command.ExecuteNonQuery();
        }

        transaction.Commit();
        return Task.CompletedTask;
    }

    public Task Finish() => Task.CompletedTask;

    public Task<int[]> Search(float[] query, int first, int width)
    {
        var (nearest, vector) = (new NearestRecords(), new float[StoreWorkload.Dimension]);
        using var command = _connection.CreateCommand();
        command.CommandText = width == 1000 ? "SELECT id, vector FROM records" : "SELECT id, vector FROM records WHERE number >= $first AND number < $end";
        command.Parameters.AddWithValue("$first", first);
        command.Parameters.AddWithValue("$end", first + width);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            using var blob = reader.GetStream(1);
            blob.ReadExactly(MemoryMarshal.AsBytes(vector.AsSpan()));
            nearest.Add(reader.GetInt32(0), TensorPrimitives.Dot<float>(vector, query));
        }

        return Task.FromResult(nearest.Ids);
    }

    public void Dispose() => _connection.Dispose();

    private void Execute(string text)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
