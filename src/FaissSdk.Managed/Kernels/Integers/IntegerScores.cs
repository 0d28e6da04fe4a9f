using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Converts the sums of one point to scores, stores these and compares them with the threshold of the point.</summary>
internal static unsafe class IntegerScores
{
    /// <summary>Converts the sums with 8 centroids of a panel.</summary>
    /// <param name="sum">The sums of products.</param>
    /// <param name="panel">The panel of centroids.</param>
    /// <param name="first">The first of the centroids.</param>
    /// <param name="units">The units of the point.</param>
    /// <param name="threshold">The threshold of the point.</param>
    /// <param name="scores">Receives the scores with the panel.</param>
    /// <param name="bounds">Whether the scores are upper bounds.</param>
    /// <returns>A bit for each score above the threshold.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Keep(Vector256<int> sum, IntegerPanel panel, int first, ScoreUnits* units, int threshold, int* scores, bool bounds)
    {
        var start = Vector256.Create(units->Start) * Vector256.Load(panel.Starts + first);
        if (bounds)
        {
            start = Fma.MultiplyAdd(Vector256.Create(units->Rounding), Vector256.Load(panel.Lengths + first), start);
            start = Fma.MultiplyAdd(Vector256.Create(units->Length), Vector256.Load(panel.Roundings + first), start);
        }

        var score = Avx.ConvertToVector256Int32(Fma.MultiplyAdd(Vector256.ConvertToSingle(sum), Vector256.Load(panel.Scales + first), start));
        score.Store(scores + first);
        return Vector256.GreaterThan(score, Vector256.Create(threshold)).ExtractMostSignificantBits() << first;
    }

    /// <summary>Converts the sums with 16 centroids of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Keep(Vector512<int> sum, IntegerPanel panel, int first, ScoreUnits* units, int threshold, int* scores, bool bounds)
    {
        var start = Vector512.Create(units->Start) * Vector512.Load(panel.Starts + first);
        if (bounds)
        {
            start = Avx512F.FusedMultiplyAdd(Vector512.Create(units->Rounding), Vector512.Load(panel.Lengths + first), start);
            start = Avx512F.FusedMultiplyAdd(Vector512.Create(units->Length), Vector512.Load(panel.Roundings + first), start);
        }

        var score = Avx512F.ConvertToVector512Int32(Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(sum), Vector512.Load(panel.Scales + first), start));
        score.Store(scores + first);
        return (uint)Vector512.GreaterThan(score, Vector512.Create(threshold)).ExtractMostSignificantBits() << first;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Keep(Vector256<int> sum0, Vector256<int> sum1, IntegerPanel panel, ScoreUnits* units, int threshold, int* scores, bool bounds) =>
        Keep(sum0, panel, 0, units, threshold, scores, bounds) | Keep(sum1, panel, Vector256<int>.Count, units, threshold, scores, bounds);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Keep(Vector512<int> sum0, Vector512<int> sum1, IntegerPanel panel, ScoreUnits* units, int threshold, int* scores, bool bounds) =>
        Keep(sum0, panel, 0, units, threshold, scores, bounds) | Keep(sum1, panel, Vector512<int>.Count, units, threshold, scores, bounds);
}
