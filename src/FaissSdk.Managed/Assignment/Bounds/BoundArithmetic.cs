using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaissSdk;

/// <summary>Computes the bounds of <see cref="CentroidBounds"/> for the centroids of one search, with the effects of rounding included.</summary>
/// <remarks>
/// With the γ of <see cref="ScoreError"/>, a computed score s of x·c − |c|²/2 is off by at most γ(|x||c| + |c|²/2), and a computed
/// |x|² by γ|x|², so that |x|² − 2s is off by less than e = 2γ(|x|² + max |c|²). A bound l excludes a group only if
/// l² &gt; |x|² − 2s + e for the computed score s of the point's own centroid, and is computed from a score with l² = |x|² − 2s − e,
/// so every computed score of an excluded group is less than that of the point's own centroid. Spherical scores lack |c|²/2, so the
/// maximum and the minimum |c|² are added for them.
/// </remarks>
internal readonly unsafe struct BoundArithmetic
{
    // These factors exceed the roundings of an addition, a subtraction, a square and two conversions.
    private const float RoundDown = 1 - (1f / (1 << 21));
    private const float RoundUp = 1 + (1f / (1 << 21));

    // The bound of a group without other centroids; its square is finite.
    private const float MaxBound = 1e18f;

    private readonly float _scale;
    private readonly float _offset;
    private readonly float _storeScale;
    private readonly float _storeOffset;
    private readonly float* _movement;

    /// <param name="dimension">The number of components, d.</param>
    /// <param name="maxNorm">The maximum |c|².</param>
    /// <param name="minNorm">The minimum |c|².</param>
    /// <param name="spherical">Whether scores are x·c.</param>
    /// <param name="movement">The accumulated movement of the centroids of each group (groups).</param>
    public BoundArithmetic(int dimension, double maxNorm, double minNorm, bool spherical, float* movement)
    {
        var gamma = ScoreError.Gamma(dimension);
        var error = (2 * gamma * maxNorm) + (2 * ScoreError.Underflow(dimension));
        _scale = (float)(1 + (2 * gamma));
        _storeScale = (float)(1 - (2 * gamma));
        _offset = (float)(error + (spherical ? maxNorm : 0));
        _storeOffset = (float)((spherical ? minNorm : 0) - error);
        _movement = movement;
    }

    /// <summary>Returns the square that a bound must exceed for its group to be excluded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Threshold(float squaredNorm, float score) => Math.Max(0, (squaredNorm * _scale) + _offset - (2 * score)) * RoundUp;

    /// <summary>Returns the stored form of a bound, given the maximum score of the group without the point's own centroid: the bound plus the movement so far, so that a growing movement requires no write.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> Store(Vector128<float> squaredNorms, Vector128<float> scores, int group)
    {
        var squares = (squaredNorms * _storeScale) + Vector128.Create(_storeOffset) - (scores + scores);
        var bounds = Vector128.Min(Vector128.Sqrt(Vector128.Max(squares, Vector128<float>.Zero)) * RoundDown, Vector128.Create(MaxBound));
        return (bounds + Vector128.Create(_movement[group])) * RoundDown;
    }

    /// <summary>Returns the stored form of a bound of one point.</summary>
    public float Store(float squaredNorm, float score, int group) =>
        Store(Vector128.CreateScalar(squaredNorm), Vector128.CreateScalar(score), group).ToScalar();

    /// <summary>Returns a bit for each of four groups that has to be scored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Needed(float* stored, int group, Vector128<float> threshold)
    {
        var bound = (Vector128.Load(stored + group) * Vector128.Create(RoundDown)) - Vector128.Load(_movement + group);
        var excluded = Vector128.GreaterThan(bound, Vector128<float>.Zero) & Vector128.GreaterThan(bound * bound, threshold);
        return ~excluded.ExtractMostSignificantBits() & 0xF;
    }
}
