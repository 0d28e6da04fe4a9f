namespace FaissSdk.Tests.Batching;

public sealed class QueryBatcherTests : IDisposable
{
    private const int Dimension = 8;

    private static readonly float[] Queries = TestData.Uniform(200, Dimension, seed: 2);

    private readonly IndexFlatL2 _index;

    public QueryBatcherTests()
    {
        Native.Require();
        _index = new IndexFlatL2(Dimension);
        _index.Add(TestData.Uniform(1000, Dimension));
    }

    public void Dispose() => _index?.Dispose();

    [Fact]
    public async Task Each_request_receives_its_own_neighbors()
    {
        await using var batcher = new QueryBatcher(_index, new QueryBatcherOptions { MaxBatch = 16, MaxDelay = TimeSpan.FromMilliseconds(20) });

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => batcher.SearchAsync(Query(i), 3 + (i % 2), TestContext.Current.CancellationToken)));

        for (var i = 0; i < 200; i++)
        {
            var expected = _index.Search(Query(i).Span, 3 + (i % 2));
            Assert.Equal(expected.Ids, results[i].Ids);
            Assert.Equal(1, results[i].QueryCount);
        }

        Assert.Equal(200, batcher.QueryCount);
        Assert.InRange(batcher.CallCount, 200 / 16, 60);
    }

    [Fact]
    public async Task Queries_of_a_concurrent_index_wait_for_changes()
    {
        var shared = _index.AsConcurrent();
        await using var batcher = new QueryBatcher(shared);

        var searches = Enumerable.Range(0, 100).Select(i => batcher.SearchAsync(Query(i), 1)).ToArray();
        for (var i = 0; i < 20; i++)
        {
            shared.Add(Query(i).Span, TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(searches);
        Assert.Equal(1000, (await batcher.SearchAsync(Query(0), 1, TestContext.Current.CancellationToken)).Ids[0]);
    }

    [Fact]
    public async Task A_bad_query_fails_alone()
    {
        using var codes = FaissIndex.Create(Dimension, "SQ8");
        codes.Train(Queries);
        codes.Add(Queries);
        await using var batcher = new QueryBatcher(codes, new QueryBatcherOptions { MaxDelay = TimeSpan.FromMilliseconds(50) });

        var bad = batcher.SearchAsync(Enumerable.Repeat(float.NaN, Dimension).ToArray(), 1);
        var good = batcher.SearchAsync(Query(5), 1, TestContext.Current.CancellationToken);

        Assert.Equal(5, (await good).Ids[0]);
        await Assert.ThrowsAsync<ArgumentException>(() => bad);
    }

    [Fact]
    public async Task A_query_of_another_length_is_refused_at_once()
    {
        await using var batcher = new QueryBatcher(_index);

        Assert.Equal("query", Assert.Throws<ArgumentException>(() => { _ = batcher.SearchAsync(new float[3], 1); }).ParamName);
        Assert.Equal("k", Assert.Throws<ArgumentOutOfRangeException>(() => { _ = batcher.SearchAsync(new float[Dimension], 0); }).ParamName);
    }

    [Fact]
    public async Task A_canceled_query_does_not_wait()
    {
        using var cancellation = new CancellationTokenSource();
        await using var batcher = new QueryBatcher(_index, new QueryBatcherOptions { MaxDelay = TimeSpan.FromMilliseconds(300) });

        var canceled = batcher.SearchAsync(Query(0), 1, cancellation.Token);
        var other = batcher.SearchAsync(Query(1), 1, TestContext.Current.CancellationToken);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        await other;
        Assert.Equal(1, batcher.QueryCount);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => batcher.SearchAsync(Query(0), 1, cancellation.Token));
    }

    [Fact]
    public async Task A_full_queue_lets_requests_wait()
    {
        await using var batcher = new QueryBatcher(_index, new QueryBatcherOptions { Capacity = 4, MaxBatch = 3 });

        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => batcher.SearchAsync(Query(i), 1, TestContext.Current.CancellationToken)));

        Assert.Equal(Enumerable.Range(0, 100).Select(i => _index.Assign(Query(i).Span)[0]), results.Select(result => result.Ids[0]));
    }

    [Fact]
    public async Task Disposing_answers_the_queries_that_wait()
    {
        var batcher = new QueryBatcher(_index, new QueryBatcherOptions { MaxDelay = TimeSpan.FromSeconds(20) });
        var searches = Enumerable.Range(0, 30).Select(i => batcher.SearchAsync(Query(i), 1)).ToArray();

        batcher.Dispose();

        Assert.All(searches, search => Assert.True(search.IsCompletedSuccessfully));
        Assert.Throws<ObjectDisposedException>(() => { _ = batcher.SearchAsync(Query(0), 1); });
        await batcher.DisposeAsync();
    }

    [Fact]
    public async Task A_disposed_index_is_reported_to_each_request()
    {
        var index = new IndexFlatL2(Dimension);
        await using var batcher = new QueryBatcher(index);
        index.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => batcher.SearchAsync(Query(0), 1, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(1, int.MaxValue)]
    public async Task Any_number_of_queries_can_be_allowed(int maxBatch, int capacity)
    {
        await using var batcher = new QueryBatcher(_index, new QueryBatcherOptions { MaxBatch = maxBatch, Capacity = capacity });

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => batcher.SearchAsync(Query(i), 1, TestContext.Current.CancellationToken)));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => _index.Assign(Query(i).Span)[0]), results.Select(result => result.Ids[0]));
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        QueryBatcherOptions[] bad = [new() { MaxBatch = 0 }, new() { Capacity = 0 }, new() { MaxDelay = TimeSpan.FromTicks(-1) }];
        Assert.All(bad, options => Assert.Equal("options", Assert.Throws<ArgumentException>(() => new QueryBatcher(_index, options)).ParamName));
    }

    private static ReadOnlyMemory<float> Query(int number) => Queries.AsMemory(number * Dimension, Dimension);
}
