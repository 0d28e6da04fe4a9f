namespace FaissSdk.Orleans.Tests;

/// <summary>Arguments that are refused before anything is sent.</summary>
public sealed class BadInputTests(TestCluster cluster)
{
    private const int Dimension = 4;

    [Fact]
    public async Task A_client_with_another_dimension_is_refused()
    {
        var collection = await CreateAsync();
        foreach (var call in (Func<Task>[])[() => collection.SearchAsync(new float[5], 1), () => collection.AddAsync(new float[5], new long[1])])
        {
            Assert.Contains("use the model that its vectors were made with", (await Assert.ThrowsAsync<ArgumentException>(call)).Message, StringComparison.Ordinal);
        }

        var request = new SearchRequest { Queries = new VectorBlock(new float[5], 5), K = 1 };
        await collection.SealAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => cluster.Cluster.Client.GetGrain<ICollectionSearch>(SearchKey.Of(collection.Name)).Search(request, default));
    }

    [Fact]
    public async Task Requests_that_are_too_large_are_refused_before_the_wire()
    {
        var collection = await CreateAsync();
        await collection.SealAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => collection.SearchAsync(new float[Dimension], (1 << 20) + 1));
        var block = new VectorBlock(new float[(VectorBlock.MaxBytes / 4) + Dimension], Dimension);
        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await collection.SearchAsync(new[] { block }.ToAsyncEnumerable(), 1).FirstAsync());
        Assert.Contains("Cut the block", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ShardFilter.Ids(new long[(1 << 20) + 1]));
        // The codec refuses a block that was not split.
        var request = new SearchRequest { Queries = block, K = 1 };
        Assert.Contains("larger than a message may be", (await Assert.ThrowsAnyAsync<Exception>(() => cluster.Cluster.Client.GetGrain<ICollectionSearch>(SearchKey.Of(collection.Name)).Search(request, default))).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Large_requests_are_cut_into_messages()
    {
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", TestVectors.Random(50, Dimension), Dimension);
        using (index)
        {
            var queries = TestVectors.Random((VectorBlock.MaxBytes / 8 / 40) + 100, Dimension, seed: 2);
            TestVectors.AssertEqual(index.Search(queries, 40), (await collection.SearchAsync(queries, 40)).Result);
        }
    }

    [Fact]
    public async Task Values_that_are_not_numbers_are_refused()
    {
        var collection = await CreateAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => collection.AddAsync(new[] { 0, 0, float.NaN, 0 }, new long[1]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => collection.AddAsync(new float[4], new long[] { -1 }));
        await Assert.ThrowsAsync<ArgumentException>(() => collection.AddAsync(new float[4], new long[2]));
    }

    [Fact]
    public async Task A_collection_is_searched_after_it_is_sealed()
    {
        var collection = await CreateAsync();
        Assert.Contains("call SealAsync", (await Assert.ThrowsAsync<CollectionConflictException>(() => collection.SearchAsync(new float[4], 1))).Message, StringComparison.Ordinal);
        await collection.SealAsync();
        await Assert.ThrowsAsync<CollectionConflictException>(() => collection.AddAsync(new float[4], new long[1]));
        await Assert.ThrowsAsync<CollectionConflictException>(() => collection.SealAsync());
        Assert.True((await collection.SearchAsync(new float[4], 3)).Result[0].Count == 0);
    }

    [Fact]
    public async Task An_index_that_cannot_be_a_shard_is_refused()
    {
        using var withoutIds = FaissIndex.Create(Dimension, "Flat");
        Assert.Contains("'IDMap2,Flat' instead of 'Flat'", (await Assert.ThrowsAsync<ArgumentException>(() => cluster.Faiss.CreateCollectionAsync("x", withoutIds, 1))).Message, StringComparison.Ordinal);
        using var untrained = FaissIndex.Create(Dimension, "IVF4,Flat");
        Assert.Contains("call Train first", (await Assert.ThrowsAsync<ArgumentException>(() => cluster.Faiss.CreateCollectionAsync("x", untrained, 1))).Message, StringComparison.Ordinal);
        using var filled = FaissIndex.Create(Dimension, "IDMap2,Flat");
        filled.AddWithIds(new float[4], [1]);
        Assert.Contains("has 1 vectors", (await Assert.ThrowsAsync<ArgumentException>(() => cluster.Faiss.CreateCollectionAsync("x", filled, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_that_timers_cannot_wait_for_are_refused()
    {
        foreach (var time in (TimeSpan[])[Timeout.InfiniteTimeSpan, TimeSpan.FromDays(1) + TimeSpan.FromTicks(1), TimeSpan.MaxValue])
        {
            Assert.Contains("from 0 to 1 day", Assert.Throws<ArgumentException>(() => new FaissSiloOptions { MaxStaleness = time }.Check()).Message, StringComparison.Ordinal);
            Assert.Contains("at most 1 day", Assert.Throws<ArgumentOutOfRangeException>(() => new KMeansDistribution { RepeatAfter = time }.Check()).Message, StringComparison.Ordinal);
        }

        new FaissSiloOptions { MaxStaleness = TimeSpan.Zero }.Check();
        new FaissSiloOptions { MaxStaleness = TimeSpan.FromDays(1) }.Check();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("a/../b")]
    public async Task A_name_that_is_no_part_of_a_path_is_refused(string name) => await Assert.ThrowsAsync<ArgumentException>(() => cluster.Faiss.GetCollectionAsync(name));

    [Fact]
    public async Task A_collection_that_does_not_exist_is_named() =>
        Assert.Contains("has no collection 'nowhere'", (await Assert.ThrowsAsync<ArgumentException>(() => cluster.Faiss.GetCollectionAsync("nowhere"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task What_FAISS_cannot_answer_is_not_a_shard_that_does_not_answer()
    {
        var vectors = TestVectors.Random(3000, 16);
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,PQ4x4fs", vectors, 16, metric: MetricType.InnerProduct);
        using (index)
        {
            // Its products with all vectors are 0.
            var refused = Record.Exception(() => index.Search(new float[16], 1));
            Assert.SkipUnless(refused is InvalidOperationException, "This version of FAISS answers.");
            var error = await Assert.ThrowsAsync<ShardException>(() => collection.SearchAsync(new float[16], 1));
            Assert.Contains(refused.Message, error.Message, StringComparison.Ordinal);
        }
    }

    private async Task<ShardedCollection> CreateAsync()
    {
        using var index = FaissIndex.Create(Dimension, "IDMap2,Flat");
        return await cluster.Faiss.CreateCollectionAsync(TestVectors.NewName(), index, 2);
    }
}
