using FsCheck.Xunit;

namespace FaissSdk.Orleans.Tests;

/// <summary>Additions to collections, removals, and divisions into another number of shards.</summary>
public sealed class CollectionTests(TestCluster cluster)
{
    private const int Dimension = 12;

    [Property(MaxTest = 10)]
    public bool Any_cut_answers_as_one_index(int seed)
    {
        var random = new Random(seed);
        return CheckCutAsync(random.Next(200), 1 + random.Next(6), 1 + random.Next(6), 1 + random.Next(30), random.Next(2) == 0 ? "IDMap2,Flat" : "IVF4,Flat", seed).GetAwaiter().GetResult();
    }

    [Theory]
    [InlineData("IDMap2,Flat", true)]
    [InlineData("IDMap2,Flat", false)]
    [InlineData("IVF8,SQ8", true)]
    public async Task A_filter_selects_what_is_found(string description, bool isRange)
    {
        var vectors = TestVectors.Random(600, Dimension);
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, description, vectors, Dimension);
        using (index)
        {
            var filter = isRange ? ShardFilter.Range(300, 900) : ShardFilter.Ids(7, 14, 21, 28).Not();
            using IDSelector ids = isRange ? new IDSelectorRange(300, 900) : new IDSelectorBatch(7, 14, 21, 28);
            using IDSelector others = new IDSelectorNot(ids);
            var queries = TestVectors.Random(9, Dimension, seed: 2);
            var found = await collection.SearchAsync(queries, 10, new ShardedSearchOptions { Filter = filter });
            Assert.Equal(index.Search(queries, 10, isRange ? ids : others).Ids, found.Result.Ids);
        }
    }

    [Fact]
    public async Task Removed_vectors_are_not_found_any_more()
    {
        var vectors = TestVectors.Random(500, Dimension);
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", vectors, Dimension, replicas: 2);
        using (index)
        {
            using var removed = new IDSelectorRange(0, 600);
            Assert.Equal(index.Remove(removed), await collection.RemoveAsync(ShardFilter.Range(0, 600)));
            Assert.Equal(0, await collection.RemoveAsync(ShardFilter.Range(0, 600)));
            var queries = TestVectors.Random(9, Dimension, seed: 2);
            TestVectors.AssertEqual(index.Search(queries, 10), (await collection.SearchAsync(queries, 10)).Result);
            Assert.Equal(index.Count, collection.Count);
        }
    }

    [Fact]
    public async Task Another_client_sees_a_change_within_the_staleness()
    {
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", TestVectors.Random(50, Dimension), Dimension);
        index.Dispose();
        var other = await cluster.Faiss.GetCollectionAsync(collection.Name);
        await other.SearchAsync(new float[Dimension], 1);
        await collection.RemoveAsync(ShardFilter.Range(0, 30));
        await Task.Delay(150);
        Assert.Equal(collection.Version, (await other.SearchAsync(new float[Dimension], 1)).Version);
    }

    [Fact]
    public async Task Old_files_are_deleted_and_the_collection_stays()
    {
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        await collection.RecutAsync(2);
        await collection.RecutAsync(4);
        Assert.True(await collection.DeleteOldFilesAsync() >= 3);
        Assert.Equal(0, await collection.DeleteOldFilesAsync());
        Assert.Equal(90, (await cluster.Faiss.GetCollectionAsync(collection.Name)).Count);
        Assert.True((await collection.SearchAsync(new float[Dimension], 5)).IsComplete);
    }

    [Fact]
    public async Task A_graph_can_neither_be_cut_nor_removed_from_and_stays_as_it_is()
    {
        var vectors = TestVectors.Random(60, Dimension);
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,HNSW8", vectors, Dimension);
        index.Dispose();
        await Assert.ThrowsAsync<NotSupportedException>(() => collection.RecutAsync(2));
        await Assert.ThrowsAsync<NotSupportedException>(() => collection.RemoveAsync(ShardFilter.Ids(7)));
        Assert.Equal((3, 60, 3), (collection.Shards, collection.Count, collection.Version));
        var found = await collection.SearchAsync(vectors, 1, new ShardedSearchOptions { EfSearch = 64 });
        Assert.Equal(TestVectors.Ids(60), found.Result.Ids);
    }

    [Fact]
    public async Task Additions_in_parallel_are_all_found()
    {
        using var index = FaissIndex.Create(Dimension, "IDMap2,Flat");
        var collection = await cluster.Faiss.CreateCollectionAsync(TestVectors.NewName(), index, 3);
        var vectors = TestVectors.Random(400, Dimension);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            var own = await cluster.Faiss.GetCollectionAsync(collection.Name);
            await own.AddAsync(vectors.AsMemory(i * 50 * Dimension, 50 * Dimension), TestVectors.Ids(400).AsMemory(i * 50, 50));
        }));
        await collection.SealAsync();
        Assert.Equal(400, collection.Count);
        var found = await collection.SearchAsync(vectors, 1);
        Assert.Equal(TestVectors.Ids(400), found.Result.Ids);
    }

    [Fact]
    public async Task Blocks_of_queries_are_answered_in_their_order()
    {
        var vectors = TestVectors.Random(100, Dimension);
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", vectors, Dimension);
        index.Dispose();
        var first = 0;
        await foreach (var answer in collection.SearchAsync(Blocks(vectors), 1))
        {
            Assert.Equal(first * 7, answer.Result.Ids[0]);
            first += 10;
        }

        Assert.Equal(100, first);
    }

    [Fact]
    public async Task Replicas_are_on_different_silos()
    {
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", TestVectors.Random(60, Dimension), Dimension, shards: 8, replicas: 2);
        index.Dispose();
        var silos = await collection.LoadAsync();
        Assert.All(silos, shard => Assert.Equal(2, shard.Distinct().Count()));
        Assert.Equal(3, silos.SelectMany(shard => shard).Distinct().Count());
    }

    private static async IAsyncEnumerable<VectorBlock> Blocks(float[] vectors)
    {
        for (var start = 0; start < vectors.Length; start += 10 * Dimension)
        {
            await Task.Yield();
            yield return new VectorBlock(vectors.AsMemory(start, 10 * Dimension), Dimension);
        }
    }

    private async Task<bool> CheckCutAsync(int count, int shards, int others, int k, string description, int seed)
    {
        var vectors = TestVectors.Random(count + 200, Dimension, seed);
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, description, vectors, Dimension, shards);
        using (index)
        {
            var queries = TestVectors.Random(5, Dimension, seed: 2);
            var expected = index.Search(queries, k);
            TestVectors.AssertEqual(expected, (await collection.SearchAsync(queries, k)).Result);
            await collection.RecutAsync(others);
            Assert.Equal(others, collection.Shards);
            TestVectors.AssertEqual(expected, (await collection.SearchAsync(queries, k)).Result);
            return true;
        }
    }
}
