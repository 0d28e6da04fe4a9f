namespace FaissSdk.Tests.KMeansTests;

/// <summary>How far results in float32 may be from the truth.</summary>
/// <remarks>
/// N. J. Higham, Accuracy and Stability of Numerical Algorithms (2002), sections 3.1, 3.5 and 4.2. With unit roundoff u = 2⁻²⁴
/// a product of m factors (1 + δ), |δ| ≤ u, is 1 + θ with |θ| ≤ γ(m) = m·u / (1 − m·u). In a sum of d products, in any order and
/// with fused multiply-adds or without, each product meets at most d factors, so the error is at most γ(d)·Σ|aⱼbⱼ|. An
/// operation whose result is subnormal may lose what is below the least normal number besides, also where such numbers are
/// flushed to zero. Every bound has a factor in reserve, which covers the double precision of the reference (d·2⁻⁵³ &lt; u).
/// The command's <c>FaissSdk.Cli.RoundingBound</c> is derived independently, so that a mistake in one is found by the other.
/// </remarks>
internal static class RoundingBound
{
    public const double UnitRoundoff = 1.0 / (1 << 24);

    /// <summary>The least normal number, 2⁻¹²⁶.</summary>
    public const double LeastNormal = 1.0 / (1UL << 63) / (1UL << 63);

    /// <summary>Up to this, integers and their halves are exact.</summary>
    private const double ExactUpTo = 1 << 23;

    public static double Gamma(double m) => m * UnitRoundoff / (1 - (m * UnitRoundoff));

    /// <summary>The error of a squared distance between vectors of squared lengths |x|² and |c|².</summary>
    /// <remarks>
    /// As |x|² + |c|² − 2x·c: each term of the three sums meets d factors in its sum and two in the two additions. As |x|² − 2·(x·c − |c|²/2)
    /// with −|c|²/2 rounded once before it: d additions to it, or d + 1 roundings without fused multiply-add, and one
    /// subtraction, d + 3 in all. The terms add up to |x|² + |c|² + 2Σ|xⱼcⱼ| ≤ 2(|x|² + |c|²). As Σ(xⱼ − cⱼ)²: two factors
    /// of the difference squared, one of the square, d − 1 of the sum, and the squares too add up to at most 2(|x|² + |c|²).
    /// A result below 0 is raised to 0, which is nearer to the truth.
    /// Underflow: 3d products, of which d count twice, and the start.
    /// </remarks>
    public static double Distance(int dimension, double squaredX, double squaredC) =>
        (2 * Gamma(dimension + 4) * (squaredX + squaredC)) + (((4 * dimension) + 4) * LeastNormal);

    /// <summary>The error of an inner product with a centroid that both sides normalized by themselves.</summary>
    /// <remarks>
    /// A normalized component is c/√Σc²: d factors in the sum, of which the root halves the effect, one for the root, one for the reciprocal,
    /// one for the product, so two of them differ by at most γ(2(d/2 + 3)); then d factors of the product, and one in reserve.
    /// </remarks>
    public static double InnerProduct(int dimension, double squaredX, double squaredC) =>
        (Gamma((2 * dimension) + 7) * Math.Sqrt(squaredX * squaredC)) + (dimension * LeastNormal);

    /// <summary>The relative difference of a component normalized twice, once more after it was normalized.</summary>
    public static double Normalized(int dimension) => Gamma((2 * dimension) + 14);

    /// <summary>Whether the distance of integers is computed without any rounding: no partial sum exceeds what is exact.</summary>
    public static bool IsExact(double squaredX, double squaredC) => Math.Pow(Math.Sqrt(squaredX) + Math.Sqrt(squaredC), 2) <= ExactUpTo;

    /// <summary>The error of adding up n numbers in order: n − 1 additions.</summary>
    public static double Sum(int count, double sumOfMagnitudes) => Gamma(count) * sumOfMagnitudes;

    /// <summary>The error of a mean of n numbers: n − 1 additions to a sum that starts from 0, the reciprocal of n and the product with it.</summary>
    public static double Mean(int count, double sumOfMagnitudes) => (Gamma(count + 2) * sumOfMagnitudes / count) + LeastNormal;
}
