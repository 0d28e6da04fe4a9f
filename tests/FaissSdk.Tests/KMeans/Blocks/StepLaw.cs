namespace FaissSdk.Tests.KMeansTests;

/// <summary>Points that a step receives in blocks of any sizes give the bits of one iteration on all of them.</summary>
internal static class StepLaw
{
    private static readonly int[] Threads = [1, 2, 3, 8];

    public static Verdict Check(KMeansCase of)
    {
        var random = new Random(of.Seed);
        var options = new KMeansOptions { Spherical = of.Spherical, IntegerCentroids = of.IntegerCentroids, Summation = of.Summation, Pruning = random.Next(2) == 0, MaxDegreeOfParallelism = Threads[random.Next(Threads.Length)] };
        var weights = random.Next(2) == 0 ? [] : CasePoints.Weights(of.Count, random);
        using var engine = new ManagedKMeansEngine(of.Dimension, of.Clusters, options with { MaxDegreeOfParallelism = 1, Pruning = false });
        engine.Start(of.Points, weights, 0, of.Start(of.Points));
        for (var i = 0; i < of.Iterations; i++)
        {
            var step = new KMeansStep(engine.CopyCentroids(), of.Dimension, options);
            var cuts = AddInBlocks(ref step, of, weights, random);
            var expected = engine.Step(of.Points, weights, CancellationToken.None);
            var found = step.Finish();
            if (!Bits(found.Centroids).SequenceEqual(Bits(engine.CopyCentroids())))
            {
                return Verdict.Broken($"iteration {i}, blocks of {cuts}, {options}: centroids differ");
            }

            if ((expected.Objective, expected.Imbalance, expected.Splits) != (found.Objective, found.Imbalance, found.Splits))
            {
                return Verdict.Broken($"iteration {i}, blocks of {cuts}, {options}: {expected} became {found.Objective}, {found.Imbalance}, {found.Splits}");
            }
        }

        return Verdict.Kept;
    }

    /// <summary>Adds all points in blocks of random sizes, some of them empty, and lets the step go through bytes in between.</summary>
    private static string AddInBlocks(ref KMeansStep step, KMeansCase of, float[] weights, Random random)
    {
        var sizes = new List<int>();
        for (var start = 0; start < of.Count;)
        {
            var rows = random.Next(Math.Min(of.Count - start, 1 + random.Next(of.Count)) + 1);
            step.Add(of.Points.AsSpan(start * of.Dimension, rows * of.Dimension), weights.AsSpan(weights.Length == 0 ? 0 : start, weights.Length == 0 ? 0 : rows));
            sizes.Add(rows);
            start += rows;
            if (random.Next(3) == 0)
            {
                step = KMeansStep.Import(step.Export());
            }
        }

        return string.Join(", ", sizes);
    }

    private static int[] Bits(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), BitConverter.SingleToInt32Bits);
}
