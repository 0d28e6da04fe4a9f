namespace FaissSdk.Tests.KMeansTests;

/// <summary>Tests that subtracting the mean restores the precision of points far from the origin.</summary>
public class KMeansCenterTests(ITestOutputHelper output)
{
    private const int Dimension = 16;
    private const int Clusters = 64;

    private static readonly float[] Far = Array.ConvertAll(TestData.Uniform(4000, Dimension), value => 1000 + value);

    public static TheoryData<KMeansBackend> Backends() => [KMeansBackend.Managed, KMeansBackend.Native];

    [Theory]
    [MemberData(nameof(Backends))]
    public void Centering_prevents_misassignment_far_from_the_origin(KMeansBackend backend)
    {
        var (plain, centered) = (Misassigned(Train(backend, Far, new() { MaxIterations = 5 })), Misassigned(Train(backend, Far, new() { MaxIterations = 5, Center = true })));
        output.WriteLine(FormattableString.Invariant($"{backend}: 1000 + U(0, 1), d {Dimension}, k {Clusters}: {plain:P1} misassigned, with the mean subtracted {centered:P2}"));
        Assert.InRange(centered, 0, 0.01);

        // Some versions of FAISS misassign no point at this size: their formula depends on version, size and processor.
        Assert.True(backend == KMeansBackend.Native || plain > 0.5, $"{plain}");
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Centroids_lie_among_the_points(KMeansBackend backend)
    {
        var result = Train(backend, Far, new() { Center = true });
        Assert.All(result.Centroids.ToArray(), value => Assert.InRange(value, 1000, 1001));
        Assert.True(result.Objective < Train(backend, Far, new() { Center = true, MaxIterations = 1 }).Objective);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Assign_returns_the_distances_of_the_training(KMeansBackend backend)
    {
        var result = Train(backend, Far, new() { Center = true, MaxIterations = 200 });
        Assert.True(result.Converged);
        var (labels, distances) = (new long[4000], new float[4000]);
        result.Assign(Far, labels, distances);
        Assert.Equal(labels, result.Assign(Far));

        // The order of a native sum may depend on the number of queries; adding up n distances has n roundings.
        Assert.Equal(result.Objective, distances.Aggregate(0f, (sum, distance) => sum + distance), RoundingBound.Sum(2 * 4000, result.Objective));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Assign_is_correct_for_new_points(KMeansBackend backend)
    {
        var result = Train(backend, Far, new() { Center = true });
        var points = Array.ConvertAll(TestData.Uniform(20_000, Dimension, 9), value => 1000 + value);
        Assert.InRange(Misassigned(result, points), 0, 0.01);
        Assert.Empty(result.Assign([]));
    }

    [Fact]
    public void Assign_names_the_point_that_is_too_long()
    {
        var result = Train(KMeansBackend.Managed, Far, new() { Center = true, MaxIterations = 1 });
        var points = TestData.Uniform(20_000, Dimension);
        points[17_000 * Dimension] = 3e19f;
        Assert.Contains("(number 17000)", Assert.Throws<ArgumentException>("points", () => result.Assign(points)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Centered_integer_centroids_are_integers(KMeansBackend backend) =>
        Assert.All(Train(backend, Far, new() { Center = true, IntegerCentroids = true }).Centroids.ToArray(), value => Assert.Equal(MathF.Round(value), value));

    [Theory]
    [MemberData(nameof(Backends))]
    public void As_many_points_as_clusters_are_returned_up_to_the_last_bit(KMeansBackend backend)
    {
        var points = Far[..(Clusters * Dimension)];
        var result = Train(backend, points, new() { Center = true });
        Assert.All(points.Zip(result.Centroids.ToArray()), pair => Assert.InRange(pair.Second, MathF.BitDecrement(pair.First), MathF.BitIncrement(pair.First)));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Initial_centroids_are_centered_as_well(KMeansBackend backend)
    {
        var start = Far[..(Clusters * Dimension)];
        Assert.InRange(Misassigned(Train(backend, Far, new() { Center = true, InitialCentroids = start, MaxIterations = 1 })), 0, 0.01);
    }

    private static double Misassigned(KMeansResult result, float[]? points = null)
    {
        points ??= Far;
        var labels = result.Assign(points);
        var scores = new ExactScores(points, result.Centroids.ToArray(), Dimension, false);
        return Enumerable.Range(0, scores.Count).Count(i => scores.Score(i, (int)labels[i]) > scores.Score(i, scores.Nearest(i))) / (double)scores.Count;
    }

    private static KMeansResult Train(KMeansBackend backend, float[] points, KMeansOptions options)
    {
        if (backend == KMeansBackend.Native)
        {
            Native.Require();
        }

        return KMeans.Train(points, Dimension, Clusters, options with { Backend = backend });
    }
}
