using Microsoft.Data.Sqlite;

namespace FaissSdk.VectorData.Tests.Contract;

/// <summary>What copies, shrinks and follows the files of a database takes neither memory nor time in proportion to them where it need not.</summary>
public sealed class MaintenanceTests
{
    private const int Megabyte = 1 << 20;

    [Fact]
    public async Task A_vacuum_does_not_hold_the_database_in_memory()
    {
        using var temporary = new TemporaryStore();
        var items = await FillAsync(temporary.Store, megabytes: 100);
        var process = System.Diagnostics.Process.GetCurrentProcess();
        var before = process.PrivateMemorySize64;
        var vacuum = temporary.Store.VacuumAsync();
        long most = 0;
        while (!vacuum.IsCompleted)
        {
            process.Refresh();
            most = Math.Max(most, process.PrivateMemorySize64);
            await Task.Delay(1);
        }

        await vacuum;
        Assert.InRange(most - before, long.MinValue, 60 * Megabyte);
        Assert.NotNull(await items.GetAsync(1));
    }

    [Fact]
    public async Task A_backup_that_does_not_succeed_leaves_nothing()
    {
        using var temporary = new TemporaryStore();
        await FillAsync(temporary.Store, megabytes: 60);
        string target = temporary.Path + ".backup", part = target + ".part";
        using var cancellation = new CancellationTokenSource();
        var canceled = temporary.Store.BackupAsync(target, cancellation.Token);
        await WaitAsync(part, canceled);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(target)!, "*.backup*"));

        // Another process makes a file of this name meanwhile.
        var late = temporary.Store.BackupAsync(target);
        await WaitAsync(part, late);
        await File.WriteAllTextAsync(target, "x");
        await Assert.ThrowsAnyAsync<IOException>(() => late);
        Assert.Equal([target], Directory.GetFiles(Path.GetDirectoryName(target)!, "*.backup*"));
        File.Delete(target);

        await temporary.Store.BackupAsync(target);
        using var copy = new FaissVectorStore(target);
        Assert.NotNull(await Open(copy).GetAsync(1));

        static async Task WaitAsync(string path, Task backup)
        {
            while (!File.Exists(path))
            {
                Assert.False(backup.IsCompleted);
                await Task.Delay(1);
            }
        }
    }

    [Fact]
    public async Task A_write_after_a_large_one_does_not_copy_the_log_again()
    {
        using var temporary = new TemporaryStore();
        var items = await FillAsync(temporary.Store, megabytes: 24);
        await items.UpsertAsync(Item(1, size: 10));
        var copied = File.GetLastWriteTimeUtc(temporary.Path);
        for (var id = 100; id < 110; id++)
        {
            await Task.Delay(20);
            await items.UpsertAsync(Item(id, size: 10));
        }

        Assert.Equal(copied, File.GetLastWriteTimeUtc(temporary.Path));
        Assert.InRange(new FileInfo(temporary.Path + "-wal").Length, 0, 8 * Megabyte);
        // Another process that keeps its snapshot keeps the log long, and it is copied only when more was written.
        using var reader = new SqliteConnection($"Data Source={temporary.Path};Pooling=False");
        reader.Open();
        Run(reader, "BEGIN; SELECT count(*) FROM sqlite_schema");
        await items.UpsertAsync(Enumerable.Range(200, 24).Select(id => Item(id, Megabyte)));
        await items.UpsertAsync(Item(1, size: 10));
        copied = File.GetLastWriteTimeUtc(temporary.Path);
        for (var id = 300; id < 305; id++)
        {
            await Task.Delay(20);
            await items.UpsertAsync(Item(id, size: 10));
        }

        Assert.Equal(copied, File.GetLastWriteTimeUtc(temporary.Path));
        Run(reader, "COMMIT");
        await items.UpsertAsync(Enumerable.Range(400, 24).Select(id => Item(id, Megabyte)));
        Assert.NotEqual(copied, File.GetLastWriteTimeUtc(temporary.Path));
    }

    [Fact]
    public async Task The_log_of_a_new_index_of_a_property_is_copied_at_once()
    {
        using var temporary = new TemporaryStore();
        var items = await FillAsync(temporary.Store, megabytes: 24);
        // After the first copying, the log counts from its start again.
        await items.UpsertAsync(Item(1, size: 10));
        var copied = new FileInfo(temporary.Path).Length;
        await Open(temporary.Store, isIndexed: true).EnsureCollectionExistsAsync();
        Assert.InRange(new FileInfo(temporary.Path).Length - copied, 20 * Megabyte, 40 * Megabyte);
    }

    [Fact]
    public void Statements_that_were_not_used_for_longest_are_forgotten_first()
    {
        using var folder = new TemporaryFolder();
        using var connection = new Storage.Connection($"Data Source={folder.File("x.db")};Pooling=False", TimeSpan.FromSeconds(1));
        for (var i = 0; i < 300; i++)
        {
            connection.QueryNumber($"SELECT {i}");
        }

        var kept = connection.Prepare("SELECT 299");
        kept.Dispose();
        Assert.Same(kept, connection.Prepare("SELECT 299"));
        var late = connection.Prepare("SELECT 1000");
        late.Dispose();
        Assert.Same(late, connection.Prepare("SELECT 1000"));
    }

    [Fact]
    public async Task A_writer_waits_without_a_limit_if_it_is_asked_to()
    {
        foreach (var timeout in new[] { Timeout.InfiniteTimeSpan, TimeSpan.MaxValue })
        {
            using var temporary = new TemporaryStore(new FaissVectorStoreOptions { BusyTimeout = timeout });
            var items = await FillAsync(temporary.Store, megabytes: 0);
            using var other = new SqliteConnection($"Data Source={temporary.Path};Pooling=False");
            other.Open();
            Run(other, "BEGIN IMMEDIATE");
            var waiting = Task.Run(() => items.UpsertAsync(Item(1, size: 10)));
            await Task.Delay(300);
            Assert.False(waiting.IsCompleted);
            Run(other, "COMMIT");
            await waiting;
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new FaissVectorStore("x.db", new FaissVectorStoreOptions { BusyTimeout = TimeSpan.FromSeconds(-1) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FaissCollection<int, Hotel>("x.db", "hotels", new FaissCollectionOptions { BusyTimeout = TimeSpan.FromSeconds(-1) }));
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static async Task<FaissDynamicCollection> FillAsync(FaissVectorStore store, int megabytes)
    {
        var items = Open(store);
        await items.EnsureCollectionExistsAsync();
        if (megabytes > 0)
        {
            await items.UpsertAsync(Enumerable.Range(1, megabytes).Select(id => Item(id, Megabyte)));
        }

        return items;
    }

    private static Dictionary<string, object?> Item(int id, int size) => new() { ["Id"] = id, ["Text"] = new string('x', size), ["Vector"] = new float[] { id, 1 } };

    private static FaissDynamicCollection Open(FaissVectorStore store, bool isIndexed = false) => store.GetDynamicCollection("items", new VectorStoreCollectionDefinition
    {
        Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreDataProperty("Text", typeof(string)) { IsIndexed = isIndexed }, new VectorStoreVectorProperty("Vector", typeof(float[]), 2)],
    });
}
