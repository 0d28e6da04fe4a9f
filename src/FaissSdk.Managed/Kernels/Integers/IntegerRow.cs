using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Scores one point against one vector of 7-bit integers (AVX2).</summary>
internal static unsafe class IntegerRow
{
    private const int Step = 8;

    /// <summary>Returns an upper bound of the score, as the kernels compute it for a panel.</summary>
    /// <param name="point">The words of the point.</param>
    /// <param name="words">The number of words.</param>
    /// <param name="units">The units of the point.</param>
    /// <param name="row">The vector, a panel of width 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Score(int* point, nint words, ScoreUnits* units, IntegerPanel row)
    {
        var sums = Vector256<int>.Zero;
        nint j = 0;
        for (; j <= words - Step; j += Step)
        {
            sums += Multiply(Vector256.Load(point + j), Vector256.Load(row.Words + j));
        }

        for (; j < words; j++)
        {
            sums += Multiply(Vector256.CreateScalar(point[j]), Vector256.CreateScalar(row.Words[j]));
        }

        var start = units->Start * *row.Starts;
        start = MathF.FusedMultiplyAdd(units->Rounding, *row.Lengths, start);
        start = MathF.FusedMultiplyAdd(units->Length, *row.Roundings, start);
        return Sse.ConvertToInt32(Vector128.CreateScalarUnsafe(MathF.FusedMultiplyAdd(Vector256.Sum(sums) + *row.Offsets, *row.Scales, start)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Multiply(Vector256<int> x, Vector256<int> c) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(x.AsByte(), c.AsSByte()), Vector256<short>.One);
}
