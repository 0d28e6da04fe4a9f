namespace FaissSdk;

/// <summary>Bounds the error of a score x·c + w that is added up in single precision: γ(|x||c| + |w|), plus what underflows.</summary>
/// <remarks>N. J. Higham, Accuracy and Stability of Numerical Algorithms, §3.1: each term of a score has at most d + 1 roundings. The other eleven of γ's terms are a reserve for the roundings of the arithmetic that uses it.</remarks>
internal static class ScoreError
{
    private const double MinNormal = 1.17549435e-38;

    /// <summary>Returns γ = (d + 12)u / (1 − (d + 12)u), u = 2⁻²⁴.</summary>
    public static double Gamma(int dimension)
    {
        var terms = (dimension + 12.0) / (1 << 24);
        return terms / (1 - terms);
    }

    /// <summary>Returns how much a score may lose by intermediate results below the smallest normal number.</summary>
    public static double Underflow(int dimension) => 2 * (dimension + 12) * MinNormal;
}
