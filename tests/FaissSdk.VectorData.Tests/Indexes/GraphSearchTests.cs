using System.Numerics.Tensors;
using FaissSdk.VectorData.Indexes;

namespace FaissSdk.VectorData.Tests.Indexes;

/// <summary>The search of a graph from many of its vectors finds what FAISS finds, and more where vectors lie in clusters.</summary>
public sealed class GraphSearchTests : IDisposable
{
    private const int Dimension = 32;
    private const int Clusters = 200;
    private const int Count = 10_000;
    private const int Links = 8;
    private const int K = 10;

    private readonly float[] _vectors = Draw(Count, seed: 1);
    private readonly float[] _queries = Draw(100, seed: 2);

    private IndexHNSWFlat? _graph;

    public void Dispose() => _graph?.Dispose();

    [Theory]
    [InlineData(MetricType.L2)]
    [InlineData(MetricType.InnerProduct)]
    public void Vectors_in_clusters_are_found(MetricType metric)
    {
        using var search = Create(metric);
        var (ours, faiss) = (0, 0);
        using var parameters = new SearchParametersHNSW(null, 32);
        for (var i = 0; i < 100; i++)
        {
            var query = _queries.AsSpan(i * Dimension, Dimension);
            var exact = Exact(query, metric, _ => true);
            var (values, positions) = Search(search, query, K, 32, null);
            ours += positions.Intersect(exact).Count();
            faiss += _graph!.Search(query, K, parameters)[0].Ids.ToArray().Intersect(exact).Count();
            Assert.Equal(K, positions.Distinct().Count());
            for (var rank = 0; rank < K; rank++)
            {
                Assert.Equal(Distance(query, (int)positions[rank], metric), values[rank], 1e-5);
                Assert.True(rank == 0 || (metric == MetricType.L2 ? values[rank - 1] <= values[rank] : values[rank - 1] >= values[rank]));
            }
        }

        // Measured: 987 to 990 of 1,000 neighbors, and 954 to 959 by FAISS.
        Assert.InRange(ours, Math.Max(faiss + 1, 970), 1000);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, Clusters)]
    [InlineData(4, Clusters)]
    public void Only_admitted_vectors_are_found_be_they_near_or_far(int share, int run)
    {
        using var search = Create(MetricType.L2);
        var admits = (int position) => position / run % share == 0;
        var filter = FilterBy(admits);
        var found = 0;
        for (var i = 0; i < 100; i++)
        {
            var query = _queries.AsSpan(i * Dimension, Dimension);
            var positions = Search(search, query, K, 64, filter).Positions;
            Assert.All(positions, position => Assert.True(admits((int)position)));
            found += positions.Intersect(Exact(query, MetricType.L2, admits)).Count();
        }

        Assert.InRange(found, 970, 1000);
    }

    [Fact]
    public void A_search_stops_where_comparing_all_that_are_admitted_takes_less()
    {
        using var search = Create(MetricType.L2);
        var (values, positions) = (new float[K], new long[K]);
        // All of one cluster, for a query of another.
        Assert.False(search.TrySearch(_queries.AsSpan(0, Dimension), K, 64, FilterBy(position => position % Clusters == 50), values, positions));
    }

    [Fact]
    public void Ranks_beyond_the_last_vector_are_empty()
    {
        using var search = Create(MetricType.L2, count: 5);
        var (_, positions) = Search(search, _queries.AsSpan(0, Dimension), K, 16, null);
        Assert.Equal([0, 1, 2, 3, 4], positions.Take(5).Order());
        Assert.All(positions.Skip(5), position => Assert.Equal(-1, position));

        var none = Search(search, _queries.AsSpan(0, Dimension), 2, 16, new PositionFilter(new Bits(5), 5)).Positions;
        Assert.Equal([-1, -1], none);
    }

    [Fact]
    public void Many_searches_run_at_the_same_time()
    {
        using var search = Create(MetricType.L2);
        var alone = Enumerable.Range(0, 100).Select(i => Search(search, _queries.AsSpan(i * Dimension, Dimension), K, 32, null).Positions).ToArray();
        Parallel.For(0, 1000, i => Assert.Equal(alone[i % 100], Search(search, _queries.AsSpan(i % 100 * Dimension, Dimension), K, 32, null).Positions));
    }

    [Fact]
    public void Other_metrics_are_left_to_FAISS()
    {
        Require();
        using var graph = new IndexHNSWFlat(Dimension, Links, MetricType.L1);
        graph.Add(_vectors);
        Assert.Null(GraphSearch.TryCreate(graph));
    }

    private GraphSearch Create(MetricType metric, int count = Count)
    {
        Require();
        _graph = new IndexHNSWFlat(Dimension, Links, metric);
        _graph.Add(_vectors.AsSpan(0, count * Dimension));
        return GraphSearch.TryCreate(_graph)!;
    }

    private static PositionFilter FilterBy(Func<int, bool> admits)
    {
        var bits = new Bits(Count);
        var admitted = Enumerable.Range(0, Count).Where(admits).ToArray();
        Array.ForEach(admitted, position => bits.Set(position));
        return new PositionFilter(bits, admitted.Length);
    }

    private static void Require() => Assert.SkipUnless(FaissLibrary.IsAvailable && FaissLibrary.Supports("faiss_sdk_graph"), "This library does not show graphs.");

    private static (float[] Values, long[] Positions) Search(GraphSearch search, ReadOnlySpan<float> query, int k, int width, PositionFilter? filter)
    {
        var (values, positions) = (new float[k], new long[k]);
        Assert.True(search.TrySearch(query, k, width, filter, values, positions));
        return (values, positions);
    }

    private long[] Exact(ReadOnlySpan<float> query, MetricType metric, Func<int, bool> admits)
    {
        var sought = query.ToArray();
        var order = Enumerable.Range(0, Count).Where(admits).OrderBy(position => (metric == MetricType.L2 ? 1 : -1) * Distance(sought, position, metric));
        return [.. order.Take(K).Select(position => (long)position)];
    }

    private float Distance(ReadOnlySpan<float> query, int position, MetricType metric)
    {
        double sum = 0;
        for (var j = 0; j < Dimension; j++)
        {
            double x = query[j], y = _vectors[(position * Dimension) + j];
            sum += metric == MetricType.L2 ? (x - y) * (x - y) : x * y;
        }

        return (float)sum;
    }

    private static float[] Draw(int count, int seed)
    {
        var (centers, random) = (new Random(7), new Random(seed));
        var center = Enumerable.Range(0, Clusters * Dimension).Select(_ => centers.NextSingle() * 20).ToArray();
        float[] vectors = [.. Enumerable.Range(0, count * Dimension).Select(i => center[(i / Dimension % Clusters * Dimension) + (i % Dimension)] + random.NextSingle())];
        for (var i = 0; i < count; i++)
        {
            var vector = vectors.AsSpan(i * Dimension, Dimension);
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        }

        return vectors;
    }
}
