using System.Diagnostics;

namespace FaissSdk.Tests.KMeansTests;

public class KMeansWeightsTests
{
    [Theory]
    [InlineData(-1f, "Weights[3] is -1")]
    [InlineData(float.NaN, "Weights[3] is NaN")]
    [InlineData(float.PositiveInfinity, "Weights[3] is Infinity")]
    public void A_weight_that_is_negative_or_not_finite_is_rejected(float weight, string named)
    {
        var weights = Ones(100);
        weights[3] = weight;
        Assert.Contains(named, AssertRejected(weights));
    }

    [Fact]
    public void Weights_that_are_all_zero_are_rejected() => Assert.Contains("Weights are all zero", AssertRejected(new float[100]));

    [Fact]
    public void Too_few_weights_are_rejected()
    {
        var message = AssertRejected(Ones(99));
        Assert.Contains("Weights has 99 elements", message);
        Assert.Contains("100 points", message);
    }

    [Fact]
    public void Weights_that_overflow_are_rejected() => Assert.Contains("2E+38", AssertRejected([.. Ones(99), 2e38f]));

    [Fact]
    public void A_single_weight_is_in_every_sample()
    {
        var points = TestData.Uniform(1000, 4);
        for (var seed = 0; seed < 20; seed++)
        {
            var weights = new float[1000];
            weights[37 * seed] = 1;
            var result = ManagedKMeans.Train(points, 4, 1, new() { Weights = weights, MaxPointsPerCentroid = 10, Seed = seed });
            Assert.Equal(10, result.PointsUsed);
            Assert.Equal(points.AsSpan(37 * seed * 4, 4).ToArray(), result.Centroids);
        }
    }

    [Fact]
    public void The_native_backend_rejects_weights()
    {
        var options = new KMeansOptions { Weights = Ones(100), Backend = KMeansBackend.Native };
        var error = Assert.Throws<ArgumentException>(() => KMeans.Train(TestData.Uniform(100, 4), 4, 2, options));
        Assert.Contains("Weights", error.Message);
        Assert.Contains("Backend", error.Message);
    }

    [Fact]
    public void Auto_uses_the_managed_backend_with_weights() =>
        Assert.Equal(KMeansBackend.Managed, KMeans.Train(TestData.Uniform(100, 4), 4, 2, new() { Weights = Ones(100) }).Backend);

    [Theory]
    [InlineData(1e-3f)]
    [InlineData(1e-30f)]
    [InlineData(1e-42f)]
    public void Weights_that_sum_to_less_than_k_terminate(float weight)
    {
        var weights = new float[200];
        weights[17] = weight;
        weights[60] = weight;
        var result = ManagedKMeans.Train(TestData.Uniform(200, 4), 4, 10, new() { Weights = weights });
        Assert.All(result.Centroids.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Weights_of_1_change_no_bit()
    {
        var points = TestData.Uniform(500, 6);
        Assert.Equal(ManagedKMeans.Train(points, 6, 9).Centroids, ManagedKMeans.Train(points, 6, 9, new() { Weights = Ones(500) }).Centroids);
    }

    [Fact]
    public void Equal_weights_change_no_bit_of_a_sampled_training()
    {
        var points = TestData.Uniform(2000, 6);
        var options = new KMeansOptions { MaxPointsPerCentroid = 20, Redos = 3 };
        var expected = ManagedKMeans.Train(points, 6, 9, options);
        foreach (var weight in (float[])[1, 1e-3f, 1e-30f, 8])
        {
            var weighted = ManagedKMeans.Train(points, 6, 9, options with { Weights = Array.ConvertAll(Ones(2000), _ => weight) });
            Assert.Equal(expected.Centroids, weighted.Centroids);
            Assert.Equal(expected.Objective * weight, weighted.Objective, 1e-6 * expected.Objective * weight);
        }
    }

    [Fact]
    public void A_point_of_weight_0_changes_neither_centroids_nor_objective()
    {
        var weights = new float[] { 1, 1, 0 };
        var options = new KMeansOptions { Weights = weights, InitialCentroids = new float[] { 1 }, MaxIterations = 1 };
        var result = ManagedKMeans.Train([0, 4, 100], 1, 1, options);
        Assert.Equal([2], result.Centroids);
        Assert.Equal(1 + 9, result.Objective);
    }

    [Fact]
    public void The_objective_is_weighted()
    {
        var result = ManagedKMeans.Train([0, 4, 10], 1, 1, new() { Weights = new float[] { 2, 1, 0.5f }, InitialCentroids = new float[] { 1 }, MaxIterations = 1 });
        Assert.Equal((2 * 1) + 9 + (0.5f * 81), result.Objective);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_redo_of_the_best_weighted_objective_wins(bool spherical)
    {
        var (points, weights) = HeavyAndLight();
        for (var seed = 0; seed < 20; seed++)
        {
            var options = new KMeansOptions { Weights = weights, Redos = 6, Seed = seed, Spherical = spherical, MaxPointsPerCentroid = 10_000 };
            var best = ManagedKMeans.Train(points, 2, 4, options);

            // The start of redo r equals that of a training whose seed is larger by 15486557·r.
            var each = Enumerable.Range(0, 6).Select(redo => ManagedKMeans.Train(points, 2, 4, options with { Redos = 1, Seed = seed + (redo * 15486557) })).ToArray();
            var objectives = each.Select(result => WeightedObjective(points, weights, result)).ToArray();
            var found = WeightedObjective(points, weights, best);
            var expected = spherical ? objectives.Max() : objectives.Min();
            Assert.Equal(expected, found, 1e-3 * Math.Abs(expected));
        }
    }

    [Fact]
    public void More_redos_find_the_weighted_optimum_more_often()
    {
        var (points, weights) = HeavyAndLight();
        var options = new KMeansOptions { Weights = weights, MaxPointsPerCentroid = 10_000 };
        double Objective(int seed, int redos) => WeightedObjective(points, weights, ManagedKMeans.Train(points, 2, 4, options with { Seed = seed, Redos = redos }));
        var once = Enumerable.Range(0, 50).Select(seed => Objective(seed, 1)).ToArray();
        var tenTimes = Enumerable.Range(0, 50).Select(seed => Objective(seed, 10)).ToArray();
        var optimum = 1.01 * Math.Min(once.Min(), tenTimes.Min());
        var (few, many) = (once.Count(objective => objective <= optimum), tenTimes.Count(objective => objective <= optimum));
        Assert.True(many > few && many >= 25, $"optimum found by {few} of 50 seeds with one redo, {many} with ten");
    }

    [Fact]
    public void Training_stops_when_the_weighted_objective_is_unchanged()
    {
        // The light points still move between clusters when the heavy ones have settled; their share is below single precision.
        var (points, weights) = HeavyAndLight();
        var result = ManagedKMeans.Train(points, 2, 4, new() { Weights = Array.ConvertAll(weights, weight => weight == 1 ? 1 : 1e-12f), MaxIterations = 100, MaxPointsPerCentroid = 10_000 });
        Assert.True(result.Converged);
        Assert.Equal(result.Iterations[^1].Objective, result.Iterations[^2].Objective);
    }

    [Theory]
    [InlineData(1e-3f)]
    [InlineData(1e-20f)]
    public void Many_empty_clusters_are_refilled_quickly_with_small_weights(float weight)
    {
        const int Clusters = 4000;
        var weights = new float[2 * Clusters];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = weight * (1 + (i % 3));
        }

        var clock = Stopwatch.StartNew();
        var result = ManagedKMeans.Train(new float[2 * Clusters], 1, Clusters, new() { Weights = weights, MaxIterations = 1 });
        Assert.Equal(Clusters - 1, result.Iterations[0].Splits);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_point_of_weight_0_is_drawn_last(bool isNegative)
    {
        var weights = Ones(100);
        Array.Fill(weights, isNegative ? -0f : 0f, 0, 50);
        weights[99] = 2;
        TrainingWeights.Of(weights).Sample(20, 3, out var rows);
        Assert.All(rows, row => Assert.InRange(row, 50, 99));
    }

    [Fact]
    public void Weights_scaled_by_a_power_of_two_change_no_bit_of_the_centroids()
    {
        var points = TestData.Duplicates(600, 3, 8);
        var weights = Array.ConvertAll(TestData.Uniform(600, 1, seed: 4), weight => weight + 0.1f);
        var options = new KMeansOptions { Redos = 3, MaxPointsPerCentroid = 30 };
        var expected = ManagedKMeans.Train(points, 3, 12, options with { Weights = weights });
        foreach (var exponent in (int[])[-90, -10, 1, 60])
        {
            var scaled = ManagedKMeans.Train(points, 3, 12, options with { Weights = Array.ConvertAll(weights, weight => MathF.ScaleB(weight, exponent)) });
            Assert.Equal(expected.Centroids, scaled.Centroids);
            Assert.Equal(MathF.ScaleB(expected.Objective, exponent), scaled.Objective);
        }
    }

    [Fact]
    public void Weights_of_any_magnitude_are_accepted()
    {
        var points = TestData.Uniform(400, 3);
        var weights = new float[400];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = MathF.ScaleB(1, (i % 200) - 120);
        }

        foreach (var options in (KMeansOptions[])[new(), new() { Redos = 3 }, new() { MaxPointsPerCentroid = 20 }, new() { Center = true }, new() { Initialization = KMeansInitialization.KMeansPlusPlus }])
        {
            var result = ManagedKMeans.Train(points, 3, 7, options with { Weights = weights });
            Assert.All(result.Centroids.ToArray(), value => Assert.InRange(value, -0.01f, 1.01f));
            Assert.True(float.IsFinite(result.Objective));
        }
    }

    [Fact]
    public void As_many_weighted_points_as_clusters_become_the_centroids()
    {
        var points = TestData.Uniform(7, 4);
        var result = ManagedKMeans.Train(points, 4, 7, new() { Weights = new float[] { 1, 0, 3, 1e-20f, 5, 6, 7 } });
        Assert.Equal(points, result.Centroids);
        Assert.Equal(0, result.Objective);
    }

    [Theory]
    [InlineData(1e30f)]
    [InlineData(1e18f)]
    public void Huge_points_with_weights_are_rejected(float magnitude)
    {
        var points = Array.ConvertAll(TestData.Uniform(1000, 2), value => magnitude * value);
        var weights = TestData.Uniform(1000, 1, seed: 2);
        var error = Assert.Throws<ArgumentException>(() => ManagedKMeans.Train(points, 2, 3, new() { Weights = weights }));
        Assert.Contains("points has a vector of length", error.Message);
        Assert.Contains("Scale the data down", error.Message);
    }

    [Fact]
    public void A_sample_draws_points_by_their_weights()
    {
        // One point in ten has nine tenths of the weight, and so about nine tenths of the sample.
        var weights = new float[20_000];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = i % 10 == 0 ? 81 : 1;
        }

        var sampled = TrainingWeights.Of(weights).Sample(1000, 5, out var rows);
        Assert.Equal(1000, rows.Distinct().Count());
        Assert.InRange(rows.Count(row => row % 10 == 0), 860, 930);
        var (mean, expected) = (sampled.Values.ToArray().Average(weight => (double)weight), TrainingWeights.Of(weights).Values.ToArray().Average(weight => (double)weight));
        Assert.Equal(expected, mean, 1e-5);
    }

    [Fact]
    public void A_sample_of_equal_weights_is_that_of_FAISS()
    {
        var (rows, _) = RandomSample.WeightedRows(Ones(1000), 60, 7);
        Assert.Equal(RandomSample.SubsampleRows(1000, 60, 7), rows);
    }

    [Fact]
    public void The_weighted_mean_of_a_sample_is_unbiased()
    {
        // The points are 0 and 1; the share of the weight at 1 is the mean.
        var weights = Array.ConvertAll(TestData.Uniform(2000, 1, seed: 8), value => MathF.Pow(value, 8));
        var points = new float[2000];
        for (var i = 0; i < points.Length; i += 3)
        {
            points[i] = 1;
        }

        var expected = points.Zip(weights).Sum(pair => (double)pair.First * pair.Second) / weights.Sum(weight => (double)weight);
        var found = Enumerable.Range(0, 400).Average(seed => (double)ManagedKMeans.Train(points, 1, 1, new() { Weights = weights, MaxPointsPerCentroid = 100, MaxIterations = 1, Seed = seed }).Centroids[0]);
        Assert.Equal(expected, found, 0.01);
    }

    /// <summary>Creates four small groups of 10 points of weight 1, and 4,000 points of weight 10⁻⁵ spread around them.</summary>
    private static (float[] Points, float[] Weights) HeavyAndLight()
    {
        float[] centers = [20, 30, 30, 20, 20, 20, 30, 30];
        var (light, noise) = (TestData.Uniform(4000, 2, seed: 5), TestData.Uniform(40, 2, seed: 6));
        var heavy = noise.Select((value, at) => centers[(2 * (at / 20)) + (at % 2)] + (0.1f * value));
        return ([.. light.Select(value => 100 * value), .. heavy], [.. Enumerable.Repeat(1e-5f, 4000), .. Ones(40)]);
    }

    private static double WeightedObjective(float[] points, float[] weights, KMeansResult result)
    {
        var labels = result.Assign(points);
        return weights.Select((weight, i) => weight * (result.Spherical
            ? Reference.Dot(points.AsSpan(2 * i, 2), result.GetCentroid((int)labels[i]))
            : Reference.SquaredDistance(points.AsSpan(2 * i, 2), result.GetCentroid((int)labels[i])))).Sum();
    }

    private static float[] Ones(int count) => [.. Enumerable.Repeat(1f, count)];

    private static string AssertRejected(float[] weights)
    {
        var error = Assert.Throws<ArgumentException>(() => ManagedKMeans.Train(TestData.Uniform(100, 4), 4, 2, new() { Weights = weights }));
        Assert.Equal("options", error.ParamName);
        return error.Message;
    }
}
