using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Implements the micro-kernel of 16-bit integers in 32 registers of 512 bits (AVX-512 BW): twelve points by a panel of 32 centroids.</summary>
internal readonly unsafe struct PairTile512 : IIntegerTile
{
    private const int Half = 32 / 2;

    // The distance, in words, at which components are prefetched into the first-level cache.
    private const int WordsAhead = 8;

    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported && PairProducts.IsSupported;

    public static int Rows => 12;

    public static int PanelWidth => 32;

    public static IntegerFormat Format => IntegerFormat.Pairs;

    // As in SimdTile: sums by value, and no call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score(int* points, nint words, ScoreUnits* units, IntegerPanel panel, int* thresholds, int* scores, uint* masks, Prefetch.Run ahead)
    {
        int* x0 = points, x1 = x0 + words, x2 = x1 + words, x3 = x2 + words, x4 = x3 + words, x5 = x4 + words;
        int* x6 = x5 + words, x7 = x6 + words, x8 = x7 + words, x9 = x8 + words, x10 = x9 + words, x11 = x10 + words;
        var (start0, start1) = (Vector512.Load(panel.Offsets), Vector512.Load(panel.Offsets + Half));
        Vector512<int> a00 = start0, a01 = start1, a10 = start0, a11 = start1, a20 = start0, a21 = start1;
        Vector512<int> a30 = start0, a31 = start1, a40 = start0, a41 = start1, a50 = start0, a51 = start1;
        Vector512<int> a60 = start0, a61 = start1, a70 = start0, a71 = start1, a80 = start0, a81 = start1;
        Vector512<int> a90 = start0, a91 = start1, aa0 = start0, aa1 = start1, ab0 = start0, ab1 = start1;
        Vector512<int> x, c0, c1;
        var components = panel.Words;
        for (nint j = 0; j < words; j++)
        {
            ahead.Next(1);
            Sse.Prefetch0(components + (WordsAhead * PanelWidth));
            Sse.Prefetch0(components + (WordsAhead * PanelWidth) + Half);
            (c0, c1) = (Vector512.Load(components), Vector512.Load(components + Half));
            x = Vector512.Create(x0[j]);
            a00 = MultiplyAdd(a00, x, c0);
            a01 = MultiplyAdd(a01, x, c1);
            x = Vector512.Create(x1[j]);
            a10 = MultiplyAdd(a10, x, c0);
            a11 = MultiplyAdd(a11, x, c1);
            x = Vector512.Create(x2[j]);
            a20 = MultiplyAdd(a20, x, c0);
            a21 = MultiplyAdd(a21, x, c1);
            x = Vector512.Create(x3[j]);
            a30 = MultiplyAdd(a30, x, c0);
            a31 = MultiplyAdd(a31, x, c1);
            x = Vector512.Create(x4[j]);
            a40 = MultiplyAdd(a40, x, c0);
            a41 = MultiplyAdd(a41, x, c1);
            x = Vector512.Create(x5[j]);
            a50 = MultiplyAdd(a50, x, c0);
            a51 = MultiplyAdd(a51, x, c1);
            x = Vector512.Create(x6[j]);
            a60 = MultiplyAdd(a60, x, c0);
            a61 = MultiplyAdd(a61, x, c1);
            x = Vector512.Create(x7[j]);
            a70 = MultiplyAdd(a70, x, c0);
            a71 = MultiplyAdd(a71, x, c1);
            x = Vector512.Create(x8[j]);
            a80 = MultiplyAdd(a80, x, c0);
            a81 = MultiplyAdd(a81, x, c1);
            x = Vector512.Create(x9[j]);
            a90 = MultiplyAdd(a90, x, c0);
            a91 = MultiplyAdd(a91, x, c1);
            x = Vector512.Create(x10[j]);
            aa0 = MultiplyAdd(aa0, x, c0);
            aa1 = MultiplyAdd(aa1, x, c1);
            x = Vector512.Create(x11[j]);
            ab0 = MultiplyAdd(ab0, x, c0);
            ab1 = MultiplyAdd(ab1, x, c1);
            components += PanelWidth;
        }

        masks[0] = IntegerScores.Keep(a00, a01, panel, units, thresholds[0], scores, bounds: false);
        masks[1] = IntegerScores.Keep(a10, a11, panel, units + 1, thresholds[1], scores + PanelWidth, bounds: false);
        masks[2] = IntegerScores.Keep(a20, a21, panel, units + 2, thresholds[2], scores + (2 * PanelWidth), bounds: false);
        masks[3] = IntegerScores.Keep(a30, a31, panel, units + 3, thresholds[3], scores + (3 * PanelWidth), bounds: false);
        masks[4] = IntegerScores.Keep(a40, a41, panel, units + 4, thresholds[4], scores + (4 * PanelWidth), bounds: false);
        masks[5] = IntegerScores.Keep(a50, a51, panel, units + 5, thresholds[5], scores + (5 * PanelWidth), bounds: false);
        masks[6] = IntegerScores.Keep(a60, a61, panel, units + 6, thresholds[6], scores + (6 * PanelWidth), bounds: false);
        masks[7] = IntegerScores.Keep(a70, a71, panel, units + 7, thresholds[7], scores + (7 * PanelWidth), bounds: false);
        masks[8] = IntegerScores.Keep(a80, a81, panel, units + 8, thresholds[8], scores + (8 * PanelWidth), bounds: false);
        masks[9] = IntegerScores.Keep(a90, a91, panel, units + 9, thresholds[9], scores + (9 * PanelWidth), bounds: false);
        masks[10] = IntegerScores.Keep(aa0, aa1, panel, units + 10, thresholds[10], scores + (10 * PanelWidth), bounds: false);
        masks[11] = IntegerScores.Keep(ab0, ab1, panel, units + 11, thresholds[11], scores + (11 * PanelWidth), bounds: false);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> MultiplyAdd(Vector512<int> sum, Vector512<int> x, Vector512<int> c) => sum + Avx512BW.MultiplyAddAdjacent(x.AsInt16(), c.AsInt16());
}
