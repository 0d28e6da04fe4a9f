namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 1, whole training: FAISS trained in one call uses the same sample and initial centroids and has the same objectives, up to the first tie that rounding decides.</summary>
internal static class TrajectoryLaw
{
    /// <summary>The relative difference of objectives that is accepted without considering rounding.</summary>
    public const double Share = 1e-4;

    public static Verdict Check(KMeansCase of, NativeTraining native, EngineFactory managed)
    {
        if (of.IsCopied)
        {
            return native.Train(of.Points, of.Dimension, of.Clusters, of.Options).Centroids.AsSpan().SequenceEqual(of.Points.AsSpan(0, of.Clusters * of.Dimension))
                ? Verdict.Kept
                : Verdict.Broken($"the centroids are not the first {of.Clusters} points");
        }

        var sample = of.Sample();
        using var engine = managed.New(of);
        engine.Start(sample, [], 0, []);
        var sameSample = SameSample(of, native, sample);
        var sameStart = LockstepLaw.SameCentroids(of, native.InitialCentroids(of.Points, of.Dimension, of.Clusters, of.Options), engine.CopyCentroids());
        return !sameSample.Holds ? sameSample
            : !sameStart.Holds ? sameStart with { Reason = $"at the start: {sameStart.Reason}" }
            : SameTrajectory(of, native.Train(of.Points, of.Dimension, of.Clusters, of.Options), engine, sample);
    }

    /// <summary>Compares the samples by the means of one cluster after one iteration, which depend on every point and on their order.</summary>
    private static Verdict SameSample(KMeansCase of, NativeTraining native, float[] sample)
    {
        if (of.Used == of.Count)
        {
            return Verdict.Kept;
        }

        var mean = new float[of.Dimension];
        CentroidMeans.Compute(sample, new int[of.Used], of.Dimension, mean, isDouble: false, 1, CancellationToken.None);
        var options = new KMeansOptions { Seed = of.Seed, MaxPointsPerCentroid = of.Used, MaxIterations = 1 };
        var found = native.Train(of.Points, of.Dimension, 1, options).Centroids;
        return found.AsSpan().SequenceEqual(mean) ? Verdict.Kept : Verdict.Broken($"the samples differ: the native mean starts with {found[0]:R}, not {mean[0]:R}");
    }

    private static Verdict SameTrajectory(KMeansCase of, OneCall native, IKMeansEngine managed, float[] sample)
    {
        // Newer FAISS stops when the objective is unchanged.
        var stats = native.Stats;
        if (stats.Length != of.Iterations && !(stats.Length >= 2 && stats.Length < of.Iterations && stats[^1].Objective == stats[^2].Objective))
        {
            return Verdict.Broken($"{stats.Length} iterations instead of {of.Iterations}");
        }

        var roundingExceeds = false;
        for (var i = 0; i < stats.Length; i++)
        {
            var scores = new ExactScores(sample, managed.CopyCentroids(), of.Dimension, of.Spherical);
            var step = managed.Step(sample);
            if (Math.Abs((double)stats[i].Objective - step.Objective) > 2 * scores.ObjectiveError)
            {
                return Verdict.Broken($"iteration {i}: the objective is {stats[i].Objective:R} natively and {step.Objective:R} managed; at most {2 * scores.ObjectiveError:R} is rounding");
            }

            roundingExceeds |= 2 * scores.ObjectiveError > Share * Math.Abs(scores.Objective);
            if (scores.HasTie())
            {
                return Verdict.Excused("a tie within the bound");
            }

            if (stats[i].Splits != step.Splits || stats[i].Imbalance != step.Imbalance)
            {
                return Verdict.Broken($"iteration {i}: {stats[i].Splits} splits, imbalance {stats[i].Imbalance:R} natively, {step.Splits} and {step.Imbalance:R} managed");
            }
        }

        var same = LockstepLaw.SameCentroids(of, native.Centroids, managed.CopyCentroids());
        return !same.Holds ? same with { Reason = $"at the end: {same.Reason}" }
            : roundingExceeds ? Verdict.Excused("rounding may exceed 1e-4 of the objective")
            : Verdict.Kept;
    }
}
