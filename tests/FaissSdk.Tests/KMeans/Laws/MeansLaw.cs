namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 9: with accurate sums a centroid is the mean of its points, rounded once, or off by a harmless share of the radius where single precision is kept; it lies within the range of its points.</summary>
internal static class MeansLaw
{
    public static Verdict Check(KMeansCase given, EngineFactory create)
    {
        var of = given.Plain();
        if (of.IsCopied)
        {
            return Verdict.Kept;
        }

        var points = FarFromTheOrigin(of);
        var weights = Weights(of);
        var start = of.Start(points);
        using var engine = create.New(of);
        engine.Start(points, weights, 0, start);
        var labels = engine.Labels(of, points, start);
        if (engine.Step(points, weights, CancellationToken.None).Splits > 0)
        {
            return Verdict.Excused("a split");
        }

        var centroids = engine.CopyCentroids();
        var isRounded = of.Summation == KMeansSummation.DoublePrecision || weights.Length > 0;
        for (var cluster = 0; cluster < of.Clusters; cluster++)
        {
            var members = Enumerable.Range(0, labels.Length).Where(i => labels[i] == cluster).ToArray();
            var total = members.Sum(i => WeightOf(weights, i));
            if (total == 0)
            {
                continue; // Points without weight do not determine a centroid.
            }

            var mean = new double[of.Dimension];
            foreach (var i in members)
            {
                for (var j = 0; j < of.Dimension; j++)
                {
                    mean[j] += WeightOf(weights, i) * points[(i * of.Dimension) + j] / total;
                }
            }

            double Square(int i, ReadOnlySpan<double> from)
            {
                var sum = 0.0;
                for (var j = 0; j < of.Dimension; j++)
                {
                    sum += Math.Pow(points[(i * of.Dimension) + j] - from[j], 2);
                }

                return sum;
            }

            var radius = Math.Sqrt(members.Sum(i => Square(i, mean)) / members.Length);
            var magnitude = Math.Sqrt(members.Sum(i => Square(i, new double[of.Dimension])) / members.Length);
            for (var j = 0; j < of.Dimension; j++)
            {
                var (found, components) = (centroids[(cluster * of.Dimension) + j], members.Where(i => WeightOf(weights, i) > 0).Select(i => points[(i * of.Dimension) + j]).ToArray());

                // In Auto, one factor of 2 is for a radius that is estimated from the previous centroid.
                var allowed = (1e-7 * Math.Abs(mean[j])) + (1e-15 * members.Length * magnitude) + (isRounded ? 0 : (2 * 0.01 * radius) + (2 * 256 * RoundingBound.UnitRoundoff * magnitude)) + RoundingBound.MinNormal;
                if (!(Math.Abs(found - mean[j]) <= allowed))
                {
                    return Verdict.Broken($"component {j} of centroid {cluster} of {members.Length} points is {found:R}, not {mean[j]:R} ± {allowed:R}");
                }

                if (isRounded && (found < components.Min() || found > components.Max()))
                {
                    return Verdict.Broken($"component {j} of centroid {cluster} is {found:R}, outside of {components.Min():R} to {components.Max():R}");
                }
            }
        }

        return Verdict.Kept;
    }

    private static double WeightOf(float[] weights, int point) => weights.Length == 0 ? 1 : weights[point];

    /// <summary>Repeats and moves the points of one case in two, so that sums in single precision are off.</summary>
    private static float[] FarFromTheOrigin(KMeansCase of)
    {
        if (of.Seed % 2 == 0)
        {
            return of.Points;
        }

        var scale = of.Points.Max(Math.Abs);
        var times = (20_000 / of.Points.Length) + 1;
        return [.. Enumerable.Repeat(of.Points, times).SelectMany(points => points).Select(value => value + (1000 * scale))];
    }

    private static float[] Weights(KMeansCase of)
    {
        if (of.Seed % 3 != 0)
        {
            return [];
        }

        var random = new Random(of.Seed);
        var weights = new float[FarFromTheOrigin(of).Length / of.Dimension];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = random.Next(0, 4) * MathF.Pow(10, random.Next(-3, 4));
        }

        return weights;
    }
}
