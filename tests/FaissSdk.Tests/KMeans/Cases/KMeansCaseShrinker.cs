namespace FaissSdk.Tests.KMeansTests;

/// <summary>Generates simpler cases, the largest simplification first: fewer points, dimensions, clusters and options, rounder numbers.</summary>
internal static class KMeansCaseShrinker
{
    // With at most this many numbers, each one is simplified individually.
    private const int Few = 40;

    public static IEnumerable<KMeansCase> Shrink(KMeansCase larger)
    {
        IEnumerable<KMeansCase> simpler = [.. FewerPoints(larger), .. FewerDimensions(larger), .. FewerClusters(larger), .. FewerOptions(larger), .. RounderNumbers(larger)];
        return simpler.Where(to => to.Count >= to.Clusters);
    }

    /// <summary>Returns the sizes that every step reduces; the first difference decides.</summary>
    public static IEnumerable<double> Size(KMeansCase of) =>
        [of.Count, of.Dimension, of.Clusters, Options(of), of.Points.Sum(Digits), of.Points.Sum(Scale)];

    private static IEnumerable<KMeansCase> FewerPoints(KMeansCase larger)
    {
        for (var dropped = larger.Count / 2; dropped >= 1; dropped /= 2)
        {
            for (var start = 0; start + dropped <= larger.Count; start += dropped)
            {
                var (d, end) = (larger.Dimension, (start + dropped) * larger.Dimension);
                var points = (float[])[.. larger.Points[..(start * d)], .. larger.Points[end..]];
                yield return larger with { Points = points };

                // As many points as clusters are a special case, so clusters are dropped together with points.
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
        Func<float, float>[] rounders = [_ => 0, value => ToBits(value, 1), MathF.Truncate, value => ToBits(value, 4), value => ToBits(value, 12)];
        var whole = rounders.Select(rounder => Array.ConvertAll(larger.Points, value => rounder(value)));
        var single = larger.Points.Length > Few ? [] : Enumerable.Range(0, larger.Points.Length).SelectMany(at => Rounder(larger.Points[at]).Select(value => With(larger.Points, at, value)));
        return whole.Concat(single).Where(points => IsRounder(points, larger.Points)).Select(points => larger with { Points = points });
    }

    private static float[] Rounder(float value) =>
        value == 0 ? [] : [0, MathF.CopySign(1, value), ToBits(value, 1), MathF.Truncate(value), ToBits(value, Digits(value) - 1), MathF.ScaleB(value, -MathF.ILogB(value) / 2), MathF.ScaleB(value, -Math.Sign(MathF.ILogB(value)))];

    private static float[] With(float[] points, int at, float value)
    {
        var changed = (float[])points.Clone();
        changed[at] = value;
        return changed;
    }

    private static bool IsRounder(float[] points, float[] than) => (points.Sum(Digits), points.Sum(Scale)).CompareTo((than.Sum(Digits), than.Sum(Scale))) < 0;

    private static double Options(KMeansCase of) =>
        (of.Spherical ? 1e12 : 0) + (of.IntegerCentroids ? 1e12 : 0) + (of.MaxPointsPerCentroid < 256 ? 1e12 : 0) + (of.Iterations * 1e10) + of.Seed;

    /// <summary>Returns the number of bits from the first to the last one that is set.</summary>
    private static int Digits(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        var (exponent, mantissa) = ((bits >> 23) & 0xFF, bits & 0x7FFFFF);
        return value == 0 ? 0
            : exponent == 0 ? 32 - int.LeadingZeroCount((int)mantissa) - int.TrailingZeroCount((int)mantissa)
            : mantissa == 0 ? 1
            : 24 - int.TrailingZeroCount((int)mantissa);
    }

    /// <summary>Returns the distance of a number from 1, in powers of two.</summary>
    private static int Scale(float value) => value == 0 ? 0 : Math.Abs(MathF.ILogB(value));

    private static float ToBits(float value, int digits) =>
        BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & ~((1u << (24 - Math.Clamp(digits, 1, 24))) - 1));
}
