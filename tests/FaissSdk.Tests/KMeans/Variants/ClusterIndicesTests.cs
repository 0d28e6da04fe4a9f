using FsCheck;
using FsCheck.Fluent;

namespace FaissSdk.Tests.KMeansTests;

public class ClusterIndicesTests
{
    [Fact]
    public void The_indices_of_two_pairs_are_known()
    {
        // 0, 1 | 10, 12: a is 1 or 2, b is 11, 10, 9.5 and 11.5.
        var found = ClusterIndices.Of([0, 1, 10, 12], 1, [3, 3, 8, 8]);
        var silhouette = ((11 - 1) / 11.0) + ((10 - 1) / 10.0) + ((9.5 - 2) / 9.5) + ((11.5 - 2) / 11.5);
        Assert.Equal(silhouette / 4, found.Silhouette, 1e-6);

        // Means 0.5 and 11, spreads 0.5 and 1.
        Assert.Equal((0.5 + 1) / 10.5, found.DaviesBouldin, 1e-6);

        // Within 2·0.25 + 2·1, between 4·5.25².
        Assert.Equal(4 * 5.25 * 5.25 / (2.5 / 2), found.CalinskiHarabasz, 1e-4);
        Assert.Equal((4, 2), (found.PointsUsed, found.Clusters));
    }

    [Cases]
    public Property The_silhouette_equals_its_definition(KMeansCase of)
    {
        var labels = Labels(of);

        // Distances in single precision overflow and underflow where squares do.
        if (labels.Distinct().Count() < 2 || labels.Distinct().Count() == of.Count || of.Kind is "huge" or "tiny" or "squares underflow")
        {
            return true.ToProperty();
        }

        var found = ClusterIndices.Of(of.Points, of.Dimension, labels, int.MaxValue);
        var expected = Enumerable.Range(0, of.Count).Average(i => Silhouette(of, labels, i));
        return (found.Silhouette is >= -1.0001 and <= 1.0001 && Math.Abs(expected - found.Silhouette) < 1e-3).Label($"{found.Silhouette} instead of {expected}");
    }

    [Theory]
    [InlineData(new float[] { 0, 0, 0, 0, 1, 1 }, new long[] { 0, 0, 1, 1, 2, 2 }, 0, double.PositiveInfinity)]
    [InlineData(new float[] { 5, 5, 5, 5 }, new long[] { 0, 0, 1, 1 }, 0, 0)]
    [InlineData(new float[] { 0, 2, 1, 1 }, new long[] { 0, 0, 1, 1 }, double.PositiveInfinity, 0)]
    public void Clusters_of_equal_points_or_means_have_the_indices_documented(float[] points, long[] labels, double daviesBouldin, double calinskiHarabasz)
    {
        var found = ClusterIndices.Of(points, 1, labels);
        Assert.Equal((daviesBouldin, calinskiHarabasz), (found.DaviesBouldin, found.CalinskiHarabasz));
    }

    [Fact]
    public void Separate_clusters_have_better_indices()
    {
        var points = TestData.Clustered(2000, 8, 10);
        var labels = ManagedKMeans.Train(points, 8, 10, new() { Initialization = KMeansInitialization.KMeansPlusPlus }).Assign(points);
        var mixed = labels.Select((label, i) => i % 2 == 0 ? label : 0).ToArray();
        var (good, bad) = (ClusterIndices.Of(points, 8, labels), ClusterIndices.Of(points, 8, mixed));
        Assert.True(good.Silhouette > 0.8 && good.Silhouette > bad.Silhouette, $"{good}");
        Assert.True(good.DaviesBouldin < bad.DaviesBouldin && good.CalinskiHarabasz > bad.CalinskiHarabasz, $"{good} {bad}");
    }

    [Fact]
    public void A_sample_estimates_the_indices()
    {
        var points = TestData.Clustered(6000, 8, 10);
        var labels = ManagedKMeans.Train(points, 8, 10).Assign(points);
        var (all, sample) = (ClusterIndices.Of(points, 8, labels, 6000), ClusterIndices.Of(points, 8, labels, 2000));
        Assert.Equal(2000, sample.PointsUsed);
        Assert.Equal(all.Silhouette, sample.Silhouette, 0.05);
    }

    private static long[] Labels(KMeansCase of)
    {
        var random = new Random(of.Seed);
        return [.. Enumerable.Range(0, of.Count).Select(_ => (long)random.Next(of.Clusters))];
    }

    private static double Silhouette(KMeansCase of, long[] labels, int i)
    {
        double Mean(IEnumerable<int> others) => others.Average(j => Math.Sqrt(Reference.SquaredDistance(of.Points.AsSpan(i * of.Dimension, of.Dimension), of.Points.AsSpan(j * of.Dimension, of.Dimension))));
        var own = Enumerable.Range(0, of.Count).Where(j => j != i && labels[j] == labels[i]).ToArray();
        if (own.Length == 0)
        {
            return 0;
        }

        var (inside, nearest) = (Mean(own), Enumerable.Range(0, of.Count).Where(j => labels[j] != labels[i]).GroupBy(j => labels[j]).Min(Mean));
        return Math.Max(inside, nearest) == 0 ? 0 : (nearest - inside) / Math.Max(inside, nearest);
    }
}
