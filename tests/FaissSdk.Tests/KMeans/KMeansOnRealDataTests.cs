using System.Diagnostics;
using FaissSdk.Cli;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Compares both backends at full size, and prints the figures (run with <c>-method "*KMeansOnRealDataTests*" -showLiveOutput</c>).</summary>
public class KMeansOnRealDataTests(ITestOutputHelper output)
{
    private const int Uniform = 100_000;

    private static readonly Lazy<VectorSet> Documentation =
        new(() => MemberCorpus.Build(DocumentationReader.Read(DocumentationFolder.FindFiles(null), CancellationToken.None)).Vectors);

    private static readonly Lazy<VectorSet> UniformPoints = new(() => new VectorSet(TestData.Uniform(Uniform, 128), 128));

    private static readonly Dictionary<string, (Lazy<VectorSet> Points, int Clusters, KMeansOptions Options)> Cases = new()
    {
        ["documentation"] = (Documentation, 256, Whole),
        ["documentation, sampled"] = (Documentation, 64, new() { MaxIterations = 10 }),
        ["documentation, 3 redos"] = (Documentation, 256, Whole with { Redos = 3 }),
        ["documentation, spherical"] = (Documentation, 256, Whole with { Spherical = true }),
        ["uniform"] = (UniformPoints, 256, Whole),
        ["uniform, sampled"] = (UniformPoints, 256, new() { MaxIterations = 10 }),
        ["uniform, 3 redos"] = (UniformPoints, 256, Whole with { Redos = 3 }),
        ["uniform, spherical"] = (UniformPoints, 256, Whole with { Spherical = true }),
        ["duplicates, splits"] = (new(() => new VectorSet(TestData.Duplicates(Uniform, 128, 200), 128)), 256, Whole with { MaxIterations = 2 }),
        ["uniform, n = k"] = (new(() => new VectorSet(TestData.Uniform(2000, 128), 128)), 2000, Whole),
    };

    private static KMeansOptions Whole => new() { MaxIterations = 10, MaxPointsPerCentroid = Uniform };

    public static TheoryData<string> Names() => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_managed_k_means_follows_one_native_call(string name)
    {
        Native.Require();
        var (lazyPoints, clusters, options) = Cases[name];
        var (points, dimension) = (lazyPoints.Value.Values, lazyPoints.Value.Dimension);

        var clock = Stopwatch.StartNew();
        var native = OneCall.Train(points, dimension, clusters, options);
        var nativeSeconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        var managed = ManagedKMeans.Train(points, dimension, clusters, options with { StopWhenConverged = false });
        var managedSeconds = clock.Elapsed.TotalSeconds;

        var compared = Math.Min(native.Stats.Length, managed.Iterations.Count);
        var difference = Enumerable.Range(0, compared).Max(i => RelativeDifference(managed.Iterations[i].Objective, native.Stats[i].Objective));
        var (nativeLabels, managedLabels) = (new long[points.Length / dimension], managed.Assign(points));
        NativeCentroidAssigner.Instance.Assign(points, native.Centroids, dimension, options.Spherical, nativeLabels, default);
        var alike = nativeLabels.Zip(managedLabels).Count(pair => pair.First == pair.Second) / (double)nativeLabels.Length;
        var start = OneCall.InitialCentroids(points, dimension, clusters, options);
        var equal = start.Zip(ManagedStart(points, dimension, clusters, options)).Count(pair => BitConverter.SingleToInt32Bits(pair.First) == BitConverter.SingleToInt32Bits(pair.Second)) / (double)start.Length;

        output.WriteLine(FormattableString.Invariant(
            $"{name}: n {nativeLabels.Length}, d {dimension}, k {clusters}, used {managed.PointsUsed}; initial components equal {equal:P2}; objective differs by at most {difference:0.0e+00} in {compared} iterations ({native.Stats[^1].Objective:G7} and {managed.Objective:G7}); splits {native.Stats.Sum(s => s.Splits)} and {managed.Iterations.Sum(s => s.Splits)}; assigned alike {alike:P2}; native {nativeSeconds:F2} s, managed {managedSeconds:F2} s"));
        Assert.InRange(difference, 0, 1e-4);
        Assert.True(equal == 1 || (options.Spherical && equal > 0.5), $"{equal}");
        Assert.Equal(native.Stats[0].Splits, managed.Iterations[0].Splits);
    }

    private static double RelativeDifference(float value, float reference) => value == reference ? 0 : Math.Abs((value / reference) - 1);

    /// <summary>Returns the centroids of the managed k-means before the first iteration.</summary>
    private static float[] ManagedStart(float[] points, int dimension, int clusters, KMeansOptions options)
    {
        var used = (int)Math.Min(points.Length / dimension, (long)clusters * options.MaxPointsPerCentroid);
        if (used == clusters)
        {
            return points[..(clusters * dimension)];
        }

        var sample = used < points.Length / dimension ? RandomSample.Subsample(points, dimension, used, options.Seed) : points;
        using var engine = new ManagedKMeansEngine(dimension, clusters, options);
        engine.Start(sample, [], 0, []);
        return engine.CopyCentroids();
    }
}
