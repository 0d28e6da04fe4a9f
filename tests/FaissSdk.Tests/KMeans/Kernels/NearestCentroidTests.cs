namespace FaissSdk.Tests.KMeansTests;

public class NearestCentroidTests
{
    public static TheoryData<int, int, int> Shapes()
    {
        var shapes = new TheoryData<int, int, int>();
        foreach (var count in new[] { 1, 2, 3, 4, 5, 63, 64, 65, 200 })
        {
            foreach (var clusters in new[] { 1, 2, 15, 16, 17, 33, 100 })
            {
                foreach (var dimension in new[] { 1, 2, 3, 8, 9, 31, 128 })
                {
                    shapes.Add(count, dimension, clusters);
                }
            }
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes), DisableDiscoveryEnumeration = true)]
    public void The_centroid_found_is_nearest_up_to_rounding(int count, int dimension, int clusters)
    {
        var points = TestData.Uniform(count, dimension, 3);
        var centroids = TestData.Uniform(clusters, dimension, 4);
        var labels = new int[count];
        var distances = new float[count];
        NearestCentroid.Fastest.Find(points, VectorNorms.Squared(points, dimension, 1), centroids, Pack(centroids, dimension), false, labels, distances, 2, CancellationToken.None);
        for (var i = 0; i < count; i++)
        {
            var x = points.AsSpan(i * dimension, dimension);
            var found = centroids.AsSpan(labels[i] * dimension, dimension);
            var distance = Reference.SquaredDistance(x, found);
            Assert.Equal(distance, distances[i], Reference.DistanceError(x, found));
            for (var c = 0; c < clusters; c++)
            {
                var other = centroids.AsSpan(c * dimension, dimension);
                Assert.True(distance <= Reference.SquaredDistance(x, other) + Reference.DistanceError(x, found) + Reference.DistanceError(x, other));
            }
        }
    }

    [Fact]
    public void The_maximum_inner_product_wins_if_spherical()
    {
        float[] centroids = [1, 0, 0, 1, -1, 0];
        float[] points = [0.9f, 0.1f, 0.2f, 0.8f, -3, 1];
        var labels = new int[3];
        var products = new float[3];
        NearestCentroid.Fastest.Find(points, [], centroids, Pack(centroids, 2, true), true, labels, products, 2, CancellationToken.None);
        Assert.Equal([0, 1, 2], labels);
        Assert.Equal([0.9f, 0.8f, 3f], products);
    }

    [Fact]
    public void Ties_go_to_the_lowest_index()
    {
        var centroid = TestData.Uniform(1, 8);
        var centroids = Enumerable.Repeat(centroid, 40).SelectMany(c => c).ToArray();
        var labels = new int[30];
        var points = TestData.Uniform(30, 8, 2);
        NearestCentroid.Fastest.Find(points, VectorNorms.Squared(points, 8, 1), centroids, Pack(centroids, 8), false, labels, new float[30], 2, CancellationToken.None);
        Assert.All(labels, label => Assert.Equal(0, label));
    }

    [Fact]
    public void The_alignment_of_points_changes_no_bit()
    {
        for (var dimension = 1; dimension < 400; dimension++)
        {
            var point = TestData.Uniform(1, dimension, dimension);
            Assert.All(Enumerable.Range(0, 17), offset => Assert.Equal(VectorNorms.Squared(point, dimension, 1), VectorNorms.Squared(((float[])[.. new float[offset], .. point]).AsSpan(offset), dimension, 1)));
        }
    }

    [Fact]
    public void Cancellation_ends_the_search()
    {
        var points = TestData.Uniform(1000, 8);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            NearestCentroid.Fastest.Find(points, VectorNorms.Squared(points, 8, 1), points.AsSpan(0, 80), Pack(points.AsSpan(0, 80), 8), false, new int[1000], new float[1000], 2, new CancellationToken(true)));
    }

    private static CentroidPanels Pack(ReadOnlySpan<float> centroids, int dimension, bool spherical = false)
    {
        var panels = new CentroidPanels(centroids.Length / dimension, dimension, NearestCentroid.Fastest.PanelWidth);
        panels.Pack(centroids, spherical);
        return panels;
    }
}
