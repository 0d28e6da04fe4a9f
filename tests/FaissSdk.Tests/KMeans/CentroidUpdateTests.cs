namespace FaissSdk.Tests.KMeansTests;

public class CentroidUpdateTests
{
    [Fact]
    public void A_centroid_is_the_mean_of_its_points()
    {
        float[] points = [1, 2, 3, 4, 5, 6, 7, 8];
        var centroids = new float[6];
        var sizes = CentroidMeans.Compute(points, [2, 0, 2, 2], 2, centroids, isDouble: false, 1, CancellationToken.None);
        Assert.Equal([1, 0, 3], sizes);
        Assert.Equal([3, 4, 0, 0, 13 * (1f / 3), 16 * (1f / 3)], centroids);
    }

    [Fact]
    public void A_mean_in_double_precision_is_rounded_once()
    {
        float[] points = [1, 2, 3, 4, 5, 6, 7, 8];
        var centroids = new float[6];
        Assert.Equal([1, 0, 3], CentroidMeans.Compute(points, [2, 0, 2, 2], 2, centroids, isDouble: true, 1, CancellationToken.None));
        Assert.Equal([3, 4, 0, 0, 13 / 3f, 16 / 3f], centroids);
    }

    [Fact]
    public void Imbalance_is_1_for_equal_sizes_and_k_for_a_single_full_cluster()
    {
        Assert.Equal(1, CentroidUpdate.Imbalance([5, 5, 5]));
        Assert.Equal(3, CentroidUpdate.Imbalance([15, 0, 0]));
    }

    [Fact]
    public void An_empty_cluster_receives_half_of_a_larger_one()
    {
        double[] sizes = [0, 10];
        float[] centroids = [0, 0, 0, 1024, 1024, 1024];
        Assert.Equal(1, CentroidUpdate.SplitIntoEmpty(sizes, 10, 3, centroids, CancellationToken.None));
        Assert.Equal([5, 5], sizes);
        Assert.Equal([1025, 1023, 1025, 1023, 1025, 1023], centroids);
    }

    [Fact]
    public void The_largest_cluster_is_split_after_ten_unsuccessful_rounds()
    {
        // With 2³⁰ points the probability of drawing any of these clusters is practically 0.
        double[] sizes = [3, 0, 4, 3];
        float[] centroids = [1, 2, 3, 4];
        Assert.Equal(1, CentroidUpdate.SplitIntoEmpty(sizes, 1 << 30, 1, centroids, CancellationToken.None));
        Assert.Equal([3, 2, 2, 3], sizes);
    }

    [Fact]
    public void Refilling_empty_clusters_can_be_canceled() =>
        Assert.ThrowsAny<OperationCanceledException>(() => CentroidUpdate.SplitIntoEmpty([0, 10], 10, 1, new float[2], new CancellationToken(true)));

    [Fact]
    public void Weights_are_scaled_to_the_number_of_points()
    {
        double[] sizes = [1e-30, 0, 3e-30];
        CentroidUpdate.ScaleSizes(sizes, 8);
        Assert.Equal(2, sizes[0], 1e-12);
        Assert.Equal(6, sizes[2], 1e-12);
    }

    /// <summary>With few threads for so many clusters, one of them adds up the points as blocks complete.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Means_have_the_same_bits_for_any_number_of_threads(bool weighted)
    {
        const int Count = 20_000, Dimension = 24, Clusters = 256;
        var points = TestData.Uniform(Count, Dimension);
        var options = new KMeansOptions { MaxIterations = 3, Weights = weighted ? TestData.Uniform(Count, 1, seed: 2) : ReadOnlyMemory<float>.Empty };
        var expected = ManagedKMeans.Train(points, Dimension, Clusters, options with { MaxDegreeOfParallelism = 1 });
        foreach (var threads in (int[])[2, 3, 8, 9])
        {
            var found = ManagedKMeans.Train(points, Dimension, Clusters, options with { MaxDegreeOfParallelism = threads });
            Assert.Equal(expected.Centroids, found.Centroids);
        }
    }
}
