using Microsoft.Extensions.DependencyInjection;

namespace FaissSdk.Orleans.Tests;

/// <summary>Calls that are canceled end on the silos too.</summary>
[Collection(typeof(OneSilo))]
public sealed class CancellationTests(OneSilo own) : IDisposable
{
    private const int Dimension = 8;

    public void Dispose() => own.Store.Reset();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_canceled_search_leaves_the_queues_of_the_silos(int replicas)
    {
        const int shards = 3;
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension, shards, replicas);
        index.Dispose();
        await collection.LoadAsync();
        using var stop = new CancellationTokenSource();
        await using (var busy = new BusyGate(own.Cluster, calls: 1))
        {
            // Longer than the gate waits for the end.
            var search = collection.SearchAsync(new float[Dimension], 1, new ShardedSearchOptions { Timeout = TimeSpan.FromSeconds(4) }, stop.Token);
            await busy.WaitForAsync(1 + shards);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search);
            Assert.True(await busy.FallsToAsync(1), "The calls of a canceled search still wait.");
        }

        Assert.True((await collection.SearchAsync(new float[Dimension], 1)).IsComplete);
    }

    [Fact]
    public async Task A_canceled_seal_ends_its_builds()
    {
        var collection = await CreateAsync();
        await collection.AddAsync(TestVectors.Random(90, Dimension), TestVectors.Ids(90));
        using var stop = new CancellationTokenSource();
        await using (var busy = new BusyGate(own.Cluster, calls: 1))
        {
            var seal = collection.SealAsync(stop.Token);
            await busy.WaitForAsync(2);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => seal);
            Assert.True(await busy.FallsToAsync(1), "A build of a canceled seal still waits.");
            Assert.True(await own.Cluster.Cluster.Silos[0].ServiceProvider.GetRequiredService<BuildGate>().RunAsync(() => Task.FromResult(true), default).WaitAsync(TimeSpan.FromSeconds(10)));
        }

        await collection.SealAsync();
        Assert.Equal(90, collection.Count);
    }

    private async Task<ShardedCollection> CreateAsync()
    {
        using var index = FaissIndex.Create(Dimension, "IDMap2,Flat");
        return await own.Faiss.CreateCollectionAsync(TestVectors.NewName(), index, 3);
    }
}
