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
