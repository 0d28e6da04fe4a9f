using Microsoft.Extensions.DependencyInjection;

namespace FaissSdk.Orleans.Tests;

/// <summary>Commits whose answers are lost, changes that are interrupted, and the versions that searches see.</summary>
[Collection(typeof(OneSilo))]
public sealed class ChangeTests(OneSilo own) : IDisposable
{
    private const int Dimension = 8;

    public void Dispose() => own.Store.Reset();

    [Fact]
    public async Task A_commit_whose_answer_was_lost_has_succeeded()
    {
        own.Store.IsAnswerLost = name => name.Contains("/manifest-", StringComparison.Ordinal);
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        Assert.Equal(1, await collection.RemoveAsync(ShardFilter.Ids(7)));
        Assert.Equal(89, (await own.Faiss.GetCollectionAsync(collection.Name)).Count);
    }

    [Fact]
    public async Task A_commit_that_is_repeated_after_the_next_one_has_succeeded()
    {
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        var manifest = await own.Cluster.Cluster.Client.GetGrain<ICollectionSearch>(SearchKey.Of(collection.Name)).GetManifest(default);
        Assert.NotNull(manifest);
        await collection.RemoveAsync(ShardFilter.Ids(7));
        var directory = own.Cluster.Cluster.Client.GetGrain<ICollectionDirectory>(collection.Name);
        await directory.Commit(manifest);
        await Assert.ThrowsAsync<CollectionConflictException>(() => directory.Commit(manifest with { Replicas = 2 }));
    }
}
