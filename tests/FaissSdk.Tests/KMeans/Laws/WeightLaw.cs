namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 7: without a split, one step with weight w results in the centroids and the objective of w copies.</summary>
internal static class WeightLaw
{
    public static Verdict Check(KMeansCase given, EngineFactory create)
    {
        var of = given.Plain();
        var random = new Random(of.Seed);
        var weights = new float[of.Count];
        for (var i = 0; i < weights.Length; i++)
        {
            // In one case of four, weights of 0 leave clusters empty.
            weights[i] = random.Next(i == 0 || of.Seed % 4 != 0 ? 1 : 0, 5);
        }

        var start = of.Start(of.Points);
        var copies = Copies(of.Points, weights, of.Dimension);
        using var weighted = create.New(of);
        using var copied = create.New(of);
        weighted.Start(of.Points, weights, 0, start);
        copied.Start(copies, [], 0, start);
        var labels = weighted.Labels(of, of.Points, start);
        var (step, copiedStep) = (weighted.Step(of.Points, weights, CancellationToken.None), copied.Step(copies));
        if (!(Math.Abs(step.Objective - copiedStep.Objective) <= RoundingBound.Sum((copies.Length / of.Dimension) + 1, step.Objective)))
        {
            return Verdict.Broken($"the objective is {step.Objective:R} with weights and {copiedStep.Objective:R} with copies");
        }

        if (step.Splits != copiedStep.Splits || step.Imbalance != copiedStep.Imbalance)
        {
            return Verdict.Broken($"{step} with weights, {copiedStep} with copies");
        }

        return step.Splits > 0 ? Verdict.Excused("a split") : SameMeans(of, weights, labels, weighted.CopyCentroids(), copied.CopyCentroids(), copies);
    }

    private static Verdict SameMeans(KMeansCase of, float[] weights, long[] labels, float[] weighted, float[] copied, float[] copies)
    {
        // A weighted sum has at most as many roundings as the sum of the copies.
        var partition = new Partition(copies, Copies(Array.ConvertAll(labels, label => (float)label), weights, 1).Select(label => (long)label).ToArray(), of.Dimension, of.Clusters);
        for (var at = 0; at < weighted.Length; at++)
        {
            var (c, j) = Math.DivRem(at, of.Dimension);
            if (!(Math.Abs(weighted[at] - partition.Mean(c)[j]) <= partition.Error(c)[j] && Math.Abs(copied[at] - partition.Mean(c)[j]) <= partition.Error(c)[j]))
            {
                return Verdict.Broken($"component {j} of centroid {c} is {weighted[at]:R} with weights and {copied[at]:R} with copies, not {partition.Mean(c)[j]:R} ± {partition.Error(c)[j]:R}");
            }
        }

        return Verdict.Kept;
    }

    private static float[] Copies(float[] rows, float[] weights, int dimension) =>
        [.. rows.Chunk(dimension).Zip(weights).SelectMany(pair => Enumerable.Repeat(pair.First, (int)pair.Second)).SelectMany(row => row)];
}
