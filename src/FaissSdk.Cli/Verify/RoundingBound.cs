namespace FaissSdk.Cli;

/// <summary>
/// How far float32 can move what two correct programs compute. With u = 2⁻²⁴, n = d + 4 and γ = n·u / (1 − n·u), a dot product
/// of d terms, in any order, fused or not, is off by at most γ|x||c| (N. J. Higham, Accuracy and Stability, §3.1), so
/// |x|² + |c|² − 2x·c with its two additions is off by at most e(c) = γ(|x| + |c|)². For inner products e(c) = γ|x||c|.
/// What underflows adds at most the least normal number for each operation.
/// </summary>
internal static class RoundingBound
{
    /// <summary>2⁻²⁴, the unit roundoff of float32.</summary>
    public const double UnitRoundoff = 1.0 / (1 << 24);

    private const double LeastNormal = 1.17549435e-38;

    /// <summary>n·u / (1 − n·u): the relative error of n operations; infinite where there are too many for a bound.</summary>
    public static double Gamma(long operations) =>
        operations * UnitRoundoff < 1 ? operations * UnitRoundoff / (1 - (operations * UnitRoundoff)) : double.PositiveInfinity;

    /// <summary>The squared distance, or inner product, to a centroid, and how far from it a backend may find it.</summary>
    /// <param name="point">x (d).</param>
    /// <param name="centroid">c (d).</param>
    /// <param name="spherical">Whether it is the inner product.</param>
    /// <param name="centroidError">How long a vector the backend's centroid may be away from <paramref name="centroid"/>.</param>
    public static Score Of(ReadOnlySpan<float> point, ReadOnlySpan<float> centroid, bool spherical, double centroidError = 0)
    {
        double distance = 0, product = 0, pointNorm = 0, centroidNorm = 0;
        for (var j = 0; j < point.Length; j++)
        {
            double x = point[j], c = centroid[j];
            distance += (x - c) * (x - c);
            product += x * c;
            pointNorm += x * x;
            centroidNorm += c * c;
        }

        var n = point.Length + 4;
        var gamma = Gamma(n);
        var (x1, c1) = (Math.Sqrt(pointNorm), Math.Sqrt(centroidNorm));
        return spherical
            ? new Score(product, (gamma * x1 * (c1 + centroidError)) + (x1 * centroidError) + (n * LeastNormal))
            : new Score(distance, (gamma * Math.Pow(x1 + c1 + centroidError, 2)) + (centroidError * ((2 * Math.Sqrt(distance)) + centroidError)) + (4 * n * LeastNormal));
    }

    /// <summary>
    /// Whether rounding can make either of two centroids a, b the nearest: one backend found s(a) ≤ s(b) up to e(a) + e(b),
    /// the other s(b) ≤ s(a) up to as much, so |s(a) − s(b)| ≤ e(a) + e(b).
    /// </summary>
    public static bool IsTie(Score a, Score b) => Math.Abs(a.Value - b.Value) <= a.Error + b.Error;

    /// <summary>The error of adding up, in float32 and in any order, terms of this sum of magnitudes.</summary>
    public static double OfSum(int terms, double magnitudes) => Gamma(terms) * magnitudes;
}
