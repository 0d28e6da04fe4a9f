namespace FaissSdk.Tests.KMeansTests;

/// <summary>Tests that bounds and integer scores change the time of a training but not its result.</summary>
public class KMeansPruningTests
{
    private static readonly Dictionary<string, (float[] Points, int Dimension, int Clusters, KMeansOptions Options)> Cases = new()
    {
        ["clustered"] = (TestData.Clustered(9000, 16, 100), 16, 100, All(9000)),
        ["clustered, wide"] = (TestData.Clustered(3000, 67, 40), 67, 40, All(3000)),
        ["uniform"] = (TestData.Uniform(5000, 33), 33, 130, All(5000)),
        ["one dimension"] = (TestData.Uniform(3000, 1), 1, 30, All(3000)),
        ["one cluster"] = (TestData.Uniform(3000, 9), 9, 1, All(3000)),
        ["far from the origin"] = ([.. TestData.Clustered(4000, 16, 50).Select(x => x + 1000)], 16, 50, All(4000)),
        ["so far that rounding decides"] = ([.. TestData.Uniform(3000, 16).Select(x => x + 10000)], 16, 70, All(3000)),
        ["tiny"] = ([.. TestData.Clustered(3000, 16, 50).Select(x => x * 1e-22f)], 16, 50, All(3000)),
        ["huge"] = ([.. TestData.Clustered(3000, 16, 50).Select(x => x * 1e13f)], 16, 50, All(3000)),
        ["duplicates, splits in every iteration"] = (TestData.Duplicates(3000, 12, 40), 12, 90, All(3000)),
        ["identical points"] = (Enumerable.Repeat(1f, 3000 * 8).ToArray(), 8, 70, All(3000)),
        ["spherical"] = (TestData.Uniform(4000, 24), 24, 100, All(4000) with { Spherical = true }),
        ["spherical, clustered"] = (Directions(4000, 24, 100), 24, 100, All(4000) with { Spherical = true }),
        ["integer centroids"] = (TestData.Clustered(4000, 24, 80), 24, 80, All(4000) with { IntegerCentroids = true }),
        ["three redos"] = (TestData.Clustered(3000, 16, 60), 16, 60, All(3000) with { Redos = 3 }),
        ["weights"] = (TestData.Clustered(3000, 16, 60), 16, 60, All(3000) with { Weights = TestData.Uniform(3000, 1, 5) }),
        ["centered"] = ([.. TestData.Clustered(4000, 16, 50).Select(x => x + 1000)], 16, 50, All(4000) with { Center = true }),
        ["sparse"] = (Sparse(4000, 200, 0.05), 200, 90, All(4000)),
        ["sparse, spherical"] = (Sparse(3000, 131, 0.1), 131, 70, All(3000) with { Spherical = true }),
        ["sparse, one component or none"] = (Sparse(3000, 64, 0.01), 64, 60, All(3000)),
        ["many clusters"] = (TestData.Clustered(5000, 8, 700), 8, 700, All(5000)),
    };

    public static TheoryData<string> Names() => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_bit_is_the_same(string name)
    {
        var (points, dimension, clusters, options) = Cases[name];
        var full = ManagedKMeans.Train(points, dimension, clusters, options with { Pruning = false });
        AssertSame(full, ManagedKMeans.Train(points, dimension, clusters, options, new SearchTuning(SearchMethod.Bounds)));
        AssertSame(full, ManagedKMeans.Train(points, dimension, clusters, options, new SearchTuning(SearchMethod.Integer)));
        AssertSame(full, ManagedKMeans.Train(points, dimension, clusters, options, new SearchTuning(SearchMethod.Projected)));
        AssertSame(full, ManagedKMeans.Train(points, dimension, clusters, options, new SearchTuning(SearchMethod.Sparse)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Every_bit_is_the_same_for_any_number_of_threads(int threads)
    {
        var points = TestData.Clustered(30_000, 70, 80);
        var options = All(30_000);
        var expected = ManagedKMeans.Train(points, 70, 100, options with { MaxDegreeOfParallelism = 1 });
        AssertSame(expected, ManagedKMeans.Train(points, 70, 100, options with { MaxDegreeOfParallelism = threads }));
        AssertSame(expected, ManagedKMeans.Train(points, 70, 100, options with { MaxDegreeOfParallelism = threads }, new SearchTuning(SearchMethod.Bounds)));
        AssertSame(expected, ManagedKMeans.Train(points, 70, 100, options with { MaxDegreeOfParallelism = threads }, new SearchTuning(SearchMethod.Integer)));
        AssertSame(expected, ManagedKMeans.Train(points, 70, 100, options with { MaxDegreeOfParallelism = threads }, new SearchTuning(SearchMethod.Projected)));
        AssertSame(expected, ManagedKMeans.Train(points, 70, 100, options with { MaxDegreeOfParallelism = threads }, new SearchTuning(SearchMethod.Sparse)));
    }

    [Theory]
    [InlineData(0.05, true)]
    [InlineData(0.45, true)]
    [InlineData(0.55, false)]
    [InlineData(1.0, false)]
    public void Sparse_points_are_searched_by_their_components_where_that_is_faster(double density, bool isTried)
    {
        Assert.SkipWhen(NearestCentroid.Fastest == NearestCentroid.Portable, "Without vectors of the processor there is no kernel for sparse points.");
        var tuning = new SearchTuning();
        ManagedKMeans.Train(Sparse(60_000, 256, density), 256, 256, All(60_000) with { MaxIterations = 2 }, tuning);
        Assert.Equal(isTried, tuning.ToString().Contains("Sparse", StringComparison.Ordinal));
        if (density < 0.1)
        {
            Assert.StartsWith("Sparse", tuning.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Bounds_exclude_other_groups_of_well_separated_clusters()
    {
        const int Dimension = 32;
        var points = TestData.Clustered(2560, Dimension, 64);
        var centroids = points[..(64 * Dimension)];
        var panels = new CentroidPanels(64, Dimension, NearestCentroid.Fastest.PanelWidth, CentroidBounds.GroupsAtOnce);
        panels.Pack(centroids, false);
        var bounds = new CentroidBounds(2560, centroids, panels, spherical: false, always: true);
        var (labels, distances) = (new int[2560], new float[2560]);
        var norms = VectorNorms.Squared(points, Dimension, 1);
        for (var search = 0; search < 3; search++)
        {
            bounds.Begin(centroids);
            NearestCentroid.Fastest.Find(points, norms, centroids, panels, false, labels, distances, 1, CancellationToken.None, new() { Bounds = bounds, HasLabels = true });
        }

        Assert.Equal(Enumerable.Range(0, 2560).Select(i => i % 64), labels);
        var stored = bounds.BoundsOf(0);
        var needed = 0;
        for (var row = 0; row < CentroidBounds.BlockRows; row++)
        {
            for (var group = 0; group < bounds.Groups; group++)
            {
                needed += stored[(row * bounds.Groups) + group] * stored[(row * bounds.Groups) + group] <= distances[row] ? 1 : 0;
            }
        }

        Assert.Equal(0, needed);
    }

    [Fact]
    public void Bounds_take_at_most_a_quarter_of_the_points_memory()
    {
        Assert.False(CentroidBounds.AreWorthwhile(1_000_000, 1000, 15, 16));
        Assert.True(CentroidBounds.AreWorthwhile(1_000_000, 1000, 16, 16));
        Assert.False(CentroidBounds.AreWorthwhile(1000, 1000, 16, 16));
        Assert.False(CentroidBounds.AreWorthwhile(1_000_000, 16, 16, 16));
        var bounds = new CentroidBounds(1000, new float[1000 * 67], new CentroidPanels(1000, 67, 16), false, false);
        Assert.InRange(bounds.Groups, 4, 67 / 4);
        Assert.Equal(1000 * bounds.Groups, Enumerable.Range(0, 4).Sum(block => bounds.BoundsOf(block).Length));
    }

    private static void AssertSame(KMeansResult expected, KMeansResult actual)
    {
        Assert.Equal(expected.Centroids, actual.Centroids);
        Assert.Equal(
            expected.Iterations.Select(iteration => iteration with { Elapsed = TimeSpan.Zero }),
            actual.Iterations.Select(iteration => iteration with { Elapsed = TimeSpan.Zero }));
    }

    /// <summary>Creates points most components of which are 0, some of them −0.</summary>
    private static float[] Sparse(int count, int dimension, double density)
    {
        var random = new Random(count + dimension);
        var points = new float[count * dimension];
        foreach (ref var component in points.AsSpan())
        {
            component = random.NextDouble() < density ? (random.NextSingle() * 2) - 1 : random.Next(8) == 0 ? -0f : 0;
        }

        return points;
    }

    private static float[] Directions(int count, int dimension, int clusters)
    {
        var points = TestData.Clustered(count, dimension, clusters).Select(x => x - 50).ToArray();
        return [.. points.Chunk(dimension).SelectMany(point => point.Select(x => (float)(x / Math.Sqrt(Reference.Dot(point, point)))))];
    }

    private static KMeansOptions All(int count) => new() { MaxIterations = 12, MaxPointsPerCentroid = count, StopWhenConverged = false };
}
