namespace FaissSdk;

/// <summary>The scales of <see cref="QuantizedCentroids"/>, and how far apart two of their scores must be to tell what single precision would find.</summary>
/// <remarks>
/// With m any vector, x' = x − m, c' = c − m and w the float that a score starts from, the exact score x·c + w is x'·c' + t up to a number that is the
/// same for all c, with t = m·c + w. Integers x̂ and ĉ, nearest to x'/a and c'/b, have |x'| ≤ aN, |c'| ≤ bN and miss x' and c' by at most r·a and
/// r·b, r = 0.51·√d (0.01 for the roundings in single precision of the subtraction and the division; those of |x'| are in a). By Cauchy and Schwarz
/// ab(x̂·ĉ + t/ab) misses the exact score by at most
///     E = ab(rN + r(N + r) + 1/2 + 2⁻²¹·max |t|/ab),
/// the last two for rounding t/ab to an integer, and the computed score misses it by at most e = γ(|x| max |c| + max |w|) with |x| ≤ aN + |m| (see
/// <see cref="ScoreError"/>). A centroid whose integer score is more than 2(E + e)/ab below another's is not the nearest to be found. No sum
/// leaves 32 bits: (N + r)² ≤ 2³⁰ and a is so great that |t|/ab ≤ 2³⁰ − 2²⁰; and none in single precision overflows.
/// </remarks>
internal readonly struct QuantizedArithmetic
{
    /// <summary>More components are not handled: |x'|, added up in single precision, would be off by more than <see cref="More"/>.</summary>
    public const int MostComponents = 1 << 14;

    /// <summary>No difference of scores is great enough to tell.</summary>
    public const int NothingTells = int.MaxValue;

    private const double More = 1 + 1e-4;
    private const double GreatestStart = (1 << 30) - (1 << 20);
    private const double LeastScale = 1e-15;
    private const double GreatestScale = 1e15;
    private const double GreatestLength = 1e18;
    private const double GreatestScore = 3e38;

    private readonly double _inverseScale;
    private readonly double _leastLength;
    private readonly double _scaledLength;
    private readonly double _margin;
    private readonly double _marginOfUnits;

    /// <param name="dimension">d.</param>
    /// <param name="meanNorm">|m|.</param>
    /// <param name="greatestNorm">The greatest |c|.</param>
    /// <param name="greatestDifference">The greatest |c'|.</param>
    /// <param name="greatestStart">The greatest |w|.</param>
    /// <param name="greatestShifted">The greatest |t|.</param>
    /// <param name="numberBits">The lowest bits of a score that hold a number instead.</param>
    public QuantizedArithmetic(int dimension, double meanNorm, double greatestNorm, double greatestDifference, double greatestStart, double greatestShifted, int numberBits)
    {
        var rounding = 0.51 * Math.Sqrt(dimension);
        var most = (1 << 15) - rounding;
        var scale = Math.Clamp(greatestDifference * More / most, LeastScale, GreatestScale);
        var gamma = ScoreError.Gamma(dimension);
        _inverseScale = 1 / scale;
        _scaledLength = most / More;
        _leastLength = Math.Max(LeastScale, greatestShifted / (GreatestStart * scale)) * _scaledLength;
        _margin = (2 * ((rounding * ((2 * most) + rounding)) + 1 + (gamma * most * greatestNorm * _inverseScale))) + (2 << numberBits);
        _marginOfUnits = 2 * ((greatestShifted / (1 << 21)) + (gamma * ((meanNorm * greatestNorm) + greatestStart)) + ScoreError.OfUnderflow(dimension)) * More;
        IsUsable = double.IsFinite(_margin) && double.IsFinite(_marginOfUnits) && ((meanNorm + GreatestLength) * greatestNorm) + greatestStart < GreatestScore && greatestDifference * More <= most * scale;
    }

    /// <summary>Whether the centroids can be had as 16-bit integers.</summary>
    public bool IsUsable { get; }

    /// <summary>1 / b.</summary>
    public float InverseScale => (float)_inverseScale;

    /// <summary>The scale of a point, and the least difference of scores that tells.</summary>
    /// <param name="squaredNorm">|x'|².</param>
    /// <param name="inverseScale">1 / a.</param>
    /// <param name="inverseUnit">1 / ab.</param>
    /// <param name="margin">2(E + e)/ab, or more; or <see cref="NothingTells"/>.</param>
    public void Scale(float squaredNorm, out float inverseScale, out float inverseUnit, out int margin)
    {
        var length = Math.Max(Math.Sqrt(squaredNorm), _leastLength);
        inverseScale = (float)(_scaledLength / length);
        inverseUnit = (float)(inverseScale * _inverseScale);
        var least = _margin + (_marginOfUnits * inverseUnit);
        margin = length <= GreatestLength && least < 1 << 30 ? (int)least + 1 : NothingTells;
    }
}
