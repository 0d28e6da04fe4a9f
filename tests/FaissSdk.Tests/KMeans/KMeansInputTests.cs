using System.Reflection;

namespace FaissSdk.Tests.KMeansTests;

public class KMeansInputTests
{
    public static TheoryData<KMeansBackend> Backends() => [KMeansBackend.Managed, KMeansBackend.Native];

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_length_that_is_no_multiple_of_the_dimension_is_rejected(KMeansBackend backend) =>
        AssertRejected<ArgumentException>(backend, new float[10], 3, 2, null, "points", "10", "3");

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_dimension_of_zero_is_rejected(KMeansBackend backend) =>
        AssertRejected<ArgumentOutOfRangeException>(backend, new float[10], 0, 2, null, "dimension", "0");

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_negative_number_of_clusters_is_rejected(KMeansBackend backend) =>
        AssertRejected<ArgumentOutOfRangeException>(backend, new float[10], 2, -1, null, "clusters", "-1");

    [Theory]
    [MemberData(nameof(Backends))]
    public void Fewer_points_than_clusters_are_rejected(KMeansBackend backend) =>
        AssertRejected<ArgumentException>(backend, new float[10], 2, 6, null, "points", "5", "6");

    [Theory]
    [MemberData(nameof(Backends))]
    public void Empty_points_are_rejected(KMeansBackend backend) =>
        AssertRejected<ArgumentException>(backend, [], 2, 1, null, "points", "0", "1");

    [Theory]
    [InlineData(KMeansBackend.Managed, float.NaN)]
    [InlineData(KMeansBackend.Native, float.NaN)]
    [InlineData(KMeansBackend.Managed, float.NegativeInfinity)]
    [InlineData(KMeansBackend.Native, float.PositiveInfinity)]
    public void A_component_that_is_not_finite_is_rejected(KMeansBackend backend, float component)
    {
        var points = TestData.Uniform(100, 4);
        points[(70 * 4) + 3] = component;
        AssertRejected<ArgumentException>(backend, points, 4, 2, null, "points", "vector 70, component 3");
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Points_whose_distances_overflow_are_rejected(KMeansBackend backend)
    {
        var points = TestData.Uniform(100, 4);
        points[(70 * 4) + 3] = 1e19f;
        AssertRejected<ArgumentException>(backend, points, 4, 2, null, "points", "1E+19", "70");
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_negative_seed_is_rejected(KMeansBackend backend) =>
        AssertRejected<ArgumentOutOfRangeException>(backend, new float[10], 2, 2, new() { Seed = -5 }, "Seed", "-5");

    [Theory]
    [MemberData(nameof(Backends))]
    public void Zero_iterations_are_rejected(KMeansBackend backend) =>
        AssertRejected<ArgumentOutOfRangeException>(backend, new float[10], 2, 2, new() { MaxIterations = 0 }, "Iterations", "0");

    [Theory]
    [MemberData(nameof(Backends))]
    public void Initial_centroids_of_the_wrong_size_are_rejected(KMeansBackend backend) =>
        AssertRejected<ArgumentException>(backend, new float[10], 2, 2, new() { InitialCentroids = new float[3] }, "InitialCentroids", "3", "4");

    [Theory]
    [MemberData(nameof(Backends))]
    public void Initial_centroids_allow_only_one_redo(KMeansBackend backend) =>
        AssertRejected<ArgumentException>(backend, new float[10], 2, 2, new() { InitialCentroids = new float[4], Redos = 2 }, "InitialCentroids", "Redos is 2");

    [Theory]
    [MemberData(nameof(Backends))]
    public void Initial_centroids_that_would_not_be_used_are_rejected(KMeansBackend backend) =>
        AssertRejected<ArgumentException>(backend, new float[10], 2, 5, new() { InitialCentroids = new float[10] }, "InitialCentroids", "5");

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_invalid_number_of_threads_is_rejected(KMeansBackend backend)
    {
        AssertRejected<ArgumentOutOfRangeException>(backend, new float[10], 2, 2, new() { MaxDegreeOfParallelism = 0 }, "MaxDegreeOfParallelism", "0");
        AssertRejected<ArgumentOutOfRangeException>(backend, new float[10], 2, 2, new() { MaxDegreeOfParallelism = -2 }, "MaxDegreeOfParallelism", "-2");
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Center_cannot_be_combined_with_Spherical(KMeansBackend backend) =>
        AssertRejected<ArgumentException>(backend, new float[10], 2, 2, new() { Center = true, Spherical = true }, "Center", "Spherical");

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_undefined_initialization_is_rejected(KMeansBackend backend) =>
        AssertRejected<ArgumentOutOfRangeException>(backend, new float[10], 2, 2, new() { Initialization = (KMeansInitialization)7 }, "Initialization", "7");

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_undefined_summation_is_rejected(KMeansBackend backend) =>
        AssertRejected<ArgumentOutOfRangeException>(backend, new float[10], 2, 2, new() { Summation = (KMeansSummation)7 }, "Summation", "7");

    [Fact]
    public void An_undefined_backend_is_rejected() =>
        Assert.Contains("9", Assert.Throws<ArgumentOutOfRangeException>(() => KMeans.Train(new float[10], 2, 2, new() { Backend = (KMeansBackend)9 })).Message);

    [Fact]
    public void Options_have_only_public_state() => Assert.All(
        typeof(KMeansOptions).GetFields(BindingFlags.Instance | BindingFlags.NonPublic),
        field => Assert.NotNull(typeof(KMeansOptions).GetProperty(field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)])));

    [Theory]
    [MemberData(nameof(Backends))]
    public void Assigning_no_points_returns_no_labels(KMeansBackend backend) =>
        Assert.Empty(Train(backend, TestData.Uniform(100, 4), 4, 3, null).Assign([]));

    [Theory]
    [MemberData(nameof(Backends))]
    public void Assign_rejects_labels_of_the_wrong_length(KMeansBackend backend)
    {
        var result = Train(backend, TestData.Uniform(100, 4), 4, 3, null);
        var error = Assert.Throws<ArgumentException>(() => result.Assign(new float[8], new long[3]));
        Assert.Equal("labels", error.ParamName);
        Assert.Contains("3", error.Message);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Assign_rejects_components_that_are_not_finite_or_too_large(KMeansBackend backend)
    {
        var result = Train(backend, TestData.Uniform(100, 4), 4, 3, null);
        Assert.Equal("points", Assert.Throws<ArgumentException>(() => result.Assign([1, 2, 3, float.NaN])).ParamName);
        Assert.Equal("points", Assert.Throws<ArgumentException>(() => result.Assign([1, 2, 3, 1e20f])).ParamName);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_canceled_token_ends_training(KMeansBackend backend)
    {
        RequireFor(backend);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            KMeans.Train(TestData.Uniform(100, 4), 4, 3, new() { Backend = backend }, null, new CancellationToken(true)));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Training_can_be_canceled_between_iterations(KMeansBackend backend)
    {
        RequireFor(backend);
        using var source = new CancellationTokenSource();
        var seen = 0;
        var progress = new Immediate(_ =>
        {
            if (++seen == 2)
            {
                source.Cancel();
            }
        });
        Assert.ThrowsAny<OperationCanceledException>(() =>
            KMeans.Train(TestData.Uniform(1000, 4), 4, 30, new() { Backend = backend }, progress, source.Token));
        Assert.Equal(2, seen);
    }

    private static void AssertRejected<TException>(KMeansBackend backend, float[] points, int dimension, int clusters, KMeansOptions? options, params string[] named)
        where TException : ArgumentException
    {
        RequireFor(backend);
        var error = Assert.Throws<TException>(() => Train(backend, points, dimension, clusters, options));
        Assert.All(named, name => Assert.Contains(name, error.Message));
    }

    private static KMeansResult Train(KMeansBackend backend, float[] points, int dimension, int clusters, KMeansOptions? options)
    {
        RequireFor(backend);
        return KMeans.Train(points, dimension, clusters, (options ?? new()) with { Backend = backend });
    }

    private static void RequireFor(KMeansBackend backend)
    {
        if (backend == KMeansBackend.Native)
        {
            Native.Require();
        }
    }
}
