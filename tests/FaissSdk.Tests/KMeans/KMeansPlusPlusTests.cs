using FsCheck;

namespace FaissSdk.Tests.KMeansTests;

public class KMeansPlusPlusTests(ITestOutputHelper output)
{
    // Squared distances below this may be lost in float32.
    private const double Lost = 1e-36;

    [Cases]
    public Property Every_start_is_a_point_apart_from_those_before_while_there_is_one(KMeansCase of)
    {
        var chosen = KMeansPlusPlus.Choose(of.Points, [], of.Dimension, of.Clusters, (uint)of.Seed, 2, CancellationToken.None);
        return Judge(of, chosen).ToProperty();
    }

    [Fact]
    public void The_choice_depends_only_on_the_seed()
    {
        var points = TestData.Uniform(20_000, 3);
        float[] Choose(uint seed, int threads) => KMeansPlusPlus.Choose(points, [], 3, 20, seed, threads, CancellationToken.None);
        foreach (var threads in new[] { 1, 2, 5 })
        {
            Assert.Equal(Choose(7, 1), Choose(7, threads));
        }

        Assert.NotEqual(Choose(7, 1), Choose(8, 1));
    }

    [Fact]
    public void Points_of_weight_0_are_never_drawn()
    {
        var points = Enumerable.Range(0, 60).Select(i => (float)i).ToArray();
        var weights = points.Select(value => value % 3 == 0 ? 0f : value % 3 == 1 ? 1 : 1e-3f).ToArray();
        for (var seed = 0u; seed < 300; seed++)
        {
            var chosen = KMeansPlusPlus.Choose(points, weights, 1, 40, seed, 1, CancellationToken.None);
            Assert.Equal(40, chosen.Distinct().Count());
            Assert.DoesNotContain(chosen, value => value % 3 == 0);
        }
    }

    [Fact]
    public void Points_of_weight_0_are_not_drawn_after_all_others()
    {
        for (var seed = 0u; seed < 50; seed++)
        {
            Assert.Equal([5, 5, 5], KMeansPlusPlus.Choose([5, 9, 5, 9], [1, 0, 2, 0], 1, 3, seed, 1, CancellationToken.None));
        }
    }

    [Fact]
    public void Draws_are_proportional_to_weight_times_squared_distance()
    {
        // The other points are at distances 1 and 3 from 0, which gives shares of 4·1 and 1·9.
        float[] points = [0, 1, 3];
        float[] weights = [1e6f, 4, 1];
        var farther = Enumerable.Range(0, 4000).Count(seed => KMeansPlusPlus.Choose(points, weights, 1, 2, (uint)seed, 1, CancellationToken.None)[1] == 3);

        // Four standard deviations of a binomial distribution.
        Assert.Equal(4000 * 9 / 13.0, farther, 4 * Math.Sqrt(4000 * 9 / 13.0 * 4 / 13.0));
    }

    [Fact]
    public void The_start_is_better_than_random_for_clustered_data()
    {
        var points = TestData.Clustered(600, 8, 12);
        double Mean(KMeansInitialization initialization) => Enumerable.Range(0, 50).Average(seed => ManagedKMeans.Train(points, 8, 12, new() { Seed = seed, MaxIterations = 1, Initialization = initialization }).Objective);
        var (random, chosen) = (Mean(KMeansInitialization.RandomPoints), Mean(KMeansInitialization.KMeansPlusPlus));
        output.WriteLine(FormattableString.Invariant($"mean objective at the start: {random:G4} from random points, {chosen:G4} by k-means++"));
        Assert.True(chosen < random / 2);
    }

    [Theory]
    [InlineData(KMeansBackend.Managed)]
    [InlineData(KMeansBackend.Native)]
    public void Identical_points_terminate(KMeansBackend backend)
    {
        RequireFor(backend);
        var result = KMeans.Train(Enumerable.Repeat(1f, 400).ToArray(), 4, 10, new() { Initialization = KMeansInitialization.KMeansPlusPlus, Backend = backend });
        Assert.All(result.Centroids.ToArray(), value => Assert.Equal(1, value, 0.1));
    }

    [Theory]
    [InlineData(KMeansBackend.Managed)]
    [InlineData(KMeansBackend.Native)]
    public void Both_backends_start_from_the_points_drawn(KMeansBackend backend)
    {
        RequireFor(backend);
        var points = TestData.Clustered(600, 8, 12);
        var options = new KMeansOptions { Initialization = KMeansInitialization.KMeansPlusPlus, Backend = backend, MaxIterations = 2 };
        var start = KMeansPlusPlus.Choose(points, [], 8, 12, RandomSample.SeedOfRedo(options.Seed, 0), 1, CancellationToken.None);
        var given = KMeans.Train(points, 8, 12, options with { InitialCentroids = start });
        Assert.Equal(given.Centroids, KMeans.Train(points, 8, 12, options).Centroids);
    }

    private static Verdict Judge(KMeansCase of, float[] chosen)
    {
        var points = of.Points.Chunk(of.Dimension).ToArray();
        var starts = chosen.Chunk(of.Dimension).ToArray();
        for (var c = 0; c < starts.Length; c++)
        {
            double ToBefore(float[] point) => c == 0 ? 1 : starts[..c].Min(before => Reference.SquaredDistance(point, before));
            if (!points.Any(point => point.AsSpan().SequenceEqual(starts[c])))
            {
                return Verdict.Broken($"start {c} is no point");
            }

            if (ToBefore(starts[c]) == 0 && points.Any(point => ToBefore(point) > Lost))
            {
                return Verdict.Broken($"start {c} was drawn before, and there are others");
            }
        }

        return Verdict.Kept;
    }

    private static void RequireFor(KMeansBackend backend)
    {
        if (backend == KMeansBackend.Native)
        {
            Native.Require();
        }
    }
}
