using FsCheck;
using FsCheck.Fluent;

namespace FaissSdk.Tests.KMeansTests;

public class BalancedKMeansTests
{
    [Cases]
    public Property No_point_and_centroid_prefer_each_other(KMeansCase of)
    {
        var capacity = ((of.Count + of.Clusters - 1) / of.Clusters) + (of.Seed % 3);
        var centroids = of.Start(of.Points);
        var labels = new StableAssignment(of.Points, centroids, of.Dimension, capacity).Assign(CancellationToken.None);
        (float, int) Key(int i, int c) => (LaneSums.SquaredDistance(of.Points.AsSpan(i * of.Dimension, of.Dimension), centroids.AsSpan(c * of.Dimension, of.Dimension)), i);
        for (var c = 0; c < of.Clusters; c++)
        {
            int[] members = [.. Enumerable.Range(0, of.Count).Where(i => labels[i] == c)];
            if (members.Length > capacity)
            {
                return false.Label($"cluster {c} has {members.Length} points");
            }

            var farthest = members.Length == capacity ? members.Max(i => Key(i, c)) : (float.PositiveInfinity, 0);
            for (var i = 0; i < of.Count; i++)
            {
                if (Key(i, c).Item1 < Key(i, labels[i]).Item1 && Key(i, c).CompareTo(farthest) < 0)
                {
                    return false.Label($"point {i} and cluster {c} prefer each other");
                }
            }
        }

        return true.ToProperty();
    }

    [Theory]
    [InlineData(100)]
    [InlineData(120)]
    [InlineData(1000)]
    public void Clusters_keep_to_their_size(int maxSize)
    {
        // Nine tenths of the points are in one of ten groups.
        var points = TestData.Clustered(1000, 4, 10);
        for (var i = 0; i < 900; i++)
        {
            points.AsSpan(4 * (i % 10), 2).CopyTo(points.AsSpan(4 * i));
        }

        var result = BalancedKMeans.Train(points, 4, 10, maxSize);
        Assert.All(result.Labels.ToArray().CountBy(label => label), pair => Assert.InRange(pair.Value, 1, maxSize));
        for (var cluster = 0; cluster < 10; cluster++)
        {
            int[] members = [.. Enumerable.Range(0, 1000).Where(i => result.Labels[i] == cluster)];
            for (var j = 0; j < 4 && members.Length > 0; j++)
            {
                Assert.Equal(members.Average(i => (double)points[(4 * i) + j]), result.Centroids[(4 * cluster) + j], 1e-3);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_point_of_infinite_distances_outside_of_the_sample_is_refused(bool center)
    {
        var points = TestData.Uniform(2000, 2);
        var rows = RandomSample.SubsampleRows(2000, 1000, KMeansOptions.Default.Seed);
        var outside = Enumerable.Range(0, 2000).Except(rows).First();
        points[2 * outside] = 2e19f;
        var options = new KMeansOptions { MaxPointsPerCentroid = 250, Center = center };
        var error = Assert.Throws<ArgumentException>("points", () => BalancedKMeans.Train(points, 2, 4, 2000, options));
        Assert.Contains($"(number {outside})", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Centering_accepts_long_points_near_their_mean()
    {
        // Their squared lengths are beyond single precision.
        var points = Array.ConvertAll(TestData.Uniform(600, 1), value => 2e19f + (value * 1e16f));
        Assert.Equal(2, BalancedKMeans.Train(points, 1, 2, 600, new() { MaxPointsPerCentroid = 250, Center = true }).Labels.ToArray().Distinct().Count());
    }

    [Fact]
    public void Without_pressure_the_clusters_are_those_of_k_means()
    {
        var points = TestData.Uniform(2000, 5);
        var (free, bounded) = (ManagedKMeans.Train(points, 5, 8, new() { MaxIterations = 100 }), BalancedKMeans.Train(points, 5, 8, 2000, new() { MaxIterations = 100 }));
        Assert.InRange(bounded.Objective, 0, free.Objective * 1.0001);
    }
}
