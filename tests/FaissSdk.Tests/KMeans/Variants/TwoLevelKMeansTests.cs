namespace FaissSdk.Tests.KMeansTests;

public class TwoLevelKMeansTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(300)]
    public void Each_cluster_of_the_first_level_receives_its_share(int clusters)
    {
        const int Count = 3000, Dimension = 6;
        var points = TestData.Clustered(Count, Dimension, 40);
        var result = TwoLevelKMeans.Train(points, Dimension, clusters);
        Assert.Equal(clusters, result.Clusters);
        var first = ManagedKMeans.Train(points, Dimension, (int)Math.Sqrt(clusters));
        var (labels, before, start) = (first.Assign(points), 0, 0);
        for (var cluster = 0; cluster < first.Clusters; cluster++)
        {
            int[] rows = [.. Enumerable.Range(0, Count).Where(i => labels[i] == cluster)];
            before += rows.Length;
            var end = (int)((long)before * clusters / Count);
            Assert.InRange(end - start, Math.Floor((double)rows.Length * clusters / Count), Math.Ceiling((double)rows.Length * clusters / Count));
            if (end > start)
            {
                Assert.Equal(ManagedKMeans.Train(RandomSample.Gather(points, Dimension, rows), Dimension, end - start).Centroids, result.Centroids[(start * Dimension)..(end * Dimension)]);
            }

            start = end;
        }
    }

    [Fact]
    public void The_objective_is_near_that_of_one_level()
    {
        var points = TestData.Uniform(20_000, 4);
        var (one, two) = (ManagedKMeans.Train(points, 4, 256), TwoLevelKMeans.Train(points, 4, 256));
        var (labels, distances) = (new long[20_000], new float[20_000]);
        two.Assign(points, labels, distances);
        var objective = distances.Sum(distance => (double)distance);
        Assert.InRange(objective, 0.9 * one.Objective, 1.15 * one.Objective);
        Assert.InRange(objective, 0, two.Objective * 1.0001);
    }

    [Fact]
    public void The_assignment_of_all_points_can_be_canceled()
    {
        const int Count = 400_000, Dimension = 64, Clusters = 250_000;
        var points = TestData.Uniform(Count, Dimension);
        var options = new KMeansOptions { MaxIterations = 1, MaxPointsPerCentroid = 2 };
        var assignment = System.Diagnostics.Stopwatch.StartNew();
        ManagedKMeans.Train(points, Dimension, 500, options).Assign(points);
        assignment.Stop();

        // Canceled by the report of the only iteration of the first level.
        using var ending = new CancellationTokenSource();
        var end = new System.Diagnostics.Stopwatch();
        Assert.Throws<OperationCanceledException>(() => TwoLevelKMeans.Train(points, Dimension, Clusters, options, new Immediate(_ =>
        {
            end.Start();
            ending.Cancel();
        }), ending.Token));
        Assert.InRange(end.Elapsed, TimeSpan.Zero, assignment.Elapsed / 2);
    }

    [Fact]
    public void Weights_are_those_of_the_points_of_each_cluster()
    {
        var points = TestData.Uniform(2000, 3);
        var weights = Array.ConvertAll(TestData.Uniform(2000, 1, seed: 3), value => value < 0.3f ? 0 : value);
        var result = TwoLevelKMeans.Train(points, 3, 50, new() { Weights = weights });
        Assert.All(result.Centroids.ToArray(), value => Assert.InRange(value, 0, 1));
    }
}
