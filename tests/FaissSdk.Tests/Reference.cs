namespace FaissSdk.Tests;

/// <summary>Plain double-precision counterparts of what is tested.</summary>
internal static class Reference
{
    private const double UnitRoundoff = 1.0 / (1 << 24);

    public static double SquaredDistance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            var difference = (double)x[i] - y[i];
            sum += difference * difference;
        }

        return sum;
    }

    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return sum;
    }

    /// <summary>
    /// How far |x|² + |c|² − 2x·c in float32 may be from the truth. Each of the three sums of d products carries at most
    /// d roundings, the two additions two more: (d + 2)·u·(|x|² + |c|² + 2|x||c|) ≤ 2(d + 2)·u·(|x|² + |c|²), to first order
    /// in the unit roundoff u = 2⁻²⁴; d + 4 covers the higher orders.
    /// </summary>
    public static double DistanceError(ReadOnlySpan<float> x, ReadOnlySpan<float> c) =>
        2 * (x.Length + 4) * UnitRoundoff * (Dot(x, x) + Dot(c, c));
}
