using FaissSdk.VectorData.Indexes;
using FaissSdk.VectorData.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FaissSdk.VectorData.Store;

internal sealed partial class StoreCore
{
    /// <summary>Rewrites the database without the pages that are free.</summary>
    public Task VacuumAsync(CancellationToken cancellationToken) => UseLargeAsync("Vacuum", null, async connection =>
    {
        // SQLite locks the database before it copies it, so that nothing is repeated.
        await database.WaitAsync(connection, () =>
        {
            connection.Execute("VACUUM");
            return true;
        }, cancellationToken).ConfigureAwait(false);
        // Readers that began earlier keep the log as it is.
        await database.WaitAsync(connection, () => connection.QueryNumber("PRAGMA wal_checkpoint(TRUNCATE)") == 0, cancellationToken).ConfigureAwait(false);
    }, cancellationToken);

    /// <summary>Copies the database as one transaction sees it to a file that does not exist yet.</summary>
    public Task BackupAsync(string path, CancellationToken cancellationToken)
    {
        var target = Path.GetFullPath(path);
        if (target == database.Path || File.Exists(target))
        {
            throw new ArgumentException($"The file '{target}' exists. Give a path where there is none.", nameof(path));
        }

        return Task.Run(() => Run("Backup", null, () => UseConnection(connection =>
        {
            var part = target + ".part";
            File.Delete(part);
            try
            {
                Copy(connection, part, cancellationToken);
                // The copy gets its name when it is complete, so the process may end at any moment.
                Complete(part);
                ExclusiveMove.Move(part, target);
            }
            catch
            {
                DeletePart(part);
                throw;
            }

            return true;
        })), cancellationToken);
    }

    private static void Copy(Connection connection, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var copy = connection.Prepare("VACUUM INTO ?");
            using (cancellationToken.Register(() => raw.sqlite3_interrupt(connection.Handle)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                copy.Bind(1, path).Run();
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    // A copy may be as large as the disk has space.
    private static void DeletePart(string part)
    {
        foreach (var suffix in new[] { "", "-journal", "-wal", "-shm" })
        {
            try
            {
                File.Delete(part + suffix);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The failure of the backup is what the caller has to know.
            }
        }
    }

    private T UseConnection<T>(Func<Connection, T> use)
    {
        var connection = database.Rent();
        try
        {
            return use(connection);
        }
        finally
        {
            database.Return(connection);
        }
    }

    // The collections of a copy get tokens of their own, so that neither database uses the indexes of the other.
    private static void Complete(string path)
    {
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE faiss_collections SET token = lower(hex(randomblob(16))); PRAGMA journal_mode=WAL";
            command.ExecuteNonQuery();
        }
    }

    // Releases and deletes the indexes of a collection that was deleted.
    private void Forget(string name, long id)
    {
        foreach (var engine in _engines.Values.Where(engine => engine.Name == name))
        {
            engine.Forget(id);
        }

        IndexFiles.DeleteAll(database.IndexFolder, id);
    }
}
