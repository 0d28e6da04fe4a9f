using System.Numerics.Tensors;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 2: assignment, objective and update equal those of a plain implementation in double precision, up to the bound.</summary>
internal static class ReferenceLaw
{
    public static Verdict Check(KMeansCase of, EngineFactory create)
    {
        if (of.IsCopied)
        {
            return Verdict.Kept;
        }

        using var engine = create.New(of);
        var sample = of.Sample();
        var centroids = of.Start(sample);
        engine.Start(sample, [], 0, centroids);
        centroids = PostProcessed(of, centroids);
        var excused = false;
        for (var i = 0; i < of.Iterations; i++)
        {
            var scores = new ExactScores(sample, centroids, of.Dimension, of.Spherical);
            var labels = engine.Labels(of, sample, centroids);
            var step = engine.Step(sample);
            centroids = engine.CopyCentroids();
            var mayDiffer = LockstepLaw.MayDifferInside(of, scores);
            Verdict[] verdicts = [scores.Judge(labels), scores.Judge(step.Objective), mayDiffer ? Verdict.Kept : Update(of, sample, labels, step, centroids)];
            if (Array.FindIndex(verdicts, verdict => !verdict.Holds) is var broken and >= 0)
            {
                return verdicts[broken] with { Reason = $"iteration {i}: {verdicts[broken].Reason}" };
            }

            excused |= mayDiffer;
        }

        return excused ? Verdict.Excused("a tie within the bound") : Verdict.Kept;
    }

    private static Verdict Update(KMeansCase of, float[] sample, long[] labels, LloydStep step, float[] centroids)
    {
        var partition = new Partition(sample, labels, of.Dimension, of.Clusters);
        if (Math.Abs(step.Imbalance - partition.Imbalance) > 1e-12 * partition.Imbalance)
        {
            return Verdict.Broken($"the imbalance is {step.Imbalance:R}, not {partition.Imbalance:R}");
        }

        for (var c = 0; c < of.Clusters && partition.Empty == 0; c++)
        {
            var centroid = centroids.AsSpan(c * of.Dimension, of.Dimension);
            var mean = partition.Mean(c);
            var error = partition.Error(c);
            var (length, lengthError) = (TensorPrimitives.Norm<double>(mean), TensorPrimitives.Norm<double>(error));
            for (var j = 0; j < of.Dimension; j++)
            {
                var (expected, allowed) = (mean[j], error[j]);
                if (of.Spherical)
                {
                    // m/|m| moves by at most (|δⱼ| + |δ||mⱼ|/|m|)/(|m| − |δ|) if m moves by δ; if the points cancel, it may point anywhere.
                    expected = length == 0 ? 0 : mean[j] / length;
                    allowed = length <= 2 * lengthError ? 2 : ((error[j] + (lengthError * Math.Abs(expected))) / (length - lengthError)) + (RoundingBound.Normalized(of.Dimension) * (Math.Abs(expected) + (2 * error[j] / length)));
                }
                else if (of.IntegerCentroids)
                {
                    allowed += 0.5;
                    if (centroid[j] != MathF.Round(centroid[j]))
                    {
                        return Verdict.Broken($"component {j} of centroid {c} is {centroid[j]:R}, which is not an integer");
                    }
                }

                if (!(Math.Abs(centroid[j] - expected) <= allowed))
                {
                    return Verdict.Broken($"component {j} of centroid {c} is {centroid[j]:R}, not {expected:R} ± {allowed:R}");
                }
            }
        }

        return Verdict.Kept;
    }

    private static float[] PostProcessed(KMeansCase of, float[] centroids)
    {
        if (of.Spherical)
        {
            return [.. centroids.Chunk(of.Dimension).SelectMany(c => Reference.Dot(c, c) is var squared and > 0 ? c.Select(value => (float)(value / Math.Sqrt(squared))) : c)];
        }

        return of.IntegerCentroids ? Array.ConvertAll(centroids, value => MathF.Round(value, MidpointRounding.AwayFromZero)) : centroids;
    }
}
