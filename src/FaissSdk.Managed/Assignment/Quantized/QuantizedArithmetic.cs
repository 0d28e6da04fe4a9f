using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Computes the scales of <see cref="QuantizedCentroids"/>, and bounds the difference of their scores from those in single precision.</summary>
/// <remarks>
/// With any vector m, x' = x − m, c' = c − m and the float w that a score starts from, the exact score x·c + w is x'·c' + t up to a number that is the
/// same for all c, where t = m·c + w. Integers x̂ = x'/a + δ and ĉ = c'/b + ε have |δ| ≤ p and |ε| ≤ q, so by Cauchy and Schwarz
/// ab(x̂·ĉ + t/ab) differs from the exact score by at most
///     E = ab(p(C + q) + Xq + 1/2 + 2⁻²¹·max |t|/ab),    X = |x'|/a,    C = max |c'|/b,
/// where the last two terms cover rounding t/ab to an integer (and 2⁻²²·XC covers multiplications and additions in single precision). The score computed in single precision differs by at most
/// e = γ(|x| max |c| + max |w|) with |x| ≤ aX + |m| (see <see cref="ScoreError"/>). A centroid whose integer score is more than 2(E + e)/ab below another's is not the
/// nearest in single precision; if the other's score is known at a different scale, each counts with its own E + e.
/// Components of 16 bits: a and b are chosen so that |x̂| and |ĉ| are at most 2¹⁵, and no sum exceeds 32 bits; p = q = 0.51·√d (0.5 for rounding to integers, 0.01 for the roundings in
/// single precision of the subtraction and the division; those of |x'| are in a). Components of 8 bits: a and b are chosen so
/// that no component exceeds the format's maximum; clipping counts as rounding, and p and q are measured. Each centroid has its own scale b·s with
/// s ≤ 1, which reduces its ε, and its scores are multiplied by s. C and q, in units of b, are its own as well: its score includes p(C + q) + Xq and so is
/// an upper bound. The error of adding these terms in single precision is covered by C and q, which are enlarged by <see cref="RoundUp"/>.
/// For both formats a is so large that |t|/ab ≤ 2³⁰ − 2²⁰, and no sum in single precision overflows.
/// </remarks>
internal readonly struct QuantizedArithmetic
{
    /// <summary>The maximum number of components: with more, the error of |x'|, added up in single precision, would exceed <see cref="RoundUp"/>.</summary>
    public const int MaxDimension = 1 << 14;

    /// <summary>The threshold of a point for which no score is conclusive.</summary>
    public const int Undecidable = int.MaxValue;

    /// <summary>The factor that makes a length or a scale, computed in single precision, an upper bound.</summary>
    public const double RoundUp = 1 + 1e-4;

    private const double MaxStart = (1 << 30) - (1 << 20);
    private const double MinScale = 1e-15;
    private const double MaxScale = 1e15;
    private const double MaxLength = 1e18;
    private const double MaxScore = 3e38;

    private readonly double _rounding;
    private readonly double _inverseScale;
    private readonly double _minRange;
    private readonly double _maxRange;
    private readonly float _minLength;
    private readonly double _roundingSlack;
    private readonly double _lengthSlack;
    private readonly double _unitSlack;

    /// <param name="dimension">The number of components, d.</param>
    /// <param name="format">The format of the integers.</param>
    /// <param name="measures">The properties of the centroids.</param>
    public QuantizedArithmetic(int dimension, IntegerFormat format, CentroidMeasures measures)
        : this(dimension, format, measures, ScoreError.Gamma(dimension))
    {
    }

    /// <param name="dimension">The number of components that are quantized.</param>
    /// <param name="format">The format of the integers.</param>
    /// <param name="measures">The properties of the centroids.</param>
    /// <param name="gamma">The factor of |x||c| + |w| that bounds the error of the scores in single precision.</param>
    public QuantizedArithmetic(int dimension, IntegerFormat format, CentroidMeasures measures, double gamma)
    {
        var bytes = format.IsBytes;
        _rounding = 0.51 * Math.Sqrt(dimension);
        _maxRange = bytes ? format.MaxMagnitude / RoundUp : ((1 << 15) - _rounding) / RoundUp;
        var scale = Math.Clamp((bytes ? measures.MaxComponent : measures.MaxDifference) / _maxRange, MinScale, MaxScale);
        _inverseScale = 1 / scale;
        _minRange = Math.Max(MinScale, measures.MaxShiftedStart / (MaxStart * scale)) * _maxRange;
        _minLength = (float)(_minRange * RoundUp);
        _roundingSlack = bytes ? 0 : _rounding * ((measures.MaxDifference * _inverseScale) + _rounding);
        _lengthSlack = (((gamma * measures.MaxNorm) + (measures.MaxDifference / (1 << 22))) * _inverseScale) + (bytes ? 0 : _rounding);
        _unitSlack = ((measures.MaxShiftedStart / (1 << 21)) + (gamma * ((measures.MeanNorm * measures.MaxNorm) + measures.MaxStart)) + ScoreError.Underflow(dimension)) * RoundUp;
        IsUsable = double.IsFinite(_roundingSlack) && double.IsFinite(_lengthSlack) && double.IsFinite(_unitSlack)
            && ((measures.MeanNorm + MaxLength) * measures.MaxNorm) + measures.MaxStart < MaxScore
            && (bytes ? measures.MaxComponent : measures.MaxDifference) <= _maxRange * scale * (1 + 1e-9);
    }

    /// <summary>Gets a value indicating whether the centroids can be represented as integers.</summary>
    public bool IsUsable { get; }

    /// <summary>Gets 1 / b.</summary>
    public float InverseScale => (float)_inverseScale;

    /// <summary>Returns 1 / b of one centroid of 8-bit components.</summary>
    /// <param name="maxComponent">The maximum |c'ⱼ| that is not clipped.</param>
    public float InverseScaleOfCentroid(double maxComponent) => (float)Math.Clamp(_maxRange / maxComponent, _inverseScale, _inverseScale * (1 << 20));

    /// <summary>Returns p or q of a vector of 8-bit components, given its square as measured in single precision, which shifts each component by less than 10⁻³.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Rounding(float squared) => (MathF.Sqrt(squared) * RoundUp) + (_rounding * 2e-3);

    /// <summary>Computes 1 / a of a point, and 1 / ab.</summary>
    /// <param name="length">The length |x'|, or the maximum |x'ⱼ| for components of 8 bits.</param>
    /// <param name="inverseScale">The value 1 / a.</param>
    /// <param name="inverseUnit">The value 1 / ab.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Scale(float length, out float inverseScale, out float inverseUnit)
    {
        inverseScale = (float)_maxRange / Math.Max(length, _minLength);
        inverseUnit = (float)(inverseScale * _inverseScale);
    }

    /// <summary>Returns an upper bound of (E + e)/ab, for components of 8 bits without the terms that the scores include already; infinite if |x'| is too large.</summary>
    /// <param name="length">The length |x'|.</param>
    /// <param name="inverseScale">The value 1 / a.</param>
    /// <param name="inverseUnit">The value 1 / ab.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Slack(float length, float inverseScale, float inverseUnit) =>
        length <= MaxLength ? Slack((double)length * inverseScale * RoundUp, inverseUnit) : double.PositiveInfinity;

    /// <summary>Returns (E + e)/ab for components of 16 bits at a scale of <see cref="InverseScaleOf"/>; infinite if the starts exceed 32 bits.</summary>
    /// <param name="inverseScale">The value 1 / a.</param>
    /// <param name="inverseUnit">The value 1 / ab.</param>
    public double Slack(float inverseScale, double inverseUnit) =>
        inverseScale > 0 && inverseScale * _minRange <= _maxRange ? Slack(_maxRange * RoundUp, inverseUnit) : double.PositiveInfinity;

    /// <summary>Returns 1 / a for components of 16 bits of a vector, independent of the centroids, or 0 if the vector cannot be represented.</summary>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="squaredNorm">The squared length |x'|².</param>
    public static float InverseScaleOf(int dimension, double squaredNorm)
    {
        var length = Math.Sqrt(squaredNorm);
        return length is > 1e-10 and < 1e15 ? (float)(((1 << 15) - (0.51 * Math.Sqrt(dimension))) / RoundUp / length) : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Slack(double length, double inverseUnit) =>
        _roundingSlack + (length * _lengthSlack) + 0.5 + (_unitSlack * inverseUnit);
}
