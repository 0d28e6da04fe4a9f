using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>The scales of <see cref="QuantizedCentroids"/>, and how far one of their scores may be from what single precision would find.</summary>
/// <remarks>
/// With m any vector, x' = x − m, c' = c − m and w the float that a score starts from, the exact score x·c + w is x'·c' + t up to a number that is the
/// same for all c, with t = m·c + w. Integers x̂ = x'/a + δ and ĉ = c'/b + ε have |δ| ≤ p and |ε| ≤ q, so by Cauchy and Schwarz
/// ab(x̂·ĉ + t/ab) misses the exact score by at most
///     E = ab(p(C + q) + Xq + 1/2 + 2⁻²¹·max |t|/ab),    X = |x'|/a,    C = max |c'|/b,
/// the last two for rounding t/ab to an integer (and with 2⁻²²·XC for what multiplies and adds in single precision), and the computed score misses it by at most e = γ(|x| max |c| + max |w|) with |x| ≤ aX + |m| (see
/// <see cref="ScoreError"/>). A centroid whose integer score is more than 2(E + e)/ab below another's is not the nearest to be found; where the other's is
/// known at another scale, each counts with its own E + e.
/// Components of 16 bits: a and b are such that |x̂| and |ĉ| are at most 2¹⁵, so that no sum leaves 32 bits, and p = 0.51·√d (0.01 for the roundings in
/// single precision of the subtraction and the division; those of |x'| are in a). So has q. Components of 8 bits: a and b are such
/// that none exceeds the format's greatest, or is cut off there, which counts as rounding; p and q are measured. Each centroid has a b of its own, b·s with
/// s ≤ 1, which makes its ε less, and its scores are multiplied by s. Its C and q, in units of b, are its own too: its score holds p(C + q) + Xq already and so is
/// an upper bound; what it adds up in single precision is in C and q, which are <see cref="More"/> than they are.
/// In both a is so great that |t|/ab ≤ 2³⁰ − 2²⁰; no sum in single precision overflows.
/// </remarks>
internal readonly struct QuantizedArithmetic
{
    /// <summary>More components are not handled: |x'|, added up in single precision, would be off by more than <see cref="More"/>.</summary>
    public const int MostComponents = 1 << 14;

    /// <summary>The threshold where no score tells.</summary>
    public const int NothingTells = int.MaxValue;

    /// <summary>What a length or a scale computed in single precision is multiplied by to be no less than it should.</summary>
    public const double More = 1 + 1e-4;

    private const double GreatestStart = (1 << 30) - (1 << 20);
    private const double LeastScale = 1e-15;
    private const double GreatestScale = 1e15;
    private const double GreatestLength = 1e18;
    private const double GreatestScore = 3e38;

    private readonly double _rounding;
    private readonly double _inverseScale;
    private readonly double _least;
    private readonly double _most;
    private readonly float _leastLength;
    private readonly double _slackOfRounding;
    private readonly double _slackOfLength;
    private readonly double _slackOfUnits;

    /// <param name="dimension">d.</param>
    /// <param name="format">What the integers are.</param>
    /// <param name="measures">What the centroids are like.</param>
    public QuantizedArithmetic(int dimension, IntegerFormat format, CentroidMeasures measures)
        : this(dimension, format, measures, ScoreError.Gamma(dimension))
    {
    }

    /// <param name="dimension">The components that are made integers.</param>
    /// <param name="format">What the integers are.</param>
    /// <param name="measures">What the centroids are like.</param>
    /// <param name="gamma">What |x||c| + |w| is multiplied by to cover how far their scores are from those to be found.</param>
    public QuantizedArithmetic(int dimension, IntegerFormat format, CentroidMeasures measures, double gamma)
    {
        var bytes = format.IsBytes;
        _rounding = 0.51 * Math.Sqrt(dimension);
        _most = bytes ? format.Greatest / More : ((1 << 15) - _rounding) / More;
        var scale = Math.Clamp((bytes ? measures.GreatestComponent : measures.GreatestDifference) / _most, LeastScale, GreatestScale);
        _inverseScale = 1 / scale;
        _least = Math.Max(LeastScale, measures.GreatestShifted / (GreatestStart * scale)) * _most;
        _leastLength = (float)(_least * More);
        _slackOfRounding = bytes ? 0 : _rounding * ((measures.GreatestDifference * _inverseScale) + _rounding);
        _slackOfLength = (((gamma * measures.GreatestNorm) + (measures.GreatestDifference / (1 << 22))) * _inverseScale) + (bytes ? 0 : _rounding);
        _slackOfUnits = ((measures.GreatestShifted / (1 << 21)) + (gamma * ((measures.MeanNorm * measures.GreatestNorm) + measures.GreatestStart)) + ScoreError.OfUnderflow(dimension)) * More;
        IsUsable = double.IsFinite(_slackOfRounding) && double.IsFinite(_slackOfLength) && double.IsFinite(_slackOfUnits)
            && ((measures.MeanNorm + GreatestLength) * measures.GreatestNorm) + measures.GreatestStart < GreatestScore
            && (bytes ? measures.GreatestComponent : measures.GreatestDifference) <= _most * scale * (1 + 1e-9);
    }

    /// <summary>Whether the centroids can be had as integers.</summary>
    public bool IsUsable { get; }

    /// <summary>1 / b.</summary>
    public float InverseScale => (float)_inverseScale;

    /// <summary>1 / b of one centroid of 8-bit components.</summary>
    /// <param name="greatest">Its greatest |c'ⱼ| that is not cut off.</param>
    public float InverseScaleOfCentroid(double greatest) => (float)Math.Clamp(_most / greatest, _inverseScale, _inverseScale * (1 << 20));

    /// <summary>p or q of a vector of 8-bit components: of its square, measured in single precision, of components that single precision itself had off by less than 10⁻³.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Rounding(float squared) => (MathF.Sqrt(squared) * More) + (_rounding * 2e-3);

    /// <summary>1 / a of a point, and 1 / ab.</summary>
    /// <param name="length">|x'|, or the greatest |x'ⱼ| for components of 8 bits.</param>
    /// <param name="inverseScale">1 / a.</param>
    /// <param name="inverseUnit">1 / ab.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scale(float length, out float inverseScale, out float inverseUnit)
    {
        inverseScale = (float)_most / Math.Max(length, _leastLength);
        inverseUnit = (float)(inverseScale * _inverseScale);
    }

    /// <summary>(E + e)/ab, or more, for components of 8 bits without what scores that are upper bounds hold already; infinite where |x'| is too great.</summary>
    /// <param name="length">|x'|.</param>
    /// <param name="inverseScale">1 / a.</param>
    /// <param name="inverseUnit">1 / ab.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Slack(float length, float inverseScale, float inverseUnit) =>
        length <= GreatestLength ? Slack((double)length * inverseScale * More, inverseUnit) : double.PositiveInfinity;

    /// <summary>(E + e)/ab for components of 16 bits at a scale that <see cref="InverseScaleOf"/> told; infinite where the starts leave 32 bits.</summary>
    /// <param name="inverseScale">1 / a.</param>
    /// <param name="inverseUnit">1 / ab.</param>
    public double Slack(float inverseScale, double inverseUnit) =>
        inverseScale > 0 && inverseScale * _least <= _most ? Slack(_most * More, inverseUnit) : double.PositiveInfinity;

    /// <summary>1 / a for components of 16 bits of a vector that need not know of any centroids; 0 where there is none.</summary>
    /// <param name="dimension">d.</param>
    /// <param name="squaredNorm">|x'|².</param>
    public static float InverseScaleOf(int dimension, double squaredNorm)
    {
        var length = Math.Sqrt(squaredNorm);
        return length is > 1e-10 and < 1e15 ? (float)(((1 << 15) - (0.51 * Math.Sqrt(dimension))) / More / length) : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Slack(double length, double inverseUnit) =>
        _slackOfRounding + (length * _slackOfLength) + 0.5 + (_slackOfUnits * inverseUnit);
}
