using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public class BackendComparisonTests
{
    private const int Dimension = 8;
    private const int Clusters = 5;

    private static readonly VectorSet Points = new(TestData.Clustered(400, Dimension, Clusters), Dimension);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Native_and_managed_agree(bool spherical)
    {
        Native.Require();
        var options = new KMeansOptions { Spherical = spherical, Redos = 2 };

        var comparison = BackendComparison.Compare(Points, Train(KMeansBackend.Native, options), Train(KMeansBackend.Managed, options));

        Assert.Empty(comparison.Objections);
    }

    [Fact]
    public void Centered_trainings_are_compared_without_the_mean()
    {
        Native.Require();
        var points = new VectorSet([.. TestData.Uniform(2000, 16).Select(component => component + 1000)], 16);
        var options = new KMeansOptions { Center = true, MaxIterations = 5 };

        var comparison = BackendComparison.Compare(points, Train(KMeansBackend.Native, options, points), Train(KMeansBackend.Managed, options, points));

        Assert.Empty(comparison.Objections);
        Assert.InRange(comparison.ShareEqualOnSameCentroids, 0.99, 1);
    }

    [Fact]
    public void A_training_agrees_completely_with_itself()
    {
        var run = Train(KMeansBackend.Managed);

        var comparison = BackendComparison.Compare(Points, run, run);

        Assert.True(comparison.Agrees);
        Assert.Equal(0, comparison.MaxObjectiveDifference);
        Assert.Equal(1, comparison.ShareEqualOnOwnCentroids);
        Assert.True(comparison.SplitsEqual);
        Assert.Equal(run.Result.Assign(Points.Values), comparison.NativeLabels);
    }

    [Fact]
    public void Different_initial_centroids_are_an_objection()
    {
        var comparison = BackendComparison.Compare(Points, Train(KMeansBackend.Managed), Train(KMeansBackend.Managed, new KMeansOptions { Seed = 7 }));

        Assert.Contains(comparison.Objections, objection => objection.StartsWith("the first objective", StringComparison.Ordinal));
    }

    [Fact]
    public void A_deviation_of_two_percent_in_one_iteration_is_an_objection()
    {
        var run = Train(KMeansBackend.Managed);
        var tampered = run with { Iterations = [.. run.Iterations.Select(iteration => iteration.Iteration == 1 ? iteration with { Objective = iteration.Objective * 1.02f } : iteration)] };

        var comparison = BackendComparison.Compare(Points, run, tampered);

        Assert.StartsWith("the objective of an iteration", Assert.Single(comparison.Objections), StringComparison.Ordinal);
    }

    [Fact]
    public void A_final_deviation_of_two_percent_is_an_objection()
    {
        var run = Train(KMeansBackend.Managed);
        var last = run.Result.Iterations[^1];

        var comparison = BackendComparison.Compare(Points, run, WithIterations(run, [.. run.Result.Iterations.SkipLast(1), last with { Objective = last.Objective * 1.02f }]));

        Assert.StartsWith("the final objective", Assert.Single(comparison.Objections), StringComparison.Ordinal);
    }

    [Fact]
    public void An_objective_of_NaN_is_an_objection()
    {
        var run = Train(KMeansBackend.Managed);

        var comparison = BackendComparison.Compare(Points, run, WithIterations(run, [.. run.Result.Iterations.Select(iteration => iteration with { Objective = float.NaN })]));

        Assert.False(comparison.Agrees);
    }

    [Fact]
    public void A_point_assigned_to_a_far_centroid_is_an_objection()
    {
        var run = Train(KMeansBackend.Managed);
        var faulty = WithAssigner(run, new FaultyAssigner(point: 17, label => (label + 1) % Clusters));

        var comparison = BackendComparison.Compare(Points, faulty, run);

        Assert.Equal((1, 17), (comparison.WrongPoints, comparison.FirstWrongPoint));
        Assert.False(comparison.Agrees);
    }

    [Fact]
    public void A_label_that_is_not_a_cluster_is_an_objection()
    {
        var run = Train(KMeansBackend.Managed);

        var comparison = BackendComparison.Compare(Points, WithAssigner(run, new FaultyAssigner(point: 3, _ => -1)), run);

        Assert.Equal(3, comparison.FirstWrongPoint);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_point_between_two_centroids_may_go_to_either(bool spherical)
    {
        var points = new VectorSet([1, 1, 5, 0, 0, 5], 2);
        float[] centroids = [1, 0, 0, 1];
        TrainingRun run = Fixed(points, centroids, spherical, ManagedCentroidAssigner.Instance), other = Fixed(points, centroids, spherical, new FaultyAssigner(point: 0, label => 1 - label));

        var comparison = BackendComparison.Compare(points, other, run);

        Assert.Equal((1, 0), (comparison.Ties, comparison.WrongPoints));
        Assert.True(comparison.Agrees);
    }

    [Fact]
    public void Different_splits_are_reported_but_no_objection()
    {
        var run = Train(KMeansBackend.Managed);

        var comparison = BackendComparison.Compare(Points, run, run with { Iterations = [.. run.Iterations.Select(iteration => iteration with { Splits = 1 })] });

        Assert.False(comparison.SplitsEqual);
        Assert.True(comparison.Agrees);
    }

    [Fact]
    public void Objectives_within_rounding_error_do_not_count()
    {
        var points = new VectorSet([.. Enumerable.Repeat(1000f, 8)], 2);
        float[] centroids = [1000, 1000];

        var comparison = BackendComparison.Compare(
            points,
            Fixed(points, centroids, false, ManagedCentroidAssigner.Instance, objective: 0),
            Fixed(points, centroids, false, ManagedCentroidAssigner.Instance, objective: 0.125f));

        Assert.True(comparison.Agrees);
    }

    [Fact]
    public void The_verdict_comes_last()
    {
        var run = Train(KMeansBackend.Managed);

        Assert.Equal("verdict: the backends agree", BackendComparison.Compare(Points, run, run).Describe(Points.Count).Last());
    }

    [Fact]
    public void A_centered_training_knows_the_mean()
    {
        Assert.Null(Train(KMeansBackend.Managed).Mean);

        var mean = Train(KMeansBackend.Managed, new KMeansOptions { Center = true }).Mean;

        Assert.Equal(TrainingPoints.Take(Points.Values, Dimension, Clusters, Points.Count, new KMeansOptions { Center = true }).Mean, mean);
    }

    private static TrainingRun Train(KMeansBackend backend, KMeansOptions? options = null, VectorSet? points = null) =>
        TrainingRun.Train(CommandConsole.ForWriters(TextWriter.Null, TextWriter.Null), points ?? Points, Clusters, (options ?? new KMeansOptions()) with { Backend = backend }, CancellationToken.None);

    private static TrainingRun WithIterations(TrainingRun run, IReadOnlyList<KMeansIteration> iterations) => run with { Result = Copy(run.Result, ManagedCentroidAssigner.Instance, iterations) };

    private static TrainingRun WithAssigner(TrainingRun run, ICentroidAssigner assigner) => run with { Result = Copy(run.Result, assigner, run.Result.Iterations) };

    private static KMeansResult Copy(KMeansResult result, ICentroidAssigner assigner, IReadOnlyList<KMeansIteration> iterations) => new(result.Centroids.ToArray(), result.Dimension, null, assigner)
    {
        Iterations = iterations,
        Converged = result.Converged,
        Backend = result.Backend,
        Spherical = result.Spherical,
        PointCount = result.PointCount,
        PointsUsed = result.PointsUsed,
        TooFewPoints = result.TooFewPoints,
    };

    private static TrainingRun Fixed(VectorSet points, float[] centroids, bool spherical, ICentroidAssigner assigner, float objective = 1)
    {
        KMeansIteration[] iterations = [new(0, 0, objective, 1, 0, TimeSpan.Zero)];
        return new TrainingRun(
            new KMeansResult(centroids, points.Dimension, null, assigner)
            {
                Iterations = iterations,
                Converged = true,
                Backend = KMeansBackend.Managed,
                Spherical = spherical,
                PointCount = points.Count,
                PointsUsed = points.Count,
                TooFewPoints = false,
            },
            iterations,
            Redos: 1);
    }

    private sealed class FaultyAssigner(int point, Func<long, long> change) : ICentroidAssigner
    {
        public void Assign(ReadOnlySpan<float> points, ReadOnlySpan<float> centroids, int dimension, bool spherical, Span<long> labels, Span<float> distances)
        {
            ManagedCentroidAssigner.Instance.Assign(points, centroids, dimension, spherical, labels, distances);
            labels[point] = change(labels[point]);
        }
    }
}
