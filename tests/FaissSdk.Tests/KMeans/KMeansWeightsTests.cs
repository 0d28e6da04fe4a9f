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
    public void Weights_that_are_all_zero_in_the_sample_are_rejected()
    {
        var weights = new float[1000];
        var sampled = RandomSample.SubsampleRows(1000, 20, 1234);
        weights[Enumerable.Range(0, 1000).First(i => !sampled.Contains(i))] = 1;
        var error = Assert.Throws<ArgumentException>(() => ManagedKMeans.Train(TestData.Uniform(1000, 4), 4, 2, new() { Weights = weights, MaxPointsPerCentroid = 10 }));
        Assert.Contains("Weights are all zero in the sample of 20 points", error.Message);
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
    public void A_point_of_weight_0_affects_only_the_objective()
    {
        var weights = new float[] { 1, 1, 0 };
        var options = new KMeansOptions { Weights = weights, InitialCentroids = new float[] { 1 }, MaxIterations = 1 };
        var result = ManagedKMeans.Train([0, 4, 100], 1, 1, options);
        Assert.Equal([2], result.Centroids);
        Assert.Equal(1 + 9 + (99 * 99), result.Objective);
    }

    private static float[] Ones(int count) => [.. Enumerable.Repeat(1f, count)];

    private static string AssertRejected(float[] weights)
    {
        var error = Assert.Throws<ArgumentException>(() => ManagedKMeans.Train(TestData.Uniform(100, 4), 4, 2, new() { Weights = weights }));
        Assert.Equal("options", error.ParamName);
        return error.Message;
    }
}
