using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>What the micro-kernels of integers make of the sums of one point: its scores, written, and which of them are greater than its threshold.</summary>
internal static unsafe class IntegerScores
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Keep(Vector256<int> sum, float* scales, float* starts, float inverseUnit, int threshold, int* scores)
    {
        var score = Avx.ConvertToVector256Int32(Fma.MultiplyAdd(Vector256.ConvertToSingle(sum), Vector256.Load(scales), Vector256.Create(inverseUnit) * Vector256.Load(starts)));
        score.Store(scores);
        return Vector256.GreaterThan(score, Vector256.Create(threshold)).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Keep(Vector256<int> sum0, Vector256<int> sum1, IntegerPanel panel, float inverseUnit, int threshold, int* scores) =>
        Keep(sum0, panel.Scales, panel.Starts, inverseUnit, threshold, scores)
        | (Keep(sum1, panel.Scales + Vector256<int>.Count, panel.Starts + Vector256<int>.Count, inverseUnit, threshold, scores + Vector256<int>.Count) << Vector256<int>.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Keep(Vector512<int> sum, float* scales, float* starts, float inverseUnit, int threshold, int* scores)
    {
        var score = Avx512F.ConvertToVector512Int32(Avx512F.FusedMultiplyAdd(Vector512.ConvertToSingle(sum), Vector512.Load(scales), Vector512.Create(inverseUnit) * Vector512.Load(starts)));
        score.Store(scores);
        return (uint)Vector512.GreaterThan(score, Vector512.Create(threshold)).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Keep(Vector512<int> sum0, Vector512<int> sum1, IntegerPanel panel, float inverseUnit, int threshold, int* scores) =>
        Keep(sum0, panel.Scales, panel.Starts, inverseUnit, threshold, scores)
        | (Keep(sum1, panel.Scales + Vector512<int>.Count, panel.Starts + Vector512<int>.Count, inverseUnit, threshold, scores + Vector512<int>.Count) << Vector512<int>.Count);
}
