using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaissSdk;

/// <summary>The rounding-proof arithmetic of <see cref="CentroidBounds"/>, for the centroids of one search.</summary>
/// <remarks>
/// With u = 2⁻²⁴ and γ = (d + 4)u / (1 − (d + 4)u), a computed score s of x·c − |c|²/2 is off by at most γ(|x||c| + |c|²/2)
/// and a computed |x|² by γ|x|² (N. J. Higham, Accuracy and Stability, §3.1), so that |x|² − 2s is off by less than
/// e = 2γ(|x|² + max |c|²). A bound l leaves a group out only if l² &gt; |x|² − 2s + e for the computed score s of the
/// point's own centroid, and is made of a computed score with l² = |x|² − 2s − e: every computed score of a group left out is
/// then less than the own one. Spherical scores lack |c|²/2, so there the greatest and the least |c|² are added.
/// </remarks>
internal readonly unsafe struct BoundArithmetic
{
    // More than the roundings of an addition, a subtraction, a square and two conversions.
    private const float Less = 1 - (1f / (1 << 21));
    private const float More = 1 + (1f / (1 << 21));

    // For a group of no other centroid: its square is finite.
    private const float Farthest = 1e18f;

    private const double LeastNormal = 1.17549435e-38;

    private readonly double _errorOfNorm;
    private readonly double _errorOfCentroid;
    private readonly double _greatestAdded;
    private readonly double _leastAdded;
    private readonly float* _movement;

    /// <param name="dimension">d.</param>
    /// <param name="greatestNorm">The greatest |c|².</param>
    /// <param name="leastNorm">The least |c|².</param>
    /// <param name="spherical">Whether scores are x·c.</param>
    /// <param name="movement">What the centroids of each group have moved so far (groups).</param>
    public BoundArithmetic(int dimension, double greatestNorm, double leastNorm, bool spherical, float* movement)
    {
        var terms = (dimension + 4.0) / (1 << 24);
        var gamma = terms / (1 - terms);
        _errorOfNorm = 2 * gamma * (1 + gamma);
        _errorOfCentroid = (2 * gamma * greatestNorm) + (4 * (dimension + 4) * LeastNormal);
        _greatestAdded = spherical ? greatestNorm : 0;
        _leastAdded = spherical ? leastNorm : 0;
        _movement = movement;
    }

    /// <summary>The movements so far (groups).</summary>
    public float* Movement => _movement;

    /// <summary>The square that a bound must exceed for its group to be left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Threshold(float squaredNorm, float score)
    {
        var threshold = squaredNorm + _greatestAdded - (2.0 * score) + (_errorOfNorm * squaredNorm) + _errorOfCentroid;
        return threshold > 0 ? (float)threshold * More : 0;
    }

    /// <summary>What is stored of a group whose greatest score, but for the point's own centroid, is known: the bound plus the movement so far, so that nothing is written while only the movement grows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Store(float squaredNorm, float score, int group)
    {
        var square = squaredNorm + _leastAdded - (2.0 * score) - (_errorOfNorm * squaredNorm) - _errorOfCentroid;
        var bound = square > 0 ? Math.Min((float)Math.Sqrt(square) * Less, Farthest) : 0;
        return (bound + _movement[group]) * Less;
    }

    /// <summary>Which of four groups, as bits, have to be scored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Needed(float* stored, int group, Vector128<float> threshold)
    {
        var bound = (Vector128.Load(stored + group) * Vector128.Create(Less)) - Vector128.Load(_movement + group);
        var leftOut = Vector128.GreaterThan(bound, Vector128<float>.Zero) & Vector128.GreaterThan(bound * bound, threshold);
        return ~leftOut.ExtractMostSignificantBits() & 0xF;
    }
}
