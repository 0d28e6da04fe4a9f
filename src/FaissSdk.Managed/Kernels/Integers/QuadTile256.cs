using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Implements the micro-kernel of 7-bit integers in 16 registers of 256 bits (AVX2): eight points by a panel of 8 centroids.</summary>
/// <remarks>Products of two words are added up in 16 bits, which cannot overflow as magnitudes are at most 63 and 127, and only their sums in 32 bits: five instructions instead of the eight that the same components would take in 16 bits.</remarks>
internal readonly unsafe struct QuadTile256 : IIntegerTile
{
    // The distance, in words, at which components are prefetched into the first-level cache.
    private const int WordsAhead = 12;

    public static bool IsSupported => PairProducts.IsSupported;

    public static int Rows => 8;

    public static int PanelWidth => 8;

    public static IntegerFormat Format => IntegerFormat.Quads7;

    // As in SimdTile: sums by value, and no call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score(int* points, nint words, ScoreUnits* units, IntegerPanel panel, int* thresholds, int* scores, uint* masks, Prefetch.Run ahead)
    {
        int* x0 = points, x1 = x0 + words, x2 = x1 + words, x3 = x2 + words, x4 = x3 + words, x5 = x4 + words, x6 = x5 + words, x7 = x6 + words;
        var start = Vector256.Load(panel.Offsets);
        Vector256<int> a0 = start, a1 = start, a2 = start, a3 = start, a4 = start, a5 = start, a6 = start, a7 = start;
        Vector256<byte> x;
        Vector256<short> s;
        var components = panel.Words;
        for (nint j = 0; j < words; j += 2)
        {
            ahead.Next(2);
            Sse.Prefetch0(components + (WordsAhead * PanelWidth));
            var (c0, c1) = (Vector256.Load(components).AsSByte(), Vector256.Load(components + PanelWidth).AsSByte());
            x = Vector256.Create(x0[j]).AsByte();
            s = Multiply(x, c0);
            x = Vector256.Create(x0[j + 1]).AsByte();
            a0 += Widen(s + Multiply(x, c1));
            x = Vector256.Create(x1[j]).AsByte();
            s = Multiply(x, c0);
            x = Vector256.Create(x1[j + 1]).AsByte();
            a1 += Widen(s + Multiply(x, c1));
            x = Vector256.Create(x2[j]).AsByte();
            s = Multiply(x, c0);
            x = Vector256.Create(x2[j + 1]).AsByte();
            a2 += Widen(s + Multiply(x, c1));
            x = Vector256.Create(x3[j]).AsByte();
            s = Multiply(x, c0);
            x = Vector256.Create(x3[j + 1]).AsByte();
            a3 += Widen(s + Multiply(x, c1));
            x = Vector256.Create(x4[j]).AsByte();
            s = Multiply(x, c0);
            x = Vector256.Create(x4[j + 1]).AsByte();
            a4 += Widen(s + Multiply(x, c1));
            x = Vector256.Create(x5[j]).AsByte();
            s = Multiply(x, c0);
            x = Vector256.Create(x5[j + 1]).AsByte();
            a5 += Widen(s + Multiply(x, c1));
            x = Vector256.Create(x6[j]).AsByte();
            s = Multiply(x, c0);
            x = Vector256.Create(x6[j + 1]).AsByte();
            a6 += Widen(s + Multiply(x, c1));
            x = Vector256.Create(x7[j]).AsByte();
            s = Multiply(x, c0);
            x = Vector256.Create(x7[j + 1]).AsByte();
            a7 += Widen(s + Multiply(x, c1));
            components += 2 * PanelWidth;
        }

        masks[0] = IntegerScores.Keep(a0, panel, 0, units, thresholds[0], scores, bounds: true);
        masks[1] = IntegerScores.Keep(a1, panel, 0, units + 1, thresholds[1], scores + PanelWidth, bounds: true);
        masks[2] = IntegerScores.Keep(a2, panel, 0, units + 2, thresholds[2], scores + (2 * PanelWidth), bounds: true);
        masks[3] = IntegerScores.Keep(a3, panel, 0, units + 3, thresholds[3], scores + (3 * PanelWidth), bounds: true);
        masks[4] = IntegerScores.Keep(a4, panel, 0, units + 4, thresholds[4], scores + (4 * PanelWidth), bounds: true);
        masks[5] = IntegerScores.Keep(a5, panel, 0, units + 5, thresholds[5], scores + (5 * PanelWidth), bounds: true);
        masks[6] = IntegerScores.Keep(a6, panel, 0, units + 6, thresholds[6], scores + (6 * PanelWidth), bounds: true);
        masks[7] = IntegerScores.Keep(a7, panel, 0, units + 7, thresholds[7], scores + (7 * PanelWidth), bounds: true);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Multiply(Vector256<byte> x, Vector256<sbyte> c) => Avx2.MultiplyAddAdjacent(x, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Widen(Vector256<short> sums) => Avx2.MultiplyAddAdjacent(sums, Vector256<short>.One);
}
