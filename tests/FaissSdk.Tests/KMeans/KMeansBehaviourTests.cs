namespace FaissSdk.Tests.KMeansTests;

/// <summary>Tests what holds for a k-means of either backend.</summary>
public class KMeansBehaviourTests
{
    public static TheoryData<KMeansBackend> Backends() => [KMeansBackend.Managed, KMeansBackend.Native];

    [Theory]
    [MemberData(nameof(Backends))]
    public void Clusters_are_found_from_one_point_of_each(KMeansBackend backend)
    {
        var points = TestData.Clustered(1000, 8, 10);
        var result = Train(backend, points, 8, 10, new() { InitialCentroids = points.AsMemory(0, 80) });
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i % 10L), result.Assign(points));
        Assert.True(result.Converged);

        // Each component is spread by a sum of three uniform numbers of width 2, whose variance is 3 · 2²/12 = 1.
        Assert.Equal(8000, result.Objective, 400f);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Training_stops_when_the_objective_is_unchanged(KMeansBackend backend)
    {
        var points = TestData.Clustered(500, 4, 5);
        var stopped = Train(backend, points, 4, 5, new() { MaxIterations = 50 });
        Assert.True(stopped.Converged);
        Assert.InRange(stopped.Iterations.Count, 2, 49);
        Assert.Equal(stopped.Iterations[^1].Objective, stopped.Iterations[^2].Objective);
        var whole = Train(backend, points, 4, 5, new() { MaxIterations = 50, StopWhenConverged = false });
        Assert.Equal(50, whole.Iterations.Count);
        Assert.Equal(stopped.Centroids, whole.Centroids);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_result_reports_the_number_of_sampled_points(KMeansBackend backend)
    {
        var result = Train(backend, TestData.Uniform(1000, 4), 4, 5, new() { MaxPointsPerCentroid = 100 });
        Assert.Equal(1000, result.PointCount);
        Assert.Equal(500, result.PointsUsed);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_result_reports_too_few_points(KMeansBackend backend)
    {
        Assert.True(Train(backend, TestData.Uniform(100, 4), 4, 5, null).TooFewPoints);
        Assert.False(Train(backend, TestData.Uniform(195, 4), 4, 5, null).TooFewPoints);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void As_many_points_as_clusters_become_the_centroids(KMeansBackend backend)
    {
        var points = TestData.Uniform(7, 4);
        var result = Train(backend, points, 4, 7, null);
        Assert.Equal(points, result.Centroids);
        Assert.Equal(0, result.Objective);
        Assert.True(result.Converged);
        Assert.Single(result.Iterations);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Spherical_centroids_have_unit_length(KMeansBackend backend)
    {
        var result = Train(backend, TestData.Uniform(500, 6), 6, 5, new() { Spherical = true });
        for (var c = 0; c < 5; c++)
        {
            Assert.Equal(1, Reference.Dot(result.GetCentroid(c), result.GetCentroid(c)), 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_spherical_redo_with_the_highest_objective_wins(KMeansBackend backend)
    {
        var points = TestData.Uniform(500, 6);
        var progress = new Collected();
        var result = Train(backend, points, 6, 5, new() { Spherical = true, Redos = 4, MaxIterations = 5 }, progress);
        var last = progress.Iterations.GroupBy(iteration => iteration.Redo).Select(redo => redo.Last()).ToArray();
        Assert.Equal(4, last.Length);
        Assert.True(last.Max(iteration => iteration.Objective) > last.Min(iteration => iteration.Objective), "All redos are equal.");
        Assert.Equal(last.Max(iteration => iteration.Objective), result.Objective);
        Assert.Equal(last.MaxBy(iteration => iteration.Objective).Redo, result.Iterations[0].Redo);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_redo_with_the_lowest_objective_wins(KMeansBackend backend)
    {
        var progress = new Collected();
        var result = Train(backend, TestData.Clustered(500, 6, 12), 6, 12, new() { Redos = 5 }, progress);
        var last = progress.Iterations.GroupBy(iteration => iteration.Redo).Select(redo => redo.Last()).ToArray();
        Assert.Equal(5, last.Length);
        Assert.Equal(last.Min(iteration => iteration.Objective), result.Objective);
        Assert.Equal(last.MinBy(iteration => iteration.Objective).Redo, result.Iterations[0].Redo);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Integer_centroids_are_integers(KMeansBackend backend)
    {
        var points = TestData.Clustered(500, 6, 5);
        Assert.All(Train(backend, points, 6, 5, new() { IntegerCentroids = true }).Centroids.ToArray(), c => Assert.Equal(MathF.Round(c), c));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_single_centroid_is_the_mean(KMeansBackend backend)
    {
        var points = TestData.Uniform(300, 3);
        var result = Train(backend, points, 3, 1, new() { MaxPointsPerCentroid = 300 });
        for (var j = 0; j < 3; j++)
        {
            Assert.Equal(points.Where((_, i) => i % 3 == j).Average(x => (double)x), result.Centroids[j], 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Equal_seeds_give_equal_results(KMeansBackend backend)
    {
        var points = TestData.Uniform(2000, 10);
        var options = new KMeansOptions { Seed = 99, Redos = 2 };
        Assert.Equal(Train(backend, points, 10, 20, options).Centroids, Train(backend, points, 10, 20, options).Centroids);
        Assert.False(Train(backend, points, 10, 20, options).Centroids.SequenceEqual(Train(backend, points, 10, 20, options with { Seed = 98 }).Centroids));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Identical_points_terminate(KMeansBackend backend)
    {
        var result = Train(backend, Enumerable.Repeat(1f, 400).ToArray(), 4, 10, null);
        Assert.All(result.Centroids.ToArray(), c => Assert.Equal(1, c, 0.1));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Assign_gives_ties_to_the_lowest_index(KMeansBackend backend)
    {
        // Small integers make every sum exact in any order, so that equal centroids are a tie for BLAS as well.
        float[] centroid = [3, 1, 4, 1, 5, 9, 2, 6];
        var result = Train(backend, TestData.Uniform(40, 8), 8, 40, null);
        var tied = new KMeansResult(Enumerable.Repeat(centroid, 40).SelectMany(c => c).ToArray(), 8, null, backend == KMeansBackend.Native ? NativeCentroidAssigner.Instance : ManagedCentroidAssigner.Instance)
        {
            Iterations = result.Iterations,
            Converged = true,
            Backend = backend,
            Spherical = false,
            PointCount = 40,
            PointsUsed = 40,
            TooFewPoints = false,
        };
        foreach (var count in new[] { 1, 19, 20, 500, 5000 })
        {
            Assert.All(tied.Assign(TestData.Integers(count, 8, 3)), label => Assert.Equal(0, label));
        }
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Assign_finds_the_nearest_centroid(KMeansBackend backend)
    {
        var points = TestData.Uniform(3000, 16);
        var result = Train(backend, points, 16, 50, new() { MaxIterations = 3 });
        var distances = new float[3000];
        var labels = new long[3000];
        result.Assign(points, labels, distances);
        Assert.Equal(labels, result.Assign(points));
        for (var i = 0; i < 3000; i++)
        {
            var x = points.AsSpan(i * 16, 16);
            var found = result.GetCentroid((int)labels[i]);
            Assert.Equal(Reference.SquaredDistance(x, found), distances[i], Reference.DistanceError(x, found));
            for (var c = 0; c < 50; c++)
            {
                Assert.True(Reference.SquaredDistance(x, found) <= Reference.SquaredDistance(x, result.GetCentroid(c)) + (2 * Reference.DistanceError(x, found)));
            }
        }
    }

    [Fact]
    public void Assign_packs_the_centroids_once()
    {
        const int Clusters = 500, Dimension = 64, Calls = 100;
        var result = ManagedKMeans.Train(TestData.Uniform(Clusters, Dimension), Dimension, Clusters);
        var points = TestData.Uniform(Calls, Dimension, seed: 2);
        var (labels, found) = (result.Assign(points), new long[1]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
        {
            result.Assign(points.AsSpan(i * Dimension, Dimension), found);
            Assert.Equal(labels[i], found[0]);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Calls * sizeof(float) * Clusters * Dimension / 10);
    }

    [Fact]
    public void Calls_of_Assign_at_the_same_time_find_the_same()
    {
        const int Count = 20_000;
        var points = TestData.Clustered(Count, 32, 60);
        var result = ManagedKMeans.Train(points, 32, 100, new() { MaxIterations = 2 });
        var expected = ManagedKMeans.Train(points, 32, 100, new() { MaxIterations = 2 }).Assign(points);
        Parallel.For(0, 8, i => Assert.Equal(expected[(i * 100)..], result.Assign(points.AsSpan(i * 100 * 32))));
    }

    [Fact]
    public void Auto_uses_the_native_library_if_available() =>
        Assert.Equal(FaissLibrary.IsAvailable ? KMeansBackend.Native : KMeansBackend.Managed, KMeans.Train(TestData.Uniform(100, 4), 4, 2).Backend);

    [Fact]
    public void The_native_backend_reports_where_it_looked_for_the_library()
    {
        Assert.SkipWhen(FaissLibrary.IsAvailable, "There is a native library.");
        var error = Assert.Throws<FaissLibraryException>(() => KMeans.Train(TestData.Uniform(100, 4), 4, 2, new() { Backend = KMeansBackend.Native }));
        Assert.Contains("Looked at:", error.Message);
    }

    [Fact]
    public void ManagedKMeans_rejects_the_native_backend()
    {
        var error = Assert.Throws<ArgumentException>(() => ManagedKMeans.Train(TestData.Uniform(100, 4), 4, 2, new() { Backend = KMeansBackend.Native }));
        Assert.Equal("options", error.ParamName);
        Assert.Contains("Backend is Native", error.Message);
        Assert.Equal(KMeansBackend.Managed, ManagedKMeans.Train(TestData.Uniform(100, 4), 4, 2, new() { Backend = KMeansBackend.Managed }).Backend);
    }

    private static KMeansResult Train(KMeansBackend backend, float[] points, int dimension, int clusters, KMeansOptions? options, IProgress<KMeansIteration>? progress = null)
    {
        if (backend == KMeansBackend.Native)
        {
            Native.Require();
        }

        var result = KMeans.Train(points, dimension, clusters, (options ?? new()) with { Backend = backend }, progress);
        Assert.Equal(backend, result.Backend);
        return result;
    }

    private sealed class Collected : IProgress<KMeansIteration>
    {
        public List<KMeansIteration> Iterations { get; } = [];

        public void Report(KMeansIteration value) => Iterations.Add(value);
    }
}
