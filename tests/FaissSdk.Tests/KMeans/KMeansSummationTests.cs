namespace FaissSdk.Tests.KMeansTests;

/// <summary>Tests the means of clusters that are too large for sums in single precision.</summary>
public class KMeansSummationTests
{
    private const int Count = 300_000;

    public static TheoryData<KMeansBackend> Backends() => [KMeansBackend.Managed, KMeansBackend.Native];

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_centroid_far_from_the_origin_is_the_mean_of_many_points(KMeansBackend backend)
    {
        var points = Array.ConvertAll(TestData.Uniform(Count, 1), value => 1000 + value);
        var result = Train(backend, points, 1, 1, new() { MaxIterations = 2 });
        Assert.Equal(points.Average(value => (double)value), result.Centroids[0], 1e-4);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Sums_in_double_precision_are_accurate(KMeansBackend backend)
    {
        var points = Array.ConvertAll(TestData.Uniform(1000, 1), value => 1000 + value);
        var result = Train(backend, points, 1, 1, new() { Summation = KMeansSummation.DoublePrecision, MaxIterations = 1 });
        Assert.Equal((float)points.Average(value => (double)value), result.Centroids[0]);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Sums_in_single_precision_equal_those_of_FAISS(KMeansBackend backend)
    {
        Native.Require();
        var points = Array.ConvertAll(TestData.Uniform(Count, 1), value => 1000 + value);
        var options = new KMeansOptions { Summation = KMeansSummation.SinglePrecision, MaxIterations = 2, MaxPointsPerCentroid = Count, StopWhenConverged = false };
        Assert.Equal(OneCall.Train(points, 1, 1, options).Centroids, Train(backend, points, 1, 1, options).Centroids);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Single_precision_is_kept_where_it_suffices(KMeansBackend backend)
    {
        var points = TestData.Uniform(20_000, 5);
        var options = new KMeansOptions { MaxIterations = 6 };
        var expected = Train(KMeansBackend.Managed, points, 5, 20, options with { Summation = KMeansSummation.SinglePrecision });
        if (backend == KMeansBackend.Managed)
        {
            Assert.Equal(expected.Centroids, Train(backend, points, 5, 20, options).Centroids);
            Assert.False(expected.Centroids.SequenceEqual(Train(backend, points, 5, 20, options with { Summation = KMeansSummation.DoublePrecision }).Centroids));
            return;
        }

        Assert.Equal(
            Train(backend, points, 5, 20, options with { Summation = KMeansSummation.SinglePrecision }).Centroids,
            Train(backend, points, 5, 20, options).Centroids);
    }

    [Theory]
    [InlineData(KMeansSummation.Auto, 3)]
    [InlineData(KMeansSummation.DoublePrecision, 3)]
    [InlineData(KMeansSummation.DoublePrecision, 200)]
    public void Accurate_sums_have_the_same_bits_for_any_number_of_threads(KMeansSummation summation, int clusters)
    {
        const int Dimension = 70;
        var points = Array.ConvertAll(TestData.Uniform(20_000, Dimension), value => 1000 + value);
        var options = new KMeansOptions { Summation = summation, MaxIterations = 3, MaxDegreeOfParallelism = 1 };
        var expected = Train(KMeansBackend.Managed, points, Dimension, clusters, options);
        foreach (var threads in (int[])[2, 3, 9])
        {
            Assert.Equal(expected.Centroids, Train(KMeansBackend.Managed, points, Dimension, clusters, options with { MaxDegreeOfParallelism = threads }).Centroids);
        }
    }

    [Fact]
    public void Every_centroid_of_large_clusters_is_the_mean_of_its_points()
    {
        const int Dimension = 3, Clusters = 4;
        var points = TestData.Uniform(Count, Dimension);
        for (var i = 0; i < points.Length; i++)
        {
            points[i] += 100 * (1 + (i / Dimension % Clusters));
        }

        var result = Train(KMeansBackend.Managed, points, Dimension, Clusters, new() { InitialCentroids = points.AsMemory(0, Clusters * Dimension), MaxIterations = 2 });
        var means = Means(points, Dimension, Enumerable.Range(0, Count).Select(i => i % Clusters), Clusters);
        Assert.All(means.Zip(result.Centroids.ToArray()), pair => Assert.Equal((float)pair.First, pair.Second));
    }

    [Fact]
    public void The_centroid_of_equal_points_is_that_point()
    {
        var points = new float[Count];
        Array.Fill(points, 1.0005f);
        Assert.Equal([1.0005f], Train(KMeansBackend.Managed, points, 1, 1, null).Centroids);
    }

    [Fact]
    public void A_spherical_centroid_has_the_direction_of_the_mean()
    {
        // The points are (1, 0.001 · U(0, 1)): the direction is off by as much as the sum of one component.
        var points = new float[2 * Count];
        var random = new Random(3);
        var sum = 0.0;
        for (var i = 0; i < points.Length; i += 2)
        {
            (points[i], points[i + 1]) = (1, 1e-3f * random.NextSingle());
            sum += points[i + 1];
        }

        var result = Train(KMeansBackend.Managed, points, 2, 1, new() { Spherical = true });
        Assert.Equal(sum / Count, result.Centroids[1] / (double)result.Centroids[0], 1e-9);
    }

    [Fact]
    public void The_objective_of_many_points_is_their_sum()
    {
        // Added up in single precision, 2²⁴ ones and more stay 2²⁴.
        var points = new float[(1 << 24) + 5000];
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = i % 2 == 0 ? 1 : -1;
        }

        var result = Train(KMeansBackend.Managed, points, 1, 1, new() { InitialCentroids = new float[1], MaxIterations = 1 });
        Assert.Equal(points.Length, result.Objective);
    }

    private static double[] Means(float[] points, int dimension, IEnumerable<int> labels, int clusters)
    {
        var (sums, sizes, at) = (new double[clusters * dimension], new int[clusters], 0);
        foreach (var label in labels)
        {
            sizes[label]++;
            for (var j = 0; j < dimension; j++)
            {
                sums[(label * dimension) + j] += points[at++];
            }
        }

        return [.. sums.Select((sum, index) => sum / sizes[index / dimension])];
    }

    private static KMeansResult Train(KMeansBackend backend, float[] points, int dimension, int clusters, KMeansOptions? options)
    {
        if (backend == KMeansBackend.Native)
        {
            Native.Require();
        }

        return KMeans.Train(points, dimension, clusters, (options ?? new()) with { Backend = backend, MaxPointsPerCentroid = points.Length });
    }
}
