using FaissSdk.Native;

namespace FaissSdk.Tests.Tuning;

public class EvaluationTests
{
    private const int Dimension = 8;

    [Theory]
    [InlineData(MetricType.L2)]
    [InlineData(MetricType.InnerProduct)]
    [InlineData(MetricType.L1)]
    [InlineData(MetricType.Jaccard)]
    public void Ground_truth_is_that_of_comparing_all_pairs(MetricType metric)
    {
        Native.Require();
        Assert.SkipWhen(metric == MetricType.Jaccard && KnownDefects.MetricsAfterJensenShannon.IsPresent, "This FAISS does not compare by Jaccard.");
        var (vectors, queries) = (TestData.Uniform(700, Dimension), TestData.Uniform(20, Dimension, seed: 2));

        var truth = GroundTruth.Compute(vectors, queries, Dimension, 10, metric);

        for (var i = 0; i < 20; i++)
        {
            var expected = Enumerable.Range(0, 700).OrderBy(id => Key(vectors, id, queries, i, metric)).Take(10).Select(id => (long)id);
            Assert.Equal(expected, truth.GetNeighbors(i, 10).ToArray());
        }
    }

    [Fact]
    public void Vectors_as_near_as_the_last_neighbor_are_neighbors()
    {
        Native.Require();

        // 300 copies of each of 4 points: the neighbors beyond the margin of candidates count too.
        var points = TestData.Integers(4, Dimension);
        float[] vectors = [.. Enumerable.Repeat(points, 300).SelectMany(copy => copy)];

        var truth = GroundTruth.Compute(vectors, points, Dimension, 5);

        Assert.Equal(Enumerable.Range(0, 300).Select(i => (i * 4L) + 2), truth.GetNeighbors(2, 5).ToArray());
        Assert.Equal(1, Evaluation.Recall([.. Enumerable.Range(0, 4).SelectMany(q => Enumerable.Range(200, 5).Select(i => (i * 4L) + q))], truth, 5, 5));
    }

    [Fact]
    public void Few_vectors_have_fewer_neighbors()
    {
        Native.Require();
        var vectors = TestData.Uniform(3, Dimension);

        Assert.Equal(3, GroundTruth.Compute(vectors, vectors, Dimension, 10).GetNeighbors(0, 10).Length);
        Assert.Equal(0, GroundTruth.Compute([], vectors, Dimension, 10).GetNeighbors(0, 10).Length);
    }

    [Fact]
    public void Recall_counts_neighbors_of_each_rank()
    {
        var truth = GroundTruth.Create([1, 2, 3, 4, 5, 6], 3);
        long[] found = [3, 9, 2, 4, 8, 7];

        Assert.Equal(3 / 6.0, Evaluation.Recall(found, truth, 3, 3));
        Assert.Equal(1 / 2.0, Evaluation.Recall(found, truth, 1, 3));
        Assert.Equal(1 / 2.0, Evaluation.Recall(found, truth, 1, 1));
        Assert.Equal(2 / 4.0, Evaluation.Recall(found, truth, 2, 3));
    }

    [Fact]
    public void Recall_counts_an_id_once() => Assert.Equal(1 / 2.0, Evaluation.Recall([7, 7], GroundTruth.Create([7, 8], 2), 2, 2));

    [Fact]
    public void Recall_of_an_exact_search_is_one()
    {
        Native.Require();
        var (vectors, queries) = (TestData.Integers(500, Dimension), TestData.Integers(30, Dimension, seed: 2));
        using var index = new IndexFlatL2(Dimension);
        index.Add(vectors);

        Assert.Equal(1, Evaluation.Recall(index.Search(queries, 10), GroundTruth.Compute(vectors, queries, Dimension, 10)));
    }

    [Fact]
    public void Recall_of_another_number_of_neighbors_is_refused()
    {
        Native.Require();
        using var index = new IndexFlatL2(Dimension);
        var found = index.Search(new float[Dimension], 4);

        Assert.Equal("truth", Assert.Throws<ArgumentException>(() => Evaluation.Recall(found, GroundTruth.Create([1, 2], 2))).ParamName);
        Assert.Equal("found", Assert.Throws<ArgumentException>(() => Evaluation.Recall(found, GroundTruth.Create([1, 2], 1), 1, 1)).ParamName);
    }

    [Fact]
    public void Range_quality_counts_vectors_that_are_missing_or_wrong()
    {
        var exact = RangeSearchResult.Create([2, 0], [1, 2], [0, 0]);
        var found = RangeSearchResult.Create([1, 2], [2, 5, 6], [0, 0, 0]);

        Assert.Equal(new PrecisionRecall(1 / 3.0, 1 / 2.0), Evaluation.RangeQuality(found, exact));
        Assert.Equal(new PrecisionRecall(1, 1), Evaluation.RangeQuality(RangeSearchResult.Create([], [], []), RangeSearchResult.Create([], [], [])));
        Assert.Equal("found", Assert.Throws<ArgumentException>(() => Evaluation.RangeQuality(RangeSearchResult.Create([0], [], []), exact)).ParamName);
    }

    [Fact]
    public void Exact_range_search_finds_what_a_flat_index_finds()
    {
        Native.Require();
        var (vectors, queries) = (TestData.Uniform(400, Dimension), TestData.Uniform(5, Dimension, seed: 2));
        using var index = new IndexFlatL2(Dimension);
        index.Add(vectors);

        var exact = Evaluation.ExactRangeSearch(vectors, queries, Dimension, 0.6f);

        Assert.NotEqual(0, exact.TotalCount);
        Assert.Equal(new PrecisionRecall(1, 1), Evaluation.RangeQuality(index.RangeSearch(queries, 0.6f), exact));
    }

    [Theory]
    [InlineData(MetricType.L2)]
    [InlineData(MetricType.InnerProduct)]
    public void Exact_range_search_of_vectors_far_from_the_origin_does_not_depend_on_the_number_of_queries(MetricType metric)
    {
        Native.Require();
        const int Count = 300;
        float[] vectors = [.. Enumerable.Range(0, Count * Dimension).Select(i => 3000 + (i * 7919 % 1000 / 1000f))];
        var queries = vectors.AsSpan(0, 40 * Dimension);
        var keys = Enumerable.Range(0, Count).Select(id => Key(vectors, id, vectors, 0, metric)).Order().ToArray();
        var radius = (float)((keys[20] + keys[21]) / 2 * (metric == MetricType.L2 ? 1 : -1));

        var exact = Evaluation.ExactRangeSearch(vectors, queries, Dimension, radius, metric);

        if (metric == MetricType.L2)
        {
            var expected = Enumerable.Range(0, Count).Where(id => Key(vectors, id, vectors, 0, metric) < radius).Select(id => (long)id);
            Assert.Equal(expected, exact[0].Ids.ToArray().Order());
        }

        for (var i = 0; i < 40; i++)
        {
            var alone = Evaluation.ExactRangeSearch(vectors, queries.Slice(i * Dimension, Dimension), Dimension, radius, metric);
            Assert.Equal(alone.Ids.ToArray(), exact[i].Ids.ToArray());
            Assert.Equal(alone.Distances.ToArray(), exact[i].Distances.ToArray());
        }
    }

    [Fact]
    public void Exact_range_search_names_vectors_without_distances()
    {
        Native.Require();
        var vectors = TestData.Uniform(4, Dimension);
        Assert.Equal(0, Evaluation.ExactRangeSearch(vectors, [], Dimension, 1).QueryCount);
        Assert.Throws<ArgumentOutOfRangeException>("radius", () => Evaluation.ExactRangeSearch(vectors, [], Dimension, -1));
        vectors[(3 * Dimension) + 2] = float.NaN;
        Assert.Contains("vector 3", Assert.Throws<ArgumentException>("vectors", () => Evaluation.ExactRangeSearch(vectors, vectors.AsSpan(0, Dimension), Dimension, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("queries", () => Evaluation.ExactRangeSearch(vectors.AsSpan(0, Dimension), vectors.AsSpan(3 * Dimension), Dimension, 1));
    }

    private static double Key(float[] vectors, int id, float[] queries, int query, MetricType metric)
    {
        var (sum, least, most) = (0.0, 0.0, 0.0);
        for (var i = 0; i < Dimension; i++)
        {
            double x = vectors[(id * Dimension) + i], y = queries[(query * Dimension) + i];
            sum += metric == MetricType.L2 ? (x - y) * (x - y) : metric == MetricType.L1 ? Math.Abs(x - y) : -x * y;
            (least, most) = (least + Math.Min(x, y), most + Math.Max(x, y));
        }

        return metric == MetricType.Jaccard ? -least / most : sum;
    }
}
