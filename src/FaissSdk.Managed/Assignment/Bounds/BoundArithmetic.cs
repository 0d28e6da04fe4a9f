using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaissSdk;

/// <summary>The rounding-proof arithmetic of <see cref="CentroidBounds"/>, for the centroids of one search.</summary>
/// <remarks>
/// With u = 2⁻²⁴ and γ = (d + 12)u / (1 − (d + 12)u), a computed score s of x·c − |c|²/2 is off by at most γ(|x||c| + |c|²/2)
/// and a computed |x|² by γ|x|² (N. J. Higham, Accuracy and Stability, §3.1), so that |x|² − 2s is off by less than
/// e = 2γ(|x|² + max |c|²). A bound l leaves a group out only if l² &gt; |x|² − 2s + e for the computed score s of the
/// point's own centroid, and is made of a computed score with l² = |x|² − 2s − e: every computed score of a group left out is
/// then less than the own one. (Eight of γ's terms are for the roundings of this arithmetic itself.) Spherical scores lack |c|²/2, so there the greatest and the least |c|² are added.
/// </remarks>
internal readonly unsafe struct BoundArithmetic
{
    // More than the roundings of an addition, a subtraction, a square and two conversions.
    private const float Less = 1 - (1f / (1 << 21));
    private const float More = 1 + (1f / (1 << 21));

    // For a group of no other centroid: its square is finite.
    private const float Farthest = 1e18f;

    private readonly float _scale;
    private readonly float _added;
    private readonly float _scaleOfStore;
    private readonly float _addedOfStore;
    private readonly float* _movement;

    /// <param name="dimension">d.</param>
    /// <param name="greatestNorm">The greatest |c|².</param>
    /// <param name="leastNorm">The least |c|².</param>
    /// <param name="spherical">Whether scores are x·c.</param>
    /// <param name="movement">What the centroids of each group have moved so far (groups).</param>
    public BoundArithmetic(int dimension, double greatestNorm, double leastNorm, bool spherical, float* movement)
    {
        var gamma = ScoreError.Gamma(dimension);
        var error = (2 * gamma * greatestNorm) + (2 * ScoreError.OfUnderflow(dimension));
        _scale = (float)(1 + (2 * gamma));
        _scaleOfStore = (float)(1 - (2 * gamma));
        _added = (float)(error + (spherical ? greatestNorm : 0));
        _addedOfStore = (float)((spherical ? leastNorm : 0) - error);
        _movement = movement;
    }

    /// <summary>The movements so far (groups).</summary>
    public float* Movement => _movement;

    /// <summary>The square that a bound must exceed for its group to be left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Threshold(float squaredNorm, float score) => Math.Max(0, (squaredNorm * _scale) + _added - (2 * score)) * More;

    /// <summary>What is stored of a group whose greatest score, but for the point's own centroid, is known: the bound plus the movement so far, so that nothing is written while only the movement grows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> Store(Vector128<float> squaredNorms, Vector128<float> scores, int group)
    {
        var squares = (squaredNorms * _scaleOfStore) + Vector128.Create(_addedOfStore) - (scores + scores);
        var bounds = Vector128.Min(Vector128.Sqrt(Vector128.Max(squares, Vector128<float>.Zero)) * Less, Vector128.Create(Farthest));
        return (bounds + Vector128.Create(_movement[group])) * Less;
    }

    /// <summary>The same for one point.</summary>
    public float Store(float squaredNorm, float score, int group) =>
        Store(Vector128.CreateScalar(squaredNorm), Vector128.CreateScalar(score), group).ToScalar();

    /// <summary>Which of four groups, as bits, have to be scored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Needed(float* stored, int group, Vector128<float> threshold)
    {
        var bound = (Vector128.Load(stored + group) * Vector128.Create(Less)) - Vector128.Load(_movement + group);
        var leftOut = Vector128.GreaterThan(bound, Vector128<float>.Zero) & Vector128.GreaterThan(bound * bound, threshold);
        return ~leftOut.ExtractMostSignificantBits() & 0xF;
    }
}
