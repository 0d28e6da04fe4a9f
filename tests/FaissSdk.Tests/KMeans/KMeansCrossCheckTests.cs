namespace FaissSdk.Tests.KMeansTests;

/// <summary>Compares the managed k-means, and the stepping native backend, with one native call.</summary>
public class KMeansCrossCheckTests
{
    /// <summary>The inputs by name, so that a failure names its input.</summary>
    private static readonly Dictionary<string, (float[] Points, int Dimension, int Clusters, KMeansOptions Options)> Cases = new()
    {
        ["uniform"] = (TestData.Uniform(5000, 32), 32, 50, All(5000)),
        ["clustered"] = (TestData.Clustered(5000, 16, 40), 16, 40, All(5000)),
        ["subsampled"] = (TestData.Uniform(20000, 16), 16, 30, new() { MaxIterations = 10 }),
        ["subsampled, other seed"] = (TestData.Uniform(20000, 16), 16, 30, new() { MaxIterations = 10, Seed = 0 }),
        ["one more than is used"] = (TestData.Clustered((20 * 50) + 1, 8, 20), 8, 20, new() { MaxIterations = 10, MaxPointsPerCentroid = 50 }),

        // With more clusters than distinct points, the rounding of BLAS decides the ties after the first splits.
        ["splits"] = (TestData.Duplicates(2000, 12, 40), 12, 60, All(2000) with { MaxIterations = 2 }),
        ["three redos"] = (TestData.Clustered(3000, 8, 25), 8, 25, All(3000) with { Redos = 3 }),
        ["three redos, subsampled"] = (TestData.Clustered(9000, 8, 25), 8, 25, new() { MaxIterations = 8, Redos = 3, MaxPointsPerCentroid = 100, Seed = 77 }),
        ["spherical"] = (TestData.Uniform(4000, 24), 24, 30, All(4000) with { Spherical = true }),
        ["spherical, three redos"] = (TestData.Uniform(4000, 24), 24, 30, All(4000) with { Spherical = true, Redos = 3 }),
        ["integer centroids"] = (TestData.Clustered(4000, 24, 20), 24, 20, All(4000) with { IntegerCentroids = true }),
        ["n = k"] = (TestData.Uniform(40, 8), 8, 40, new() { MaxIterations = 10 }),
        ["n = k, spherical"] = (TestData.Uniform(40, 8), 8, 40, new() { MaxIterations = 10, Spherical = true }),
        ["sample of k"] = (TestData.Uniform(200, 8), 8, 40, new() { MaxIterations = 10, MaxPointsPerCentroid = 1 }),
        ["n = k + 1"] = (TestData.Uniform(41, 8), 8, 40, new() { MaxIterations = 10 }),
        ["one dimension"] = (TestData.Uniform(3000, 1), 1, 20, All(3000)),
        ["one cluster"] = (TestData.Uniform(3000, 8), 8, 1, All(3000)),
        ["largest seed"] = (TestData.Uniform(3000, 8), 8, 10, All(3000) with { Seed = int.MaxValue, Redos = 2 }),
    };

    public static TheoryData<string> Names() => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Initial_centroids_equal_those_of_FAISS_bit_for_bit(string name)
    {
        Native.Require();
        var (points, dimension, clusters, options) = Cases[name];
        var expected = OneCall.InitialCentroids(points, dimension, clusters, options);
        var count = points.Length / dimension;
        var used = (int)Math.Min(count, (long)clusters * options.MaxPointsPerCentroid);
        var sample = used < count ? RandomSample.Subsample(points, dimension, used, options.Seed) : points;
        var start = used == clusters ? points[..(clusters * dimension)] : RandomSample.InitialCentroids(sample, dimension, clusters, options.Seed, 0);
        if (used != clusters && options.Spherical)
        {
            // They are normalized after they are drawn, and the last bit depends on the order of a sum.
            Assert.All(expected.Zip(Normalized(start, dimension)), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        }
        else
        {
            Assert.Equal(expected, options.IntegerCentroids ? [.. start.Select(c => MathF.Round(c, MidpointRounding.AwayFromZero))] : start);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_managed_objective_follows_FAISS_iteration_by_iteration(string name)
    {
        Native.Require();
        var (points, dimension, clusters, options) = Cases[name];
        var native = OneCall.Train(points, dimension, clusters, options);
        var managed = KMeans.Train(points, dimension, clusters, options with { Backend = KMeansBackend.Managed, StopWhenConverged = false });

        // Newer FAISS stops when the objective is unchanged; from there on the managed objective is unchanged as well.
        var last = managed.Iterations.Count - 1;
        var stats = native.Stats;
        Assert.InRange(stats.Length, 1, managed.Iterations.Count);
        var error = RoundingOfObjective(points, dimension) * managed.PointsUsed / managed.PointCount;
        for (var i = 0; i < stats.Length; i++)
        {
            Assert.Equal(stats[i].Objective, managed.Iterations[i].Objective, (1e-4 * stats[i].Objective) + error);
            Assert.Equal(stats[i].Imbalance, managed.Iterations[i].Imbalance, 0.05 * stats[i].Imbalance);
        }

        Assert.Equal(stats[^1].Objective, managed.Iterations[last].Objective, (1e-4 * stats[^1].Objective) + error);
        Assert.Equal(stats[0].Splits, managed.Iterations[0].Splits);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Stepping_natively_equals_one_call(string name)
    {
        Native.Require();
        var (points, dimension, clusters, options) = Cases[name];
        var oneCall = OneCall.Train(points, dimension, clusters, options);
        var stepped = KMeans.Train(points, dimension, clusters, options with { Backend = KMeansBackend.Native, StopWhenConverged = false });
        if (options.Spherical)
        {
            // Each step normalizes its initial centroids once more than a single call does, which may change the last bit.
            Assert.Equal(oneCall.Stats[^1].Objective, stepped.Objective, 1e-4 * stepped.Objective);
            return;
        }

        Assert.Equal(oneCall.Centroids, stepped.Centroids);
        Assert.Equal(oneCall.Stats[^1].Objective, stepped.Objective);
        Assert.Equal(oneCall.Stats[^1].Splits, stepped.Iterations[^1].Splits);
        Assert.Equal(oneCall.Stats[^1].Imbalance, stepped.Iterations[^1].Imbalance);
    }

    [Fact]
    public void Duplicates_force_splits()
    {
        Native.Require();
        var (points, dimension, clusters, options) = Cases["splits"];
        var native = OneCall.Train(points, dimension, clusters, options);
        Assert.True(native.Stats[0].Splits >= 20, $"{native.Stats[0].Splits}");
    }

    /// <summary>Returns the rounding error of the objective, which dominates if clusters are much tighter than their distance from the origin.</summary>
    private static double RoundingOfObjective(float[] points, int dimension) =>
        points.Chunk(dimension).Sum(point => Reference.DistanceError(point, point));

    private static KMeansOptions All(int count) => new() { MaxIterations = 10, MaxPointsPerCentroid = count };

    private static float[] Normalized(float[] vectors, int dimension) =>
        [.. vectors.Chunk(dimension).SelectMany(vector => vector.Select(component => (float)(component / Math.Sqrt(Reference.Dot(vector, vector)))))];
}
