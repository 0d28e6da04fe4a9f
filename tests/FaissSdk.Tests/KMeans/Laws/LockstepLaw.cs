namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 1, step by step: from the same centroids both engines assign equally up to the bound, and equal assignments have equal results.</summary>
internal static class LockstepLaw
{
    public static Verdict Check(KMeansCase of, EngineFactory native, EngineFactory managed) =>
        of.IsCopied ? BothCopy(of, native, managed) : BothStep(of, native, managed);

    private static Verdict BothCopy(KMeansCase of, EngineFactory native, EngineFactory managed)
    {
        foreach (var create in (EngineFactory[])[native, managed])
        {
            var result = KMeansDriver.Train(of.Points, of.Dimension, of.Clusters, of.Options, (d, k, o) => create(d, k, o), null, CancellationToken.None);
            if (!result.Centroids.SequenceEqual(of.Points.AsSpan(0, of.Clusters * of.Dimension)))
            {
                return Verdict.Broken($"the centroids of {result.Backend} are not the first {of.Clusters} points");
            }
        }

        return Verdict.Kept;
    }

    private static Verdict BothStep(KMeansCase of, EngineFactory createNative, EngineFactory createManaged)
    {
        using var native = createNative.New(of);
        using var managed = createManaged.New(of);
        var sample = of.Sample();
        var centroids = of.Start(sample);
        native.Start(sample, [], 0, []);
        var excused = false;
        for (var i = 0; i < of.Iterations; i++)
        {
            managed.Start(sample, [], 0, centroids);
            centroids = managed.CopyCentroids();
            var scores = new ExactScores(sample, centroids, of.Dimension, of.Spherical);
            var (labels, managedLabels) = (native.Labels(of, sample, centroids), managed.Labels(of, sample, centroids));
            var (step, managedStep) = (native.Step(sample), managed.Step(sample));
            centroids = native.CopyCentroids();
            var alike = labels.AsSpan().SequenceEqual(managedLabels) && !MayDifferInside(of, scores);
            Verdict[] verdicts =
            [
                scores.Judge(labels),
                scores.Judge(managedLabels),
                scores.Judge(step.Objective),
                scores.Judge(managedStep.Objective),
                alike ? SameUpdate(of, step, managedStep, centroids, managed.CopyCentroids()) : Verdict.Kept,
            ];
            if (Array.FindIndex(verdicts, verdict => !verdict.Holds) is var broken and >= 0)
            {
                return verdicts[broken] with { Reason = $"iteration {i}: {verdicts[broken].Reason}" };
            }

            excused |= !alike;
        }

        return excused ? Verdict.Excused("a tie within the bound") : Verdict.Kept;
    }

    /// <summary>Determines whether an engine may assign differently from its assigner: it normalizes the given centroids once more, which decides ties.</summary>
    public static bool MayDifferInside(KMeansCase of, ExactScores scores) => of.Spherical && scores.HasTie();

    private static Verdict SameUpdate(KMeansCase of, LloydStep native, LloydStep managed, float[] centroids, float[] managedCentroids)
    {
        // The imbalance depends only on the cluster sizes, and the splits only on the empty clusters.
        if (native.Imbalance != managed.Imbalance)
        {
            return Verdict.Broken($"the imbalance is {native.Imbalance:R} natively and {managed.Imbalance:R} managed");
        }

        return native.Splits != managed.Splits
            ? Verdict.Broken($"{native.Splits} splits natively and {managed.Splits} managed")
            : SameCentroids(of, centroids, managedCentroids);
    }

    /// <summary>Checks that centroids are equal bit for bit, except for the order of the sum that normalizes.</summary>
    public static Verdict SameCentroids(KMeansCase of, float[] native, float[] managed)
    {
        for (var at = 0; at < native.Length; at++)
        {
            var allowed = of.Spherical ? RoundingBound.Normalized(of.Dimension) * Math.Abs(managed[at]) : 0;
            if (!(native[at] == managed[at] || Math.Abs((double)native[at] - managed[at]) <= allowed))
            {
                return Verdict.Broken($"component {at % of.Dimension} of centroid {at / of.Dimension} is {native[at]:R} natively and {managed[at]:R} managed");
            }
        }

        return Verdict.Kept;
    }
}
