namespace FaissSdk.Tests.Indexes;

public class RangeSearchResultTests
{
    [Fact]
    public void A_result_is_created_from_counts_ids_and_distances()
    {
        var result = RangeSearchResult.Create([2, 0, 1], [5, 6, 7], [0.5f, 0.6f, 0.7f]);
        Assert.Equal((3, 3), (result.QueryCount, result.TotalCount));
        Assert.Equal([5L, 6], result[0].Ids);
        Assert.Empty(result[1]);
        Assert.Equal([new Neighbor(7, 0.7f)], result[2]);
        Assert.Equal([2, 0, 1], result.Select(row => row.Count));
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => RangeSearchResult.Create([2], [5], [1])).ParamName);
        Assert.Equal("distances", Assert.Throws<ArgumentException>(() => RangeSearchResult.Create([1], [5], [])).ParamName);
        Assert.Equal("counts", Assert.Throws<ArgumentOutOfRangeException>(() => RangeSearchResult.Create([-1], [], [])).ParamName);
        Assert.Equal("query", Assert.Throws<ArgumentOutOfRangeException>(() => result[3]).ParamName);
        Assert.Equal("query", Assert.Throws<ArgumentOutOfRangeException>(() => result[-1]).ParamName);
    }

    [Theory]
    [InlineData("IVF8,PQ4x4fs", MetricType.L2)]
    [InlineData("IVF8,PQ4x4fs", MetricType.InnerProduct)]
    [InlineData("IDMap,IVF8,PQ4x4fs_64", MetricType.L2)]
    [InlineData("IVF8,RQ2x4fs_32_Nrq2x4", MetricType.L2)]
    public void Fast_scan_lists_keep_to_the_radius(string description, MetricType metric)
    {
        Native.Require();
        using var index = FaissIndex.Create(16, description, metric);
        var vectors = TestData.Uniform(1000, 16);
        index.Train(vectors);
        index.AddWithIds(vectors, [.. Enumerable.Range(0, 1000).Select(i => 7L * i)]);
        index.SetParameter("nprobe", 8);
        var queries = vectors.AsSpan(0, 3 * 16);
        var all = index.Search(queries, 1000);
        foreach (var radius in new[] { 0, 0.1f, Math.Max(0, all.Distances[10]), Math.Max(0, all.Distances[500]), 1e6f, 1e30f })
        {
            var found = index.RangeSearch(queries, radius);
            for (var query = 0; query < 3; query++)
            {
                Assert.Equal(all[query].Where(neighbor => metric == MetricType.L2 ? neighbor.Distance < radius : neighbor.Distance > radius), found[query]);
            }
        }
    }

    [Fact]
    public void A_builder_collects_in_any_order()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_IndexShards_own_indices"), "Before FAISS 1.14.2 its function crashes.");
        var builder = new RangeSearchResultBuilder(3);
        Assert.Throws<InvalidOperationException>(() => builder.Add(1, 1));
        builder.Begin(2);
        builder.Add(7, 0.7f);
        Assert.Equal((2, 1L), builder.Current);
        builder.Begin(0);
        builder.Add(5, 0.5f);
        builder.Add(6, 0.6f);
        Assert.Throws<InvalidOperationException>(() => builder.Begin(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Begin(3));
        var result = builder.Build();
        Assert.Throws<InvalidOperationException>(builder.Build);
        builder.Dispose();
        Assert.Equal([5L, 6], result[0].Ids);
        Assert.Empty(result[1]);
        Assert.Equal([0.7f], result[2].Distances);
    }

    [Fact]
    public void A_builder_is_not_supported_where_it_crashes()
    {
        Native.Require();
        Assert.SkipWhen(FaissLibrary.Supports("faiss_IndexShards_own_indices"), "This library has it.");
        Assert.Throws<NotSupportedException>(() => new RangeSearchResultBuilder(3));
    }

    [Fact]
    public void A_buffer_list_grows()
    {
        Native.Require();
        using var list = new BufferList(4);
        Assert.Equal((4, 4), (list.BufferSize, list.WritePosition));
        for (var i = 0; i < 10; i++)
        {
            list.AppendBuffer();
            list.Add(i, i / 10f);
        }

        Assert.Equal((10L, 2), (list.Count, list.WritePosition));
        var (labels, distances) = (new long[5], new float[5]);
        list.CopyRange(5, labels, distances);
        Assert.Equal([5L, 6, 7, 8, 9], labels);
        Assert.Equal(0.9f, distances[4]);
        Assert.Equal("first", Assert.Throws<ArgumentOutOfRangeException>(() => list.CopyRange(6, labels, distances)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BufferList(0));
    }
}
