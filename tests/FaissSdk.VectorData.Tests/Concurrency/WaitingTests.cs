using Microsoft.Data.Sqlite;

namespace FaissSdk.VectorData.Tests;

/// <summary>Operations wait for another writer only where they write.</summary>
public sealed class WaitingTests
{
    [Fact]
    public async Task A_collection_that_exists_waits_for_no_writer()
    {
        using var temporary = new TemporaryStore(new FaissVectorStoreOptions { BusyTimeout = TimeSpan.FromMilliseconds(200) });
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        using var other = Lock(temporary.Path);
        await hotels.EnsureCollectionExistsAsync();
        using var second = temporary.Open();
        await second.GetCollection<int, Hotel>("hotels").EnsureCollectionExistsAsync();
        await Assert.ThrowsAsync<VectorStoreException>(() => second.GetCollection<int, Hotel>("others").EnsureCollectionExistsAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hotels.EnsureCollectionExistsAsync(new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_collection_that_exists_does_not_wait_for_a_batch_of_this_process()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Read());
        Assert.NotNull(await hotels.GetAsync(1));

        IEnumerable<Hotel> Read()
        {
            Assert.True(temporary.Store.GetCollection<int, Hotel>("hotels").EnsureCollectionExistsAsync().Wait(TimeSpan.FromSeconds(10)));
            yield return Hotel.Create(1, 1, 2, 3, 4);
        }
    }

    [Theory]
    [InlineData("upsert")]
    [InlineData("delete")]
    [InlineData("create")]
    [InlineData("drop")]
    [InlineData("vacuum")]
    public async Task A_wait_for_another_process_ends_by_the_token_and_by_disposing_the_store(string operation)
    {
        using var temporary = new TemporaryStore(new FaissVectorStoreOptions { BusyTimeout = Timeout.InfiniteTimeSpan });
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Hotel.Create(1, 1, 2, 3, 4));
        using var other = Lock(temporary.Path);
        using var cancellation = new CancellationTokenSource();
        var canceled = Task.Run(() => WriteAsync(cancellation.Token));
        await Task.Delay(200);
        Assert.False(canceled.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled.WaitAsync(TimeSpan.FromSeconds(20)));

        var disposed = Task.Run(() => WriteAsync(CancellationToken.None));
        await Task.Delay(200);
        Assert.False(disposed.IsCompleted);
        temporary.Store.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed.WaitAsync(TimeSpan.FromSeconds(20)));

        Task WriteAsync(CancellationToken token) => operation switch
        {
            "upsert" => hotels.UpsertAsync(Hotel.Create(2, 1, 2, 3, 4), token),
            "delete" => hotels.DeleteAsync(1, token),
            "create" => temporary.Store.GetCollection<int, Hotel>("others").EnsureCollectionExistsAsync(token),
            "drop" => hotels.EnsureCollectionDeletedAsync(token),
            _ => temporary.Store.VacuumAsync(token),
        };
    }

    [Fact]
    public async Task A_vacuum_that_a_reader_keeps_from_shortening_the_log_ends_by_the_token()
    {
        using var temporary = new TemporaryStore(new FaissVectorStoreOptions { BusyTimeout = Timeout.InfiniteTimeSpan });
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        using var reader = new SqliteConnection($"Data Source={temporary.Path};Pooling=False");
        reader.Open();
        Run(reader, "BEGIN; SELECT count(*) FROM sqlite_schema");
        using var cancellation = new CancellationTokenSource();
        var canceled = Task.Run(() => temporary.Store.VacuumAsync(cancellation.Token));
        await Task.Delay(500);
        Assert.False(canceled.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled.WaitAsync(TimeSpan.FromSeconds(20)));
        Run(reader, "COMMIT");
        await temporary.Store.VacuumAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, new FileInfo(temporary.Path + "-wal").Length);
    }

    [Fact]
    public async Task Others_read_the_tables_as_they_were_until_an_added_property_is_committed()
    {
        using var temporary = new TemporaryStore();
        var items = await MigrateAsync(temporary.Store);
        Task<Dictionary<string, object?>?>? during = null;
        temporary.Store.Core.Database.Committing = () =>
        {
            temporary.Store.Core.Database.Committing = null;
            during = Task.Run(() => items.GetAsync(1));
            // Either it has failed by now, or it waits for the writer.
            Thread.Sleep(300);
        };
        Assert.Equal(0, (await items.GetAsync(1))!["Count"]);
        Assert.Equal(0, (await during!)!["Count"]);
    }

    [Fact]
    public async Task A_property_is_added_again_if_its_commit_fails()
    {
        using var temporary = new TemporaryStore();
        var items = await MigrateAsync(temporary.Store);
        foreach (var operation in (Func<Task>[])[() => items.GetAsync(1), () => items.EnsureCollectionExistsAsync()])
        {
            temporary.Store.Core.Database.Committing = () => throw new SqliteException("full", SQLitePCL.raw.SQLITE_FULL);
            var error = await Assert.ThrowsAsync<VectorStoreException>(operation);
            Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
        }

        temporary.Store.Core.Database.Committing = null;
        Assert.Equal(0, (await items.GetAsync(1))!["Count"]);
        await items.UpsertAsync(new Dictionary<string, object?> { ["Id"] = 1, ["Count"] = 5 });
        Assert.Single(await items.GetAsync(item => (int)item["Count"]! == 5, 10).ToListAsync());
    }

    private static SqliteConnection Lock(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Run(connection, "BEGIN IMMEDIATE");
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    // Returns a collection with a property that the stored one lacks.
    private static async Task<FaissDynamicCollection> MigrateAsync(FaissVectorStore store)
    {
        var old = store.GetDynamicCollection("items", new VectorStoreCollectionDefinition { Properties = [new VectorStoreKeyProperty("Id", typeof(int))] });
        await old.EnsureCollectionExistsAsync();
        await old.UpsertAsync(new Dictionary<string, object?> { ["Id"] = 1 });
        return store.GetDynamicCollection("items", new VectorStoreCollectionDefinition { Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreDataProperty("Count", typeof(int)) { IsIndexed = true }] });
    }
}
