namespace FaissSdk.Tests.KMeansTests;

/// <summary>Tests of the backend that trains by FAISS's SuperKMeans.</summary>
public class SuperKMeansTests
{
    private const int Dimension = 64;

    [Theory]
    [InlineData(3000, 20, 0)]
    [InlineData(3000, 20, 1)]
    [InlineData(6000, 100, 0)]
    public void The_objective_is_that_of_other_backends(int count, int clusters, int redo)
    {
        RequireSuperKMeans();
        var points = TestData.Clustered(count, Dimension, clusters, seed: 5);
        var options = new KMeansOptions { MaxIterations = 15, Redos = redo + 1 };
        var reference = KMeans.Train(points, Dimension, clusters, options with { Backend = KMeansBackend.Managed });
        var result = KMeans.Train(points, Dimension, clusters, options with { Backend = KMeansBackend.SuperKMeans });

        Assert.Equal(KMeansBackend.SuperKMeans, result.Backend);
        Assert.InRange(ObjectiveOf(result, points), 0, 1.01 * ObjectiveOf(reference, points));
    }

    [Fact]
    public void Iterations_are_those_of_the_training()
    {
        RequireSuperKMeans();
        var points = TestData.Clustered(2000, Dimension, 10, seed: 6);
        var reports = new List<KMeansIteration>();
        var result = KMeans.Train(points, Dimension, 10, new KMeansOptions { Backend = KMeansBackend.SuperKMeans, MaxIterations = 6, StopWhenConverged = false }, new Immediate(reports.Add));

        Assert.Equal(6, result.Iterations.Count);
        Assert.Equal(result.Iterations, reports);
        Assert.All(result.Iterations, iteration => Assert.True(iteration.Objective > 0));
        Assert.True(result.Iterations[^1].Objective <= result.Iterations[0].Objective);
        Assert.InRange(result.Iterations[^1].Imbalance, 1, 10);
        Assert.Equal(10 * Dimension, result.Centroids.Length);
    }

    [Fact]
    public void The_centroids_of_one_seed_are_the_same_again()
    {
        RequireSuperKMeans();
        using var single = Native.SingleThread();
        var points = TestData.Clustered(2000, Dimension, 10, seed: 7);
        var options = new KMeansOptions { Backend = KMeansBackend.SuperKMeans, MaxIterations = 5 };

        Assert.Equal(KMeans.Train(points, Dimension, 10, options).Centroids.ToArray(), KMeans.Train(points, Dimension, 10, options).Centroids.ToArray());
    }

    [Fact]
    public void Few_components_are_refused()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Train(new float[31 * 100], 31, 5, new KMeansOptions { Backend = KMeansBackend.SuperKMeans }));
        Assert.Contains("dimension is 31; SuperKMeans needs at least 32", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Unserved))]
    public void Options_that_it_lacks_are_refused_by_name(string name, object options)
    {
        var error = Assert.Throws<ArgumentException>(nameof(options), () => KMeans.Train(new float[Dimension * 100], Dimension, 5, (KMeansOptions)options with { Backend = KMeansBackend.SuperKMeans }));
        Assert.StartsWith(name + " ", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(KMeansBackend.Managed), error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, object> Unserved => new()
    {
        { nameof(KMeansOptions.Weights), new KMeansOptions { Weights = new float[100] } },
        { nameof(KMeansOptions.InitialCentroids), new KMeansOptions { InitialCentroids = new float[5 * Dimension] } },
        { nameof(KMeansOptions.Spherical), new KMeansOptions { Spherical = true } },
        { nameof(KMeansOptions.IntegerCentroids), new KMeansOptions { IntegerCentroids = true } },
        { nameof(KMeansOptions.Initialization), new KMeansOptions { Initialization = KMeansInitialization.KMeansPlusPlus } },
        { nameof(KMeansOptions.Summation), new KMeansOptions { Summation = KMeansSummation.DoublePrecision } },
        { nameof(KMeansOptions.RelativeTolerance), new KMeansOptions { RelativeTolerance = 1e-3f } },
    };

    [Fact]
    public void An_older_FAISS_is_named()
    {
        Native.Require();
        Assert.SkipWhen(IsSupported, "The library trains by SuperKMeans.");
        var error = Assert.Throws<NotSupportedException>(() => KMeans.Train(new float[Dimension * 100], Dimension, 5, new KMeansOptions { Backend = KMeansBackend.SuperKMeans }));
        Assert.StartsWith("KMeansBackend.SuperKMeans needs ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_managed_class_has_no_such_backend()
    {
        var error = Assert.Throws<ArgumentException>("options", () => ManagedKMeans.Train(new float[Dimension * 100], Dimension, 5, new KMeansOptions { Backend = KMeansBackend.SuperKMeans }));
        Assert.Contains("SuperKMeans", error.Message, StringComparison.Ordinal);
    }

    private static bool IsSupported => SuperKMeansEngine.IsAvailable;

    private static void RequireSuperKMeans()
    {
        Native.Require();
        Assert.SkipUnless(IsSupported, "SuperKMeans needs FAISS 1.15.0.");
    }

    private static double ObjectiveOf(KMeansResult result, float[] points)
    {
        var (labels, distances) = (new long[points.Length / Dimension], new float[points.Length / Dimension]);
        result.Assign(points, labels, distances);
        return distances.Sum(distance => (double)distance);
    }
}
