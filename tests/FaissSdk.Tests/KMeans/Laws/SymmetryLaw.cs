using System.Numerics.Tensors;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 4: without a split, the result follows translations, rotations and permutations of dimensions, up to the bound.</summary>
internal static class SymmetryLaw
{
    public static Verdict Check(KMeansCase given, EngineFactory create)
    {
        var of = given.Plain();
        var excuse = Verdict.Kept;
        foreach (var symmetry in of.IsCopied ? [] : Symmetry.For(of))
        {
            var verdict = Check(of, create, symmetry);
            if (!verdict.Holds)
            {
                return verdict with { Reason = $"{symmetry.Name}: {verdict.Reason}" };
            }

            excuse = verdict.IsExcused ? verdict : excuse;
        }

        return excuse;
    }

    private static Verdict Check(KMeansCase of, EngineFactory create, Symmetry symmetry)
    {
        var sample = of.Sample();
        var image = new Image(symmetry, sample, of.Dimension);
        var (here, there) = (of.Start(sample), of.Start(image.Rounded));
        using var engine = create.New(of);
        using var moved = create.New(of);
        engine.Start(sample, [], 0, []);
        moved.Start(image.Rounded, [], 0, []);
        for (var i = 0; i < of.Iterations; i++)
        {
            var scores = new ExactScores(sample, here, of.Dimension, false);
            var movedScores = new ExactScores(image.Rounded, there, of.Dimension, false);
            var centroidShifts = Image.Distances(symmetry.Moved(here, of.Dimension), there, of.Dimension);
            double Shift(int point, int cluster) => ShiftOf(scores.Score(point, cluster), image.Shifts[point] + centroidShifts[cluster]);
            if (Enumerable.Range(0, scores.Count).Any(point => scores.IsTie(point, (x, c) => movedScores.Error(x, c) + Shift(x, c))))
            {
                return Verdict.Excused("a tie within the bound");
            }

            var labels = engine.Labels(of, sample, here);
            if (!labels.AsSpan().SequenceEqual(moved.Labels(of, image.Rounded, there)))
            {
                return Verdict.Broken($"iteration {i}: points changed their cluster");
            }

            var (step, movedStep) = (engine.Step(sample), moved.Step(image.Rounded));
            (here, there) = (engine.CopyCentroids(), moved.CopyCentroids());
            if (step.Splits + movedStep.Splits > 0)
            {
                return step.Splits == movedStep.Splits ? Verdict.Excused("a split") : Verdict.Broken($"iteration {i}: {step.Splits} splits became {movedStep.Splits}");
            }

            var allowed = scores.ObjectiveError + movedScores.ObjectiveError + Enumerable.Range(0, scores.Count).Sum(point => Shift(point, scores.Nearest(point)));
            if (Math.Abs((double)step.Objective - movedStep.Objective) > allowed)
            {
                return Verdict.Broken($"iteration {i}: the objective {step.Objective:R} became {movedStep.Objective:R}; at most {allowed:R} is rounding");
            }

            var (partition, movedPartition) = (new Partition(sample, labels, of.Dimension, of.Clusters), new Partition(image.Rounded, labels, of.Dimension, of.Clusters));
            var distances = Image.Distances(symmetry.Moved(here, of.Dimension), there, of.Dimension);
            for (var c = 0; c < of.Clusters; c++)
            {
                // A mean is off by at most the maximum offset of its points.
                var bound = TensorPrimitives.Norm<double>(partition.Error(c)) + TensorPrimitives.Norm<double>(movedPartition.Error(c)) + image.Shifts.Max();
                if (!(distances[c] <= bound))
                {
                    return Verdict.Broken($"iteration {i}: centroid {c} is off by {distances[c]:R}; at most {bound:R} is rounding");
                }
            }
        }

        return Verdict.Kept;
    }

    /// <summary>Returns the maximum change of a squared distance if its ends move by ε in total: |(√D + ε)² − D|.</summary>
    private static double ShiftOf(double squaredDistance, double moved) => (2 * Math.Sqrt(squaredDistance) * moved) + (moved * moved);

    /// <summary>Holds the moved points, rounded, and the distance of each from its exact position.</summary>
    private sealed class Image
    {
        public Image(Symmetry symmetry, float[] points, int dimension)
        {
            var exact = symmetry.Moved(points, dimension);
            Rounded = Array.ConvertAll(exact, value => (float)value);
            Shifts = Distances(exact, Rounded, dimension);
        }

        public float[] Rounded { get; }

        public double[] Shifts { get; }

        public static double[] Distances(double[] exact, float[] rounded, int dimension) =>
            [.. exact.Zip(rounded, (left, right) => left - right).Chunk(dimension).Select(difference => TensorPrimitives.Norm<double>(difference))];
    }
}
