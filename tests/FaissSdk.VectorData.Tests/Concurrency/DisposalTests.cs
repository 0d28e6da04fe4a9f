using Microsoft.Data.Sqlite;

namespace FaissSdk.VectorData.Tests;

/// <summary>Disposes a store, and locks its database, while others use it.</summary>
public sealed class DisposalTests
{
    [Fact]
    public async Task A_search_during_disposal_answers_or_throws_that_the_store_is_disposed()
    {
        for (var round = 0; round < Effort.Of(8, 80); round++)
        {
            using var folder = new TemporaryFolder();
            var store = Stores.Open(folder.File("store.db"), sealAt: 100);
            var items = store.GetCollection<string, Item>("items", Item.Definition(IndexKind.Flat, DistanceFunction.CosineSimilarity));
            await items.EnsureCollectionExistsAsync();
            await items.UpsertAsync(Enumerable.Range(0, 300).Select(key => CrashWriter.Create(key, round)));

            var (answered, disposed) = (0, 0);
            var users = Enumerable.Range(0, 4).Select(user => Task.Run(async () =>
            {
                for (var i = 0; ; i++)
                {
                    try
                    {
                        if (user == 0)
                        {
                            await items.UpsertAsync(CrashWriter.Create(i, round));
                        }
                        else
                        {
                            Assert.Equal(5, (await items.SearchAsync(CrashWriter.Create(i, round).Vector, 5).ToListAsync()).Count);
                        }

                        Interlocked.Increment(ref answered);
                    }
                    catch (ObjectDisposedException)
                    {
                        Interlocked.Increment(ref disposed);
                        return;
                    }
                }
            })).ToArray();
            await Task.Delay(5 * round);
            store.Dispose();
            await Task.WhenAll(users).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(users.Length, disposed);
            items.Dispose();
        }
    }

    [Fact]
    public async Task A_change_of_a_locked_database_fails_as_a_whole()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("store.db");
        using var store = new FaissVectorStore(path, new FaissVectorStoreOptions { BusyTimeout = TimeSpan.FromMilliseconds(300) });
        using var items = store.GetCollection<string, Item>("items", Item.Definition(IndexKind.Flat, DistanceFunction.CosineSimilarity));
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync(Enumerable.Range(0, 50).Select(key => CrashWriter.Create(key, 1)));

        await using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            await command.ExecuteNonQueryAsync();
            await Assert.ThrowsAsync<VectorStoreException>(() => items.UpsertAsync(Enumerable.Range(0, 50).Select(key => CrashWriter.Create(key, 2))));

            // Readers go on.
            Assert.Equal(50, await items.SearchAsync(CrashWriter.Create(0, 1).Vector, 60).CountAsync(result => result.Record.Number == 1));
        }

        await items.UpsertAsync(Enumerable.Range(25, 50).Select(key => CrashWriter.Create(key, 3)));
        Assert.Equal(25, await items.SearchAsync(CrashWriter.Create(0, 1).Vector, 100).CountAsync(result => result.Record.Number == 1));
        Assert.Equal(50, await items.SearchAsync(CrashWriter.Create(0, 1).Vector, 100).CountAsync(result => result.Record.Number == 3));
    }
}
