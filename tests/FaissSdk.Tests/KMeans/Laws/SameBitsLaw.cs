namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 5: the result is the same bit for bit for any number of threads, and with pruning on or off.</summary>
internal static class SameBitsLaw
{
    private static readonly int[] Threads = [1, 2, 3, 8];

    public static Verdict Check(KMeansCase of, params (string Name, EngineFactory Create)[] pruned)
    {
        var (points, options) = (Enlarged(of), of.Options with { MaxIterations = of.Iterations + 3 });
        var expected = Train(points, of, options with { Pruning = false, MaxDegreeOfParallelism = 1 }, Engines.Managed);
        foreach (var threads in Threads)
        {
            var (off, on) = (options with { Pruning = false, MaxDegreeOfParallelism = threads }, options with { Pruning = true, MaxDegreeOfParallelism = threads });
            var results = new[] { ("off", Train(points, of, off, Engines.Managed)), ("on", Train(points, of, on, Engines.Managed)) };
            foreach (var (name, result) in results.Concat(pruned.Select(engine => (engine.Name, Train(points, of, on, engine.Create)))))
            {
                if (!result.AsSpan().SequenceEqual(expected))
                {
                    return Verdict.Broken($"{threads} threads, pruning {name}: number {result.AsSpan().CommonPrefixLength(expected)} of the result differs");
                }
            }
        }

        return Verdict.Kept;
    }

    /// <summary>Repeats the points of one case in sixteen until several threads add up the means as well.</summary>
    private static float[] Enlarged(KMeansCase of)
    {
        var times = of.Seed % 16 == 0 ? (120_000 / of.Points.Length) + 1 : 1;
        var points = new float[of.Points.Length * times];
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = of.Points[i % of.Points.Length] * (1 + (i / of.Points.Length % 8 / 8f));
        }

        return points;
    }

    /// <summary>Returns all results of a training, as bits.</summary>
    private static long[] Train(float[] points, KMeansCase of, KMeansOptions options, EngineFactory create)
    {
        var result = KMeansDriver.Train(points, of.Dimension, of.Clusters, options with { MaxPointsPerCentroid = Math.Max(options.MaxPointsPerCentroid, 256) }, (d, k, o) => create(d, k, o), null, CancellationToken.None);
        return
        [
            .. result.Iterations.SelectMany(step => new[] { BitConverter.SingleToInt32Bits(step.Objective), BitConverter.DoubleToInt64Bits(step.Imbalance), step.Splits }),
            .. result.Centroids.ToArray().Select(value => (long)BitConverter.SingleToInt32Bits(value)),
            .. result.Assign(of.Points),
        ];
    }
}
