namespace FaissSdk;

/// <summary>How far a score x·c + w, added up in single precision, may be from the exact one: γ(|x||c| + |w|), and what underflows.</summary>
/// <remarks>N. J. Higham, Accuracy and Stability of Numerical Algorithms, §3.1. Twelve of γ's terms are for the roundings of what is computed with it.</remarks>
internal static class ScoreError
{
    private const double LeastNormal = 1.17549435e-38;

    /// <summary>γ = (d + 12)u / (1 − (d + 12)u), u = 2⁻²⁴.</summary>
    public static double Gamma(int dimension)
    {
        var terms = (dimension + 12.0) / (1 << 24);
        return terms / (1 - terms);
    }

    /// <summary>What a score may lose by numbers below the least normal one.</summary>
    public static double OfUnderflow(int dimension) => 2 * (dimension + 12) * LeastNormal;
}
