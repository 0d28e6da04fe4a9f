namespace FaissSdk.Tests.KMeansTests;

/// <summary>Training on a source gives the bits of training on the same points in memory: for blocks of any sizes, any number of threads, with bounds and integers or without, and after it was interrupted.</summary>
internal static class SourceLaw
{
    private static readonly int[] Threads = [1, 2, 3, 8];

    private static readonly SearchMethod?[] Methods = [null, SearchMethod.Single, SearchMethod.Integer, SearchMethod.Sparse, SearchMethod.Bounds];

    public static Verdict Check(KMeansCase of)
    {
        var random = new Random(of.Seed);
        var points = Enlarged(of);
        var count = points.Length / of.Dimension;
        var options = of.Options with
        {
            MaxPointsPerCentroid = random.Next(4) == 0 ? Math.Max(2, count / of.Clusters / 2) : int.MaxValue,
            Redos = random.Next(4) == 0 ? 2 : 1,
            Weights = random.Next(3) == 0 ? CasePoints.Weights(count, random) : default,
            Center = !of.Spherical && random.Next(4) == 0,
            RelativeTolerance = random.Next(4) == 0 ? 0.01 : 0,
            StopWhenConverged = true,
            MaxIterations = of.Iterations + 2,
        };
        var expected = Bits(ManagedKMeans.Train(points, of.Dimension, of.Clusters, options));
        var threads = Threads[random.Next(Threads.Length)];
        var method = Methods[random.Next(Methods.Length)];
        var stop = random.Next(3) == 0 ? random.Next(1, 4) : 0;
        var tuning = new SourceTuning(method is null ? null : new SearchTuning(method), 256 * random.Next(1, 4));
        var found = Bits(Train(Source(points, of.Dimension, random), of.Clusters, options with { MaxDegreeOfParallelism = threads }, tuning, stop));
        return found.AsSpan().SequenceEqual(expected)
            ? Verdict.Kept
            : Verdict.Broken($"{threads} threads, {method}, chunks of {tuning.ChunkRows}, stopped after {stop}, {options}: number {found.AsSpan().CommonPrefixLength(expected)} of the result differs");
    }

    /// <summary>Trains, and if <paramref name="stop"/> is positive ends the training after that many iterations and goes on from its checkpoint.</summary>
    private static KMeansResult Train(VectorSequence source, int clusters, KMeansOptions options, SourceTuning tuning, int stop)
    {
        if (stop == 0)
        {
            return ManagedKMeans.Train(source, clusters, options, null, tuning);
        }

        using var folder = new TemporaryFolder();
        var sourceOptions = new KMeansSourceOptions { CheckpointPath = Path.Combine(folder.Path, "checkpoint") };
        using var ending = new CancellationTokenSource();
        var left = stop;
        try
        {
            return ManagedKMeans.Train(source, clusters, options, sourceOptions, tuning, new Immediate(_ => { if (--left == 0) { ending.Cancel(); } }), ending.Token);
        }
        catch (OperationCanceledException)
        {
            return ManagedKMeans.Train(source, clusters, options, sourceOptions, tuning);
        }
    }

    private static VectorSequence Source(float[] points, int dimension, Random random)
    {
        var seed = random.Next();
        return random.Next(3) switch
        {
            0 => VectorSequence.FromMemory(points, dimension),
            1 => VectorSequence.FromBlocks(() => Blocks(points, dimension, new Random(seed)), dimension),
            _ => VectorSequence.FromAsyncBlocks(_ => AsyncBlocks(points, dimension, new Random(seed)), dimension),
        };
    }

    private static IEnumerable<ReadOnlyMemory<float>> Blocks(float[] points, int dimension, Random random)
    {
        for (var start = 0; start < points.Length;)
        {
            var length = Math.Min(random.Next(300) * dimension, points.Length - start);
            yield return points.AsMemory(start, length);
            start += length;
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<float>> AsyncBlocks(float[] points, int dimension, Random random)
    {
        foreach (var block in Blocks(points, dimension, random))
        {
            await Task.Yield();
            yield return block;
        }
    }

    /// <summary>Repeats the points of most cases until they need several chunks.</summary>
    private static float[] Enlarged(KMeansCase of)
    {
        var times = of.Seed % 4 == 0 ? 1 : (700 / of.Count) + 1;
        var points = new float[of.Points.Length * times];
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = of.Points[i % of.Points.Length] * (1 + (i / of.Points.Length % 8 / 8f));
        }

        return points;
    }

    private static long[] Bits(KMeansResult result) =>
    [
        .. result.Iterations.SelectMany(step => new[] { BitConverter.SingleToInt32Bits(step.Objective), BitConverter.DoubleToInt64Bits(step.Imbalance), step.Splits }),
        .. result.Centroids.ToArray().Select(value => (long)BitConverter.SingleToInt32Bits(value)),
        result.PointsUsed,
        result.PointCount,
        result.Converged ? 1 : 0,
        result.TooFewPoints ? 1 : 0,
    ];
}
