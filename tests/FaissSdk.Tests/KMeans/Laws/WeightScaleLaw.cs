namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 10: weights scaled by a power of two give the same centroids and splits, and the objective scaled unless it underflows, bit for bit, with samples, redos and any start.</summary>
internal static class WeightScaleLaw
{
    public static Verdict Check(KMeansCase of)
    {
        var random = new Random(of.Seed);
        var weights = new float[of.Count];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = random.Next(i == 0 ? 1 : 0, 4) * random.NextSingle();
        }

        weights[0] += 1;
        // Larger weights of huge points are rejected, as the objective would overflow.
        var exponent = random.Next(-60, of.Points.Max(Math.Abs) < 1e6f ? 30 : 1);
        var options = of.Options with
        {
            Summation = KMeansSummation.Auto,
            Redos = 2,
            Initialization = of.Seed % 3 == 0 ? KMeansInitialization.KMeansPlusPlus : KMeansInitialization.RandomPoints,
        };
        var expected = ManagedKMeans.Train(of.Points, of.Dimension, of.Clusters, options with { Weights = weights });
        var found = ManagedKMeans.Train(of.Points, of.Dimension, of.Clusters, options with { Weights = Array.ConvertAll(weights, weight => MathF.ScaleB(weight, exponent)) });
        for (var i = 0; i < expected.Iterations.Count; i++)
        {
            var (step, scaled) = (expected.Iterations[i], found.Iterations[i]);
            var isScaled = scaled.Objective == (float)Math.ScaleB(step.Objective, exponent) || Math.Min(Math.Abs(scaled.Objective), Math.Abs(step.Objective)) < RoundingBound.MinNormal;
            if (scaled.Splits != step.Splits || scaled.Imbalance != step.Imbalance || !isScaled)
            {
                return Verdict.Broken($"iteration {i}: {step} became {scaled} with weights scaled by 2^{exponent}");
            }
        }

        return found.Centroids.SequenceEqual(expected.Centroids) ? Verdict.Kept : Verdict.Broken($"the centroids differ with weights scaled by 2^{exponent}");
    }
}
