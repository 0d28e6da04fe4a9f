namespace FaissSdk.Tests.KMeansTests;

/// <summary>Bounds the errors of results in float32.</summary>
/// <remarks>
/// N. J. Higham, Accuracy and Stability of Numerical Algorithms (2002), sections 3.1, 3.5 and 4.2. With unit roundoff u = 2⁻²⁴
/// a product of m factors (1 + δ), |δ| ≤ u, is 1 + θ with |θ| ≤ γ(m) = m·u / (1 − m·u). In a sum of d products, in any order and
/// with fused multiply-adds or without, each product meets at most d factors, so the error is at most γ(d)·Σ|aⱼbⱼ|. An
/// operation whose result is subnormal may also lose up to the smallest normal number, including on processors that flush such
/// numbers to zero. Every bound has one factor in reserve, which covers the double precision of the reference (d·2⁻⁵³ &lt; u).
/// The command's <c>FaissSdk.Cli.RoundingBound</c> is derived independently, so that a mistake in one is found by the other.
/// </remarks>
internal static class RoundingBound
{
    public const double UnitRoundoff = 1.0 / (1 << 24);

    /// <summary>The smallest normal number, 2⁻¹²⁶.</summary>
    public const double MinNormal = 1.0 / (1UL << 63) / (1UL << 63);

    /// <summary>The limit up to which integers and their halves are exact.</summary>
    private const double ExactUpTo = 1 << 23;

    public static double Gamma(double m) => m * UnitRoundoff / (1 - (m * UnitRoundoff));

    /// <summary>Returns the error of a squared distance between vectors of squared lengths |x|² and |c|².</summary>
    /// <remarks>
    /// As |x|² + |c|² − 2x·c: each term of the three sums meets d factors in its sum and two in the two additions. As |x|² − 2·(x·c − |c|²/2)
    /// with −|c|²/2 rounded once before it: d additions to it, or d + 1 roundings without fused multiply-add, and one
    /// subtraction, d + 3 in all. The terms add up to |x|² + |c|² + 2Σ|xⱼcⱼ| ≤ 2(|x|² + |c|²). As Σ(xⱼ − cⱼ)²: two factors
    /// of the difference squared, one of the square, d − 1 of the sum, and the squares too add up to at most 2(|x|² + |c|²).
    /// A result below 0 is raised to 0, which is closer to the exact value.
    /// Underflow: 3d products, of which d count twice, and the initial value.
    /// </remarks>
    public static double Distance(int dimension, double squaredX, double squaredC) =>
        (2 * Gamma(dimension + 4) * (squaredX + squaredC)) + (((4 * dimension) + 4) * MinNormal);

    /// <summary>Returns the error of an inner product with a centroid that both sides normalized independently.</summary>
    /// <remarks>
    /// A normalized component is c/√Σc²: d factors in the sum, of which the root halves the effect, one for the root, one for the reciprocal,
    /// one for the product, so two of them differ by at most γ(2(d/2 + 3)); then d factors of the product, and one in reserve.
    /// </remarks>
    public static double InnerProduct(int dimension, double squaredX, double squaredC) =>
        (Gamma((2 * dimension) + 7) * Math.Sqrt(squaredX * squaredC)) + (dimension * MinNormal);

    /// <summary>Returns the relative difference of a component that is normalized once more.</summary>
    public static double Normalized(int dimension) => Gamma((2 * dimension) + 14);

    /// <summary>Determines whether the distance of integers is computed without rounding, as no partial sum exceeds the exact range.</summary>
    public static bool IsExact(double squaredX, double squaredC) => Math.Pow(Math.Sqrt(squaredX) + Math.Sqrt(squaredC), 2) <= ExactUpTo;

    /// <summary>Returns the error of adding up n numbers in order: n − 1 additions.</summary>
    public static double Sum(int count, double sumOfMagnitudes) => Gamma(count) * sumOfMagnitudes;

    /// <summary>Returns the error of a mean of n numbers: n − 1 additions to a sum that starts from 0, the reciprocal of n and the product with it.</summary>
    public static double Mean(int count, double sumOfMagnitudes) => (Gamma(count + 2) * sumOfMagnitudes / count) + MinNormal;
}
