using System.Collections.Concurrent;
using FsCheck.Xunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace FaissSdk.Orleans.Tests;

/// <summary>Shards are on the silos that can hold them.</summary>
public sealed class PlacementTests(TestCluster cluster)
{
    private const int Dimension = 8;

    [Property(MaxTest = 300)]
    public bool Replicas_are_on_different_silos_whichever_are_gone(int seed)
    {
        var random = new Random(seed);
        var silos = Silos(1 + random.Next(8));
        var gone = silos.Skip(1).Where(_ => random.Next(3) == 0).ToHashSet();
        var replicas = 1 + random.Next(4);
        var chosen = Choose($"shard-{seed}", replicas, silos, gone);
        return chosen.All(silo => !gone.Contains(silo)) && chosen.Distinct().Count() == Math.Min(replicas, silos.Length - gone.Count);
    }

    [Property(MaxTest = 300)]
    public bool Replicas_stay_where_they_are_when_the_silo_of_another_goes(int seed)
    {
        var random = new Random(seed);
        var (silos, replicas) = (Silos(3 + random.Next(6)), 1 + random.Next(3));
        var gone = silos[random.Next(silos.Length)];
        var (before, after) = (Choose($"shard-{seed}", replicas, silos, []), Choose($"shard-{seed}", replicas, silos, [gone]));
        return before.Zip(after).All(replica => replica.First == gone || replica.First == replica.Second);
    }

    [Fact]
    public void A_silo_that_joins_takes_its_share_and_moves_few_others()
    {
        var (toNew, between, stay) = (0, 0, 0);
        for (var shard = 0; shard < 2000; shard++)
        {
            foreach (var (before, after) in Choose($"shard-{shard}", 2, Silos(4), []).Zip(Choose($"shard-{shard}", 2, Silos(5), [])))
            {
                _ = before == after ? stay++ : after == Silos(5)[^1] ? toNew++ : between++;
            }
        }

        // A fifth of 4,000; a second replica also moves to the silo of the first where it prefers that.
        Assert.InRange(toNew, 700, 900);
        Assert.InRange(between, 0, 200);
        Assert.Equal(4000, toNew + between + stay);
    }

    [Fact]
    public void Silos_hold_shards_in_proportion_to_their_memory()
    {
        (string, double)[] silos = [("a", 1), ("b", 1), ("c", 2)];
        var counts = Enumerable.Range(0, 4000).CountBy(shard => RendezvousHash.Order($"shard-{shard}", 0, silos)[0]).ToDictionary();
        Assert.InRange(counts["a"], 850, 1150);
        Assert.InRange(counts["b"], 850, 1150);
        Assert.InRange(counts["c"], 1850, 2150);
    }

    [Fact]
    public async Task A_silo_that_joins_gets_shards_when_the_collection_is_rebalanced()
    {
        await using var own = await TestCluster.StartAsync(silos: 2);
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(400, Dimension), Dimension, shards: 12, replicas: 2);
        using (index)
        {
            await collection.LoadAsync();
            Assert.Equal(0, await collection.RebalanceAsync());
            await own.Cluster.StartAdditionalSiloAsync();
            var joined = own.Cluster.Silos[^1].Name;
            var queries = TestVectors.Random(5, Dimension, seed: 2);
            using var stop = new CancellationTokenSource();
            var searches = Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    TestVectors.AssertEqual(index.Search(queries, 9), (await collection.SearchAsync(queries, 9)).Result);
                }
            });
            Assert.DoesNotContain(joined, (await collection.LoadAsync()).SelectMany(shard => shard));
            var moved = await collection.RebalanceAsync();
            var silos = await collection.LoadAsync();
            Assert.InRange(silos.SelectMany(shard => shard).Count(name => name == joined), 2, moved);
            Assert.All(silos, shard => Assert.Equal(2, shard.Distinct().Count()));
            Assert.Equal(0, await collection.RebalanceAsync());
            await stop.CancelAsync();
            await searches;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silo_with_another_version_or_without_a_library_holds_no_shard(bool hasLibrary)
    {
        var other = hasLibrary ? new SiloLibrary("0.0.1", null) : new SiloLibrary(FaissLibraryInfo.NoVersion, "There is no libfaiss_c.so.");
        var silos = new ConcurrentDictionary<int, SiloLibrary>();
        await using var own = await TestCluster.StartAsync((options, silo) => options.Library = silos[silo] = silo == 2 ? other : options.Library);
        // Collections are created through all silos.
        for (var i = 0; i < 3; i++)
        {
            var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension, shards: 4, replicas: 3);
            using (index)
            {
                var queries = TestVectors.Random(5, Dimension, seed: 2);
                TestVectors.AssertEqual(index.Search(queries, 9), (await collection.SearchAsync(queries, 9)).Result);
                Assert.Equal(2, (await collection.LoadAsync()).SelectMany(shard => shard).Distinct().Count());
            }
        }

        Assert.Equal(3, silos.Count);
    }

    [Fact]
    public async Task Without_a_silo_of_the_version_a_search_says_so_at_once()
    {
        using var store = new TestStore();
        string name;
        await using (var before = await TestCluster.StartAsync(silos: 1, store: store))
        {
            var (collection, index) = await TestVectors.BuildAsync(before.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
            index.Dispose();
            name = collection.Name;
        }

        await using var own = await TestCluster.StartAsync((options, _) => options.Library = new SiloLibrary("0.0.1", null), silos: 1, store: store);
        var reopened = await own.Faiss.GetCollectionAsync(name);
        var options = new ShardedSearchOptions { Timeout = TimeSpan.FromSeconds(60) };
        var error = await Assert.ThrowsAsync<ShardVersionException>(() => reopened.SearchAsync(new float[Dimension], 1, options).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains("has 0.0.1. Install FAISS", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ShardVersionException>(() => reopened.RemoveAsync(ShardFilter.Ids(7)));
        using var template = FaissIndex.Create(Dimension, "IDMap2,Flat");
        await Assert.ThrowsAsync<ShardVersionException>(() => own.Faiss.CreateCollectionAsync(TestVectors.NewName(), template, 1));
    }

    [Fact]
    public async Task Health_of_a_silo_is_that_of_its_library_its_store_and_its_queue()
    {
        await using var own = await TestCluster.StartAsync(
            (options, silo) =>
            {
                (options.MaxConcurrentCalls, options.MaxQueuedCalls) = (1, 0);
                options.Library = silo == 2 ? new SiloLibrary(FaissLibraryInfo.NoVersion, "There is no libfaiss_c.so.") : options.Library;
            },
            silos: 2);
        var services = own.Cluster.Silos.Select(silo => silo.ServiceProvider).OrderBy(silo => silo.GetRequiredService<IOptions<FaissSiloOptions>>().Value.Library.Failure).ToArray();
        async Task<HealthReportEntry> CheckAsync(int silo) => (await services[silo].GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["faiss-shards"];
        var good = await CheckAsync(0);
        Assert.Equal(HealthStatus.Healthy, good.Status);
        Assert.Equal(FaissLibrary.Info.Version, good.Data["faiss.version"]);

        var without = await CheckAsync(1);
        Assert.Equal(HealthStatus.Unhealthy, without.Status);
        Assert.Contains("There is no libfaiss_c.so.", without.Description, StringComparison.Ordinal);

        using var block = new ManualResetEventSlim();
        var gate = services[0].GetRequiredService<NativeGate>();
        var blocked = gate.RunAsync(() => block.Wait(TimeSpan.FromSeconds(20)), default);
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync(0)).Status);
        block.Set();
        await blocked;

        own.Store.IsGone = true;
        var gone = await CheckAsync(0);
        Assert.Equal(HealthStatus.Unhealthy, gone.Status);
        Assert.Contains("The store cannot be read", gone.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_has_no_version_of_a_shard_reports_both_versions()
    {
        var file = new ShardKey("0.0.1", 0, 1, "collections/x/v000001-s00000-0.faiss");
        var error = await Assert.ThrowsAsync<ShardVersionException>(() => cluster.Cluster.Client.GetGrain<IIndexShard>(file.ToString()).Load(default));
        Assert.Contains("has FAISS 0.0.1; ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"has {FaissLibrary.Info.Version}. ", error.Message, StringComparison.Ordinal);
    }

    private static string[] Silos(int count) => [.. Enumerable.Range(0, count).Select(silo => $"10.0.0.{silo}:11111")];

    private static string[] Choose(string shard, int replicas, string[] silos, HashSet<string> gone)
    {
        (string, double)[] weighted = [.. silos.Select(silo => (silo, 1.0))];
        return RendezvousHash.Choose([.. Enumerable.Range(0, replicas).Select(replica => RendezvousHash.Order(shard, replica, weighted))], silo => !gone.Contains(silo));
    }
}
