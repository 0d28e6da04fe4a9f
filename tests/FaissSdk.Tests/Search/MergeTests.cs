using FsCheck.Xunit;

namespace FaissSdk.Tests.Search;

/// <summary>Merging the results of several indexes.</summary>
public sealed class MergeTests
{
    private const int MaxQueries = 4;

    [Property(MaxTest = 500)]
    public void Merge_equals_a_sorted_list(int seed)
    {
        var random = new Random(seed);
        var (queries, k, metric) = (random.Next(MaxQueries), 1 + random.Next(8), random.Next(2) == 0 ? MetricType.L2 : MetricType.InnerProduct);
        SearchResult[] results = [.. Enumerable.Range(0, 1 + random.Next(5)).Select(_ => Random(random, queries, metric))];
        var merged = SearchResult.Merge(results, metric, k);
        Assert.Equal((queries, k), (merged.QueryCount, merged.K));
        for (var query = 0; query < queries; query++)
        {
            Assert.Equal(Expected(results, query, metric, k), merged[query]);
        }
    }

    [Fact]
    public void Merge_does_not_depend_on_the_order()
    {
        var random = new Random(1);
        SearchResult[] results = [.. Enumerable.Range(0, 6).Select(_ => Random(random, 3, MetricType.L2))];
        var expected = SearchResult.Merge(results, MetricType.L2, 9);
        for (var i = 0; i < 20; i++)
        {
            random.Shuffle(results);
            var merged = SearchResult.Merge(results, MetricType.L2, 9);
            Assert.Equal(expected.Ids, merged.Ids);
            Assert.Equal(expected.Distances, merged.Distances);
        }
    }

    [Theory]
    [InlineData(1, int.MaxValue)]
    [InlineData(3, 1 << 30)]
    public void A_merged_result_that_an_array_does_not_hold_is_refused(int queries, int k) =>
        Assert.Throws<ArgumentException>(nameof(k), () => SearchResult.Merge([SearchResult.Create(1, new float[queries], new long[queries])], MetricType.L2, k));

    [Fact]
    public void Equal_distances_are_ordered_by_id()
    {
        var merged = SearchResult.Merge([SearchResult.Create(2, [1, 1], [9, 3]), SearchResult.Create(2, [1, 1], [4, 8])], MetricType.L2, 3);
        Assert.Equal([3L, 4, 8], merged.Ids);
    }

    [Fact]
    public void An_id_in_two_results_is_found_once_with_its_nearest_distance()
    {
        var merged = SearchResult.Merge([SearchResult.Create(2, [2, 3], [7, 1]), SearchResult.Create(2, [1, 3], [7, 1])], MetricType.L2, 3);
        Assert.Equal([7L, 1, -1], merged.Ids);
        Assert.Equal([1f, 3, float.MaxValue], merged.Distances);
    }

    [Theory]
    [InlineData(MetricType.L2, 1f)]
    [InlineData(MetricType.Linf, 1f)]
    [InlineData(MetricType.InnerProduct, 2f)]
    [InlineData(MetricType.Jaccard, 2f)]
    public void The_nearest_distance_is_that_of_the_metric(MetricType metric, float nearest) =>
        Assert.Equal([nearest], SearchResult.Merge([SearchResult.Create(1, [1], [5]), SearchResult.Create(1, [2], [6])], metric, 1).Distances);

    [Fact]
    public void Distances_that_are_NaN_come_last() =>
        Assert.Equal([2L, 1], SearchResult.Merge([SearchResult.Create(1, [float.NaN], [1]), SearchResult.Create(1, [5], [2])], MetricType.L2, 2).Ids);

    [Fact]
    public void Merge_refuses_results_of_other_queries()
    {
        var error = Assert.Throws<ArgumentException>(() => SearchResult.Merge([SearchResult.Create(1, [1], [1]), SearchResult.Create(1, [1, 2], [1, 2])], MetricType.L2, 1));
        Assert.Contains("results[1] has 2 queries", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_merge_to_one_index()
    {
        Native.Require();
        const int dimension = 8;
        var random = new Random(3);
        float[] vectors = [.. Enumerable.Range(0, 300 * dimension).Select(_ => (float)random.Next(4))];
        long[] ids = [.. Enumerable.Range(0, 300).Select(i => (long)i)];
        using var all = new IndexFlatL2(dimension);
        all.Add(vectors);
        var results = new List<SearchResult>();
        foreach (var (start, end) in ((int, int)[])[(0, 40), (40, 41), (41, 300)])
        {
            using var shard = FaissIndex.Create(dimension, "IDMap2,Flat");
            shard.AddWithIds(vectors.AsSpan(start * dimension, (end - start) * dimension), ids.AsSpan(start, end - start));
            results.Add(shard.Search(vectors.AsSpan(0, 10 * dimension), 20));
        }

        var merged = SearchResult.Merge(results, MetricType.L2, 20);
        Assert.Equal(all.Search(vectors.AsSpan(0, 10 * dimension), 20).Distances, merged.Distances);
    }

    private static SearchResult Random(Random random, int queries, MetricType metric)
    {
        var k = 1 + random.Next(6);
        var (distances, ids) = (new float[queries * k], new long[queries * k]);
        for (var query = 0; query < queries; query++)
        {
            var found = random.Next(k + 1);
            var row = Enumerable.Range(0, found).Select(_ => (float)random.Next(4)).Order().ToArray();
            if (metric == MetricType.InnerProduct)
            {
                Array.Reverse(row);
            }

            row.CopyTo(distances, query * k);
            long[] pool = [.. Enumerable.Range(0, 12).Select(id => (long)id)];
            random.Shuffle(pool);
            pool.AsSpan(0, found).CopyTo(ids.AsSpan(query * k));
            ids.AsSpan((query * k) + found, k - found).Fill(-1);
        }

        return SearchResult.Create(k, distances, ids);
    }

    private static IEnumerable<Neighbor> Expected(SearchResult[] results, int query, MetricType metric, int k) => results
        .SelectMany(result => result[query])
        .OrderBy(neighbor => metric == MetricType.L2 ? neighbor.Distance : -neighbor.Distance)
        .ThenBy(neighbor => neighbor.Id)
        .DistinctBy(neighbor => neighbor.Id)
        .Take(k);
}
