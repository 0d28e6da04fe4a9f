namespace FaissSdk.Cli;

/// <summary>Bounds the rounding error that float32 arithmetic may cause in the results of a correct program.</summary>
/// <remarks>
/// With u = 2⁻²⁴, n = d + 4 and γ = n·u / (1 − n·u), a dot product of d terms, in any order, fused or not, has an error of at
/// most γ|x||c| (N. J. Higham, Accuracy and Stability, §3.1), so |x|² + |c|² − 2x·c with its two additions has an error of at
/// most e(c) = γ(|x| + |c|)². For inner products e(c) = γ|x||c|. Each operation that underflows adds at most the smallest
/// normal number. The tests derive their own bounds in a class of the same name, so that a mistake in one is found by the other.
/// </remarks>
internal static class RoundingBound
{
    /// <summary>The unit roundoff of float32, 2⁻²⁴.</summary>
    public const double UnitRoundoff = 1.0 / (1 << 24);

    private const double MinNormal = 1.17549435e-38;

    /// <summary>Returns the relative error of n operations, n·u / (1 − n·u); infinity if n·u ≥ 1, where no bound exists.</summary>
    public static double Gamma(long operations) =>
        operations * UnitRoundoff < 1 ? operations * UnitRoundoff / (1 - (operations * UnitRoundoff)) : double.PositiveInfinity;

    /// <summary>Computes the squared distance or inner product of a point and a centroid, and the error that a backend may make.</summary>
    /// <param name="point">The point x (d).</param>
    /// <param name="centroid">The centroid c (d).</param>
    /// <param name="spherical">Whether to compute the inner product.</param>
    /// <param name="centroidError">The maximum distance of the backend's centroid from <paramref name="centroid"/>.</param>
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
            ? new Score(product, (gamma * x1 * (c1 + centroidError)) + (x1 * centroidError) + (n * MinNormal))
            : new Score(distance, (gamma * Math.Pow(x1 + c1 + centroidError, 2)) + (centroidError * ((2 * Math.Sqrt(distance)) + centroidError)) + (4 * n * MinNormal));
    }

    /// <summary>
    /// Determines whether rounding can make either of two centroids a, b the nearest: one backend found
    /// s(a) ≤ s(b) up to e(a) + e(b), the other s(b) ≤ s(a) up to the same error, so |s(a) − s(b)| ≤ e(a) + e(b).
    /// </summary>
    public static bool IsTie(Score a, Score b) => Math.Abs(a.Value - b.Value) <= a.Error + b.Error;

    /// <summary>Returns the error of adding terms in float32, in any order.</summary>
    /// <param name="terms">The number of terms.</param>
    /// <param name="magnitudes">The sum of their magnitudes.</param>
    public static double OfSum(int terms, double magnitudes) => Gamma(terms) * magnitudes;
}

/// <summary>Represents a squared distance or inner product in double precision, and the maximum error that float32 may make.</summary>
internal readonly record struct Score(double Value, double Error);
