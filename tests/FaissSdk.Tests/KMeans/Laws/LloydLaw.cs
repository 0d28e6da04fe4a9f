namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 3: without a split the objective does not increase; centroids are the means of their points; every centroid is used or was split.</summary>
internal static class LloydLaw
{
    private const double Perturbation = 1.0 / 1024;

    public static Verdict Check(KMeansCase given, EngineFactory create)
    {
        var of = given.Plain();
        if (of.IsCopied)
        {
            return Verdict.Kept;
        }

        using var engine = create.New(of);
        var sample = of.Sample();
        var centroids = of.Start(sample);
        engine.Start(sample, [], 0, centroids);
        var maxObjective = double.PositiveInfinity;
        for (var i = 0; i < of.Iterations; i++)
        {
            var scores = new ExactScores(sample, centroids, of.Dimension, false);
            var labels = engine.Labels(of, sample, centroids);
            var step = engine.Step(sample);
            if (step.Objective > maxObjective + scores.ObjectiveError)
            {
                return Verdict.Broken($"iteration {i}: the objective rose to {step.Objective:R}; at most {maxObjective + scores.ObjectiveError:R} was possible");
            }

            var partition = new Partition(sample, labels, of.Dimension, of.Clusters);
            centroids = engine.CopyCentroids();
            var verdict = step.Splits == partition.Empty ? MeansOrHalves(of, partition, centroids) : Verdict.Broken($"{step.Splits} splits for {partition.Empty} empty clusters");
            if (!verdict.Holds)
            {
                return verdict with { Reason = $"iteration {i}: {verdict.Reason}" };
            }

            maxObjective = step.Splits > 0 ? double.PositiveInfinity : step.Objective + scores.ObjectiveError + partition.RiseOfObjective();
        }

        return Verdict.Kept;
    }

    private static Verdict MeansOrHalves(KMeansCase of, Partition partition, float[] centroids)
    {
        var used = Enumerable.Range(0, of.Clusters).Where(c => partition.Sizes[c] > 0).ToArray();
        for (var c = 0; c < of.Clusters; c++)
        {
            var isMean = partition.Sizes[c] > 0;
            if (isMean ? !ComesFrom(of, partition, c, centroids, c) : !used.Any(donor => ComesFrom(of, partition, donor, centroids, c)))
            {
                return Verdict.Broken($"centroid {c}, which has {partition.Sizes[c]} points, is neither their mean nor half of a cluster");
            }
        }

        return Verdict.Kept;
    }

    /// <summary>Determines whether a centroid is the mean of a cluster, moved by at most the splits of the iteration.</summary>
    private static bool ComesFrom(KMeansCase of, Partition partition, int cluster, float[] centroids, int centroid)
    {
        var splits = partition.Empty;
        var moved = (Math.Pow(1 + Perturbation, splits) * (1 + RoundingBound.Gamma(2 * splits))) - 1;
        var mean = partition.Mean(cluster);
        var error = partition.Error(cluster);
        for (var j = 0; j < of.Dimension; j++)
        {
            var allowed = error[j] + (moved * (Math.Abs(mean[j]) + error[j])) + (splits * RoundingBound.MinNormal);
            if (!(Math.Abs(centroids[(centroid * of.Dimension) + j] - mean[j]) <= allowed))
            {
                return false;
            }
        }

        return true;
    }
}
