using Microsoft.Extensions.DependencyInjection;

namespace FaissSdk.Orleans.Tests;

/// <summary>Silos that die, files that are damaged, and a store that fails.</summary>
public sealed class FaultTests(TestCluster cluster)
{
    private const int Dimension = 16;

    [Fact]
    public async Task Silos_that_die_during_searches_and_additions_lose_nothing()
    {
        await using var own = await TestCluster.StartAsync();
        var vectors = TestVectors.Random(1200, Dimension);
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", vectors, Dimension, shards: 5, replicas: 2);
        using (index)
        {
            var queries = TestVectors.Random(4, Dimension, seed: 2);
            var expected = index.Search(queries, 10);
            using var stop = new CancellationTokenSource();
            var searched = 0;
            var searches = Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    TestVectors.AssertEqual(expected, (await collection.SearchAsync(queries, 10, new ShardedSearchOptions { Timeout = TimeSpan.FromSeconds(4) })).Result);
                    searched++;
                }
            });
            using var template = FaissIndex.Create(Dimension, "IDMap2,Flat");
            var filling = await own.Faiss.CreateCollectionAsync(TestVectors.NewName(), template, 4);
            var additions = Task.Run(async () =>
            {
                for (var i = 0; i < 60; i++)
                {
                    await filling.AddAsync(vectors.AsMemory(i * 20 * Dimension, 20 * Dimension), TestVectors.Ids(1200).AsMemory(i * 20, 20));
                }
            });
            await own.KillAsync(own.Cluster.Silos[1]);
            await own.KillAsync(own.Cluster.Silos[1]);
            await additions;
            await filling.SealAsync();
            await stop.CancelAsync();
            await searches;
            Assert.True(searched > 0);
            Assert.Equal(1200, filling.Count);
            TestVectors.AssertEqual(expected, (await filling.SearchAsync(queries, 10)).Result);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_shard_that_is_damaged_or_missing_is_named(bool isMissing)
    {
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        var file = Directory.GetFiles(Path.Combine(cluster.Store.Folder, "collections", collection.Name), "*-s00001-*").Single();
        if (isMissing)
        {
            File.Delete(file);
        }
        else
        {
            var content = await File.ReadAllBytesAsync(file);
            content[^1] ^= 1;
            await File.WriteAllBytesAsync(file, content);
        }

        var error = await Assert.ThrowsAsync<ShardDamagedException>(() => collection.SearchAsync(new float[Dimension], 3));
        Assert.Contains(isMissing ? "missing" : "checksum differs", error.Message, StringComparison.Ordinal);
        Assert.Contains("Restore it from a copy", error.Message, StringComparison.Ordinal);
        var partial = await collection.SearchAsync(new float[Dimension], 90, new ShardedSearchOptions { AllowPartial = true });
        Assert.Equal([1], partial.Missing.Select(missing => missing.Shard));
        Assert.Equal(TestVectors.Ids(90).Where(id => ShardOfId.Mixed(id, 3) != 1), partial.Result[0].Ids.ToArray().Order());
    }

    [Fact]
    public async Task A_queue_that_is_full_refuses_calls()
    {
        await using var own = await TestCluster.StartAsync((options, _) => (options.MaxConcurrentCalls, options.MaxQueuedCalls) = (1, 0), silos: 1);
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(3000, Dimension), Dimension, shards: 1);
        index.Dispose();
        await collection.LoadAsync();
        using var block = new ManualResetEventSlim();
        var gates = own.Cluster.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<NativeGate>()).ToArray();
        var blocked = gates.Select(gate => gate.RunAsync(() => block.Wait(TimeSpan.FromSeconds(20)), default)).ToArray();
        try
        {
            var error = await Assert.ThrowsAsync<ShardBusyException>(() => collection.SearchAsync(new float[Dimension], 1));
            Assert.Contains("Repeat the call later", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            block.Set();
            await Task.WhenAll(blocked);
        }

        Assert.True((await collection.SearchAsync(new float[Dimension], 1)).IsComplete);
    }

    [Fact]
    public async Task A_store_that_is_read_only_changes_nothing()
    {
        await using var own = await TestCluster.StartAsync(silos: 1);
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        own.Store.IsReadOnly = true;
        var error = await Assert.ThrowsAsync<ShardStoreException>(() => collection.RemoveAsync(ShardFilter.Ids(7)));
        Assert.Contains("Read-only file system", error.Message, StringComparison.Ordinal);
        using var template = FaissIndex.Create(Dimension, "IDMap2,Flat");
        await Assert.ThrowsAsync<ShardStoreException>(() => own.Faiss.CreateCollectionAsync(TestVectors.NewName(), template, 1));
        Assert.Equal(90, (await collection.SearchAsync(new float[Dimension], 90)).Result[0].Count);
        index.Dispose();
    }

    [Fact]
    public async Task While_the_store_is_gone_loaded_shards_are_searched_and_others_report_it()
    {
        await using var own = await TestCluster.StartAsync(silos: 1);
        var (loaded, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        var (other, otherIndex) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        otherIndex.Dispose();
        await loaded.SearchAsync(new float[Dimension], 1);
        own.Store.IsGone = true;
        await Task.Delay(150);
        Assert.Equal(90, (await loaded.SearchAsync(new float[Dimension], 90)).Result[0].Count);
        foreach (var call in (Func<Task>[])[() => other.SearchAsync(new float[Dimension], 1), () => other.LoadAsync(), () => own.Faiss.GetCollectionAsync(other.Name), () => loaded.RecutAsync(2)])
        {
            Assert.Contains("The network is gone.", (await Assert.ThrowsAsync<ShardStoreException>(call)).Message, StringComparison.Ordinal);
        }

        own.Store.IsGone = false;
        Assert.Equal(90, (await other.SearchAsync(new float[Dimension], 90)).Result[0].Count);
    }

    [Fact]
    public async Task A_cut_that_is_interrupted_changes_nothing()
    {
        await using var own = await TestCluster.StartAsync(silos: 1);
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        own.Store.Writing = name => _ = name.Contains("-s00003-", StringComparison.Ordinal) ? throw new IOException("The network is gone.") : 0;
        await Assert.ThrowsAsync<ShardStoreException>(() => collection.RecutAsync(4));
        own.Store.Writing = null;
        var reopened = await own.Faiss.GetCollectionAsync(collection.Name);
        Assert.Equal((3, collection.Version), (reopened.Shards, reopened.Version));
        Assert.Equal(90, (await reopened.SearchAsync(new float[Dimension], 90)).Result[0].Count);
        await reopened.RecutAsync(4);
        Assert.Equal(90, (await reopened.SearchAsync(new float[Dimension], 90)).Result[0].Count);
    }

    [Fact]
    public async Task Of_two_changes_at_a_time_one_is_refused()
    {
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        var other = await cluster.Faiss.GetCollectionAsync(collection.Name);
        await collection.RemoveAsync(ShardFilter.Ids(0));
        var error = await Assert.ThrowsAsync<CollectionConflictException>(() => other.RemoveAsync(ShardFilter.Ids(7)));
        Assert.Contains("repeat the call", error.Message, StringComparison.Ordinal);
        await other.RefreshAsync();
        Assert.Equal(1, await other.RemoveAsync(ShardFilter.Ids(7)));
        Assert.Equal(88, other.Count);
    }

    [Fact]
    public async Task A_shard_on_two_silos_at_once_answers_the_same_and_one_change_wins()
    {
        // A partitioned network makes two clusters of one, over the same store: each activates the same shard.
        using var store = new TestStore();
        await using var one = await TestCluster.StartAsync(silos: 1, store: store);
        await using var other = await TestCluster.StartAsync(silos: 1, store: store);
        var (collection, index) = await TestVectors.BuildAsync(one.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        using (index)
        {
            var same = await other.Faiss.GetCollectionAsync(collection.Name);
            var queries = TestVectors.Random(5, Dimension, seed: 2);
            TestVectors.AssertEqual(index.Search(queries, 7), (await collection.SearchAsync(queries, 7)).Result);
            TestVectors.AssertEqual(index.Search(queries, 7), (await same.SearchAsync(queries, 7)).Result);
            var changes = await Task.WhenAll(((ShardedCollection[])[collection, same]).Select(async (half, i) =>
            {
                try
                {
                    return await half.RemoveAsync(ShardFilter.Ids(i * 7));
                }
                catch (CollectionConflictException)
                {
                    return 0;
                }
            }));
            Assert.Equal(1, changes.Sum());
            using var removed = new IDSelectorBatch(changes[0] == 1 ? 0 : 7);
            index.Remove(removed);
            await Task.WhenAll(collection.RefreshAsync(), same.RefreshAsync());
            TestVectors.AssertEqual(index.Search(queries, 89), (await collection.SearchAsync(queries, 89)).Result);
            TestVectors.AssertEqual(index.Search(queries, 89), (await same.SearchAsync(queries, 89)).Result);
        }
    }

    [Fact]
    public async Task Clocks_that_differ_change_no_answer()
    {
        await using var own = await TestCluster.StartAsync(silo: (silo, number) => silo.Services.AddSingleton<TimeProvider>(new OtherClock(TimeSpan.FromMinutes(number - 2))));
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension, replicas: 2);
        using (index)
        {
            using var removed = new IDSelectorBatch(7);
            index.Remove(removed);
            await collection.RemoveAsync(ShardFilter.Ids(7));
            // By its timestamp, the newest version looks like the oldest.
            var hours = 0;
            foreach (var file in Directory.EnumerateFiles(Path.Combine(own.Store.Folder, "collections", collection.Name), "manifest-*").Order())
            {
                File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(--hours));
            }

            await collection.RebalanceAsync();
            var reopened = await own.Faiss.GetCollectionAsync(collection.Name);
            Assert.Equal(4, reopened.Version);
            var queries = TestVectors.Random(5, Dimension, seed: 2);
            TestVectors.AssertEqual(index.Search(queries, 89), (await reopened.SearchAsync(queries, 89)).Result);
            await own.KillAsync(own.Cluster.Silos[1]);
            TestVectors.AssertEqual(index.Search(queries, 89), (await reopened.SearchAsync(queries, 89)).Result);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(SearchRequest.CurrentProtocol + 1)]
    public async Task Messages_of_another_version_are_refused(int protocol)
    {
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", TestVectors.Random(9, Dimension), Dimension);
        index.Dispose();
        var request = new SearchRequest { Protocol = protocol, Queries = new VectorBlock(new float[Dimension], Dimension), K = 1 };
        var error = await Assert.ThrowsAsync<ShardVersionException>(() => cluster.Cluster.Client.GetGrain<ICollectionSearch>(SearchKey.Of(collection.Name)).Search(request, default));
        Assert.Contains("on all silos first", error.Message, StringComparison.Ordinal);
    }

    private sealed class OtherClock(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + offset;
    }
}
