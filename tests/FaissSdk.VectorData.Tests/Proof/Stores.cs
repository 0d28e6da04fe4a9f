using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace FaissSdk.VectorData.Tests;

/// <summary>Opens stores for the proofs, and provides operations that the abstraction lacks.</summary>
internal static class Stores
{
    /// <summary>Opens a store that seals after few changes.</summary>
    public static FaissVectorStore Open(string path, int sealAt, ILoggerFactory? log = null)
    {
        var store = new FaissVectorStore(path, new FaissVectorStoreOptions { LoggerFactory = log });
        store.Core.Database.MinDelta = sealAt;
        return store;
    }

    /// <summary>Seals the indexes of a collection now.</summary>
    public static Task Seal(VectorStoreCollection<string, Item> items) => ((FaissCollection<string, Item>)items).OptimizeAsync();

    /// <summary>Moves the pages of the write-ahead log to the database, from a connection of its own.</summary>
    public static async Task Checkpoint(string path)
    {
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False;Default Timeout=5");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Returns the files of indexes of a store.</summary>
    public static string[] IndexFiles(string path) => Directory.GetFiles(Path.GetDirectoryName(path)!, "*.faiss", SearchOption.AllDirectories);
}
