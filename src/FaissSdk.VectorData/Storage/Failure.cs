using Microsoft.Data.Sqlite;
using Microsoft.Extensions.VectorData;

namespace FaissSdk.VectorData.Storage;

/// <summary>Converts exceptions of SQLite to those of the abstraction.</summary>
internal static class Failure
{
    public const string SystemName = "faiss";

    public static VectorStoreException Of(SqliteException exception, Database database, string? collection, string operation)
    {
        var reason = exception.SqliteErrorCode switch
        {
            SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => $"another writer has locked the database for more than {database.BusyTimeout.TotalSeconds:0.#} s. Write less at a time there, or raise FaissVectorStoreOptions.BusyTimeout",
            SQLitePCL.raw.SQLITE_READONLY => "the database or its folder is read-only. Make both writable for this user",
            SQLitePCL.raw.SQLITE_FULL => "the disk is full; nothing of this operation was stored. Free space and repeat it",
            SQLitePCL.raw.SQLITE_NOTADB => "the file is not a SQLite database. Give the store a file of its own",
            SQLitePCL.raw.SQLITE_CORRUPT => "the database is damaged. Restore a backup, or save what SQLite's shell recovers by .recover",
            SQLitePCL.raw.SQLITE_CANTOPEN => "the database cannot be opened. Create its folder, and allow this user to read and write there",
            SQLitePCL.raw.SQLITE_IOERR => "reading or writing the file failed. Check the disk and its limits",
            SQLitePCL.raw.SQLITE_TOOBIG => "a value is larger than SQLite stores. Split it",
            _ => exception.Message,
        };

        return new VectorStoreException($"{operation} failed on '{database.Path}': {reason}.", exception)
        {
            VectorStoreSystemName = SystemName,
            VectorStoreName = database.Path,
            CollectionName = collection,
            OperationName = operation,
        };
    }
}
