namespace FaissSdk.Tests.KMeansTests;

/// <summary>Simpler cases, the greatest simplification first: fewer points, fewer dimensions, fewer clusters, fewer options, rounder numbers.</summary>
internal static class KMeansCaseShrinker
{
    // Below this many numbers each is tried by itself.
    private const int Few = 40;

    public static IEnumerable<KMeansCase> Shrink(KMeansCase larger)
    {
        IEnumerable<KMeansCase> simpler = [.. FewerPoints(larger), .. FewerDimensions(larger), .. FewerClusters(larger), .. FewerOptions(larger), .. RounderNumbers(larger)];
        return simpler.Where(to => to.Count >= to.Clusters);
    }

    /// <summary>What every step makes smaller, the first difference counting.</summary>
    public static IEnumerable<double> Size(KMeansCase of) =>
        [of.Count, of.Dimension, of.Clusters, Options(of), of.Points.Sum(Digits), of.Points.Sum(value => (double)Math.Abs(value))];

    private static IEnumerable<KMeansCase> FewerPoints(KMeansCase larger)
    {
        for (var dropped = larger.Count / 2; dropped >= 1; dropped /= 2)
        {
            for (var start = 0; start + dropped <= larger.Count; start += dropped)
            {
                var (d, end) = (larger.Dimension, (start + dropped) * larger.Dimension);
                var points = (float[])[.. larger.Points[..(start * d)], .. larger.Points[end..]];
                yield return larger with { Points = points };

                // As many points as clusters are a case of its own kind: clusters go with them.
                yield return larger with { Points = points, Clusters = Math.Max(1, larger.Clusters - dropped) };
            }
        }
    }

    private static IEnumerable<KMeansCase> FewerDimensions(KMeansCase larger)
    {
        for (var dropped = larger.Dimension / 2; dropped >= 1; dropped /= 2)
        {
            for (var start = 0; start + dropped <= larger.Dimension; start += dropped)
            {
                yield return larger with
                {
                    Points = [.. larger.Points.Where((_, i) => i % larger.Dimension < start || i % larger.Dimension >= start + dropped)],
                    Dimension = larger.Dimension - dropped,
                };
            }
        }
    }

    private static IEnumerable<KMeansCase> FewerClusters(KMeansCase larger) =>
        new[] { 1, larger.Clusters / 2, larger.Clusters - 1 }.Where(clusters => clusters >= 1 && clusters < larger.Clusters).Distinct().Select(clusters => larger with { Clusters = clusters });

    private static IEnumerable<KMeansCase> FewerOptions(KMeansCase larger)
    {
        KMeansCase[] simpler =
        [
            larger with { Iterations = 1 },
            larger with { Iterations = larger.Iterations - 1 },
            larger with { MaxPointsPerCentroid = 256 },
            larger with { Spherical = false },
            larger with { IntegerCentroids = false },
            larger with { Seed = 0 },
            larger with { Seed = larger.Seed / 2 },
        ];
        return simpler.Where(to => to.Iterations >= 1 && Options(to) < Options(larger));
    }

    private static IEnumerable<KMeansCase> RounderNumbers(KMeansCase larger)
    {
        foreach (var rounder in new Func<float, float>[] { _ => 0, value => ToBits(value, 1), MathF.Truncate, value => ToBits(value, 4), value => ToBits(value, 12) })
        {
            yield return Rounder(larger, rounder);
        }

        if (larger.Points.Length > Few)
        {
            yield break;
        }

        for (var i = 0; i < larger.Points.Length; i++)
        {
            foreach (var value in new[] { 0, ToBits(larger.Points[i], 1), MathF.Truncate(larger.Points[i]), ToBits(larger.Points[i], Digits(larger.Points[i]) - 1), MathF.CopySign(1, larger.Points[i]) })
            {
                var points = (float[])larger.Points.Clone();
                points[i] = value;
                if (IsRounder(points, larger.Points))
                {
                    yield return larger with { Points = points };
                }
            }
        }
    }

    private static KMeansCase Rounder(KMeansCase larger, Func<float, float> rounder)
    {
        var points = Array.ConvertAll(larger.Points, value => rounder(value));
        return IsRounder(points, larger.Points) ? larger with { Points = points } : larger with { Clusters = int.MaxValue };
    }

    private static bool IsRounder(float[] points, float[] than)
    {
        var (digits, digitsThan) = (points.Sum(Digits), than.Sum(Digits));
        return digits < digitsThan || (digits == digitsThan && points.Sum(value => (double)Math.Abs(value)) < than.Sum(value => (double)Math.Abs(value)));
    }

    private static double Options(KMeansCase of) =>
        (of.Spherical ? 1e12 : 0) + (of.IntegerCentroids ? 1e12 : 0) + (of.MaxPointsPerCentroid < 256 ? 1e12 : 0) + (of.Iterations * 1e10) + of.Seed;

    /// <summary>The number of bits from the first to the last that is set.</summary>
    private static int Digits(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        var (exponent, mantissa) = ((bits >> 23) & 0xFF, bits & 0x7FFFFF);
        return value == 0 ? 0
            : exponent == 0 ? 32 - int.LeadingZeroCount((int)mantissa) - int.TrailingZeroCount((int)mantissa)
            : mantissa == 0 ? 1
            : 24 - int.TrailingZeroCount((int)mantissa);
    }

    private static float ToBits(float value, int digits) =>
        BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & ~((1u << (24 - Math.Clamp(digits, 1, 24))) - 1));
}
