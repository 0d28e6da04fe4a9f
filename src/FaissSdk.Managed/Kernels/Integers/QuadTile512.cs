using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Implements the micro-kernel of 7-bit integers in 32 registers of 512 bits (AVX-512 BW): eight points by a panel of 32 centroids.</summary>
/// <remarks>Products of two words are added up in 16 bits, which cannot overflow as magnitudes are at most 63 and 127, and only their sums in 32 bits: five instructions instead of the eight that the same components would take in 16 bits.</remarks>
internal readonly unsafe struct QuadTile512 : IIntegerTile
{
    private const int Half = 32 / 2;

    // The distance, in words, at which components are prefetched into the first-level cache.
    private const int WordsAhead = 12;

    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported && PairProducts.IsSupported;

    public static int Rows => 8;

    public static int PanelWidth => 32;

    public static IntegerFormat Format => IntegerFormat.Quads7;

    // As in SimdTile: sums by value, and no call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score(int* points, nint words, ScoreUnits* units, IntegerPanel panel, int* thresholds, int* scores, uint* masks, Prefetch.Run ahead)
    {
        int* x0 = points, x1 = x0 + words, x2 = x1 + words, x3 = x2 + words, x4 = x3 + words, x5 = x4 + words;
        int* x6 = x5 + words, x7 = x6 + words;
        var (start0, start1) = (Vector512.Load(panel.Offsets), Vector512.Load(panel.Offsets + Half));
        Vector512<int> a00 = start0, a01 = start1, a10 = start0, a11 = start1, a20 = start0, a21 = start1;
        Vector512<int> a30 = start0, a31 = start1, a40 = start0, a41 = start1, a50 = start0, a51 = start1;
        Vector512<int> a60 = start0, a61 = start1, a70 = start0, a71 = start1;
        Vector512<byte> x;
        Vector512<short> s0, s1;
        var components = panel.Words;
        for (nint j = 0; j < words; j += 2)
        {
            ahead.Next(2);
            Sse.Prefetch0(components + (WordsAhead * PanelWidth));
            Sse.Prefetch0(components + (WordsAhead * PanelWidth) + Half);
            Sse.Prefetch0(components + ((WordsAhead + 1) * PanelWidth));
            Sse.Prefetch0(components + ((WordsAhead + 1) * PanelWidth) + Half);
            var (c0, c1) = (Vector512.Load(components).AsSByte(), Vector512.Load(components + Half).AsSByte());
            var (c2, c3) = (Vector512.Load(components + PanelWidth).AsSByte(), Vector512.Load(components + PanelWidth + Half).AsSByte());
            x = Vector512.Create(x0[j]).AsByte();
            (s0, s1) = (Multiply(x, c0), Multiply(x, c1));
            x = Vector512.Create(x0[j + 1]).AsByte();
            a00 += Widen(s0 + Multiply(x, c2));
            a01 += Widen(s1 + Multiply(x, c3));
            x = Vector512.Create(x1[j]).AsByte();
            (s0, s1) = (Multiply(x, c0), Multiply(x, c1));
            x = Vector512.Create(x1[j + 1]).AsByte();
            a10 += Widen(s0 + Multiply(x, c2));
            a11 += Widen(s1 + Multiply(x, c3));
            x = Vector512.Create(x2[j]).AsByte();
            (s0, s1) = (Multiply(x, c0), Multiply(x, c1));
            x = Vector512.Create(x2[j + 1]).AsByte();
            a20 += Widen(s0 + Multiply(x, c2));
            a21 += Widen(s1 + Multiply(x, c3));
            x = Vector512.Create(x3[j]).AsByte();
            (s0, s1) = (Multiply(x, c0), Multiply(x, c1));
            x = Vector512.Create(x3[j + 1]).AsByte();
            a30 += Widen(s0 + Multiply(x, c2));
            a31 += Widen(s1 + Multiply(x, c3));
            x = Vector512.Create(x4[j]).AsByte();
            (s0, s1) = (Multiply(x, c0), Multiply(x, c1));
            x = Vector512.Create(x4[j + 1]).AsByte();
            a40 += Widen(s0 + Multiply(x, c2));
            a41 += Widen(s1 + Multiply(x, c3));
            x = Vector512.Create(x5[j]).AsByte();
            (s0, s1) = (Multiply(x, c0), Multiply(x, c1));
            x = Vector512.Create(x5[j + 1]).AsByte();
            a50 += Widen(s0 + Multiply(x, c2));
            a51 += Widen(s1 + Multiply(x, c3));
            x = Vector512.Create(x6[j]).AsByte();
            (s0, s1) = (Multiply(x, c0), Multiply(x, c1));
            x = Vector512.Create(x6[j + 1]).AsByte();
            a60 += Widen(s0 + Multiply(x, c2));
            a61 += Widen(s1 + Multiply(x, c3));
            x = Vector512.Create(x7[j]).AsByte();
            (s0, s1) = (Multiply(x, c0), Multiply(x, c1));
            x = Vector512.Create(x7[j + 1]).AsByte();
            a70 += Widen(s0 + Multiply(x, c2));
            a71 += Widen(s1 + Multiply(x, c3));
            components += 2 * PanelWidth;
        }

        masks[0] = IntegerScores.Keep(a00, a01, panel, units, thresholds[0], scores, bounds: true);
        masks[1] = IntegerScores.Keep(a10, a11, panel, units + 1, thresholds[1], scores + PanelWidth, bounds: true);
        masks[2] = IntegerScores.Keep(a20, a21, panel, units + 2, thresholds[2], scores + (2 * PanelWidth), bounds: true);
        masks[3] = IntegerScores.Keep(a30, a31, panel, units + 3, thresholds[3], scores + (3 * PanelWidth), bounds: true);
        masks[4] = IntegerScores.Keep(a40, a41, panel, units + 4, thresholds[4], scores + (4 * PanelWidth), bounds: true);
        masks[5] = IntegerScores.Keep(a50, a51, panel, units + 5, thresholds[5], scores + (5 * PanelWidth), bounds: true);
        masks[6] = IntegerScores.Keep(a60, a61, panel, units + 6, thresholds[6], scores + (6 * PanelWidth), bounds: true);
        masks[7] = IntegerScores.Keep(a70, a71, panel, units + 7, thresholds[7], scores + (7 * PanelWidth), bounds: true);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Multiply(Vector512<byte> x, Vector512<sbyte> c) => Avx512BW.MultiplyAddAdjacent(x, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Widen(Vector512<short> sums) => Avx512BW.MultiplyAddAdjacent(sums, Vector512<short>.One);
}
