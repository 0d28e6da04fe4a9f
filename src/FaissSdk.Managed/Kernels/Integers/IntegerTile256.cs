using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Implements the micro-kernel of integers in 16 registers of 256 bits: six points by a panel of 16 centroids.</summary>
internal readonly unsafe struct IntegerTile256<TProducts> : IIntegerTile
    where TProducts : struct, IProducts
{
    private const int Half = 16 / 2;

    // The distance, in words, at which components are prefetched into the first-level cache.
    private const int WordsAhead = 8;

    public static bool IsSupported => TProducts.IsSupported;

    public static int Rows => 6;

    public static int PanelWidth => 16;

    public static IntegerFormat Format => TProducts.Format;

    // As in SimdTile: sums by value, and no call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score(int* points, nint words, ScoreUnits* units, IntegerPanel panel, int* thresholds, int* scores, uint* masks, Prefetch.Run ahead)
    {
        int* x0 = points, x1 = x0 + words, x2 = x1 + words, x3 = x2 + words, x4 = x3 + words, x5 = x4 + words;
        var (start0, start1) = (Vector256.Load(panel.Offsets), Vector256.Load(panel.Offsets + Half));
        Vector256<int> a00 = start0, a01 = start1, a10 = start0, a11 = start1, a20 = start0, a21 = start1;
        Vector256<int> a30 = start0, a31 = start1, a40 = start0, a41 = start1, a50 = start0, a51 = start1;
        Vector256<int> x, c0, c1;
        var components = panel.Words;
        for (nint j = 0; j < words; j++)
        {
            ahead.Next(1);
            Sse.Prefetch0(components + (WordsAhead * PanelWidth));
            (c0, c1) = (Vector256.Load(components), Vector256.Load(components + Half));
            x = Vector256.Create(x0[j]);
            a00 = TProducts.MultiplyAdd(a00, x, c0);
            a01 = TProducts.MultiplyAdd(a01, x, c1);
            x = Vector256.Create(x1[j]);
            a10 = TProducts.MultiplyAdd(a10, x, c0);
            a11 = TProducts.MultiplyAdd(a11, x, c1);
            x = Vector256.Create(x2[j]);
            a20 = TProducts.MultiplyAdd(a20, x, c0);
            a21 = TProducts.MultiplyAdd(a21, x, c1);
            x = Vector256.Create(x3[j]);
            a30 = TProducts.MultiplyAdd(a30, x, c0);
            a31 = TProducts.MultiplyAdd(a31, x, c1);
            x = Vector256.Create(x4[j]);
            a40 = TProducts.MultiplyAdd(a40, x, c0);
            a41 = TProducts.MultiplyAdd(a41, x, c1);
            x = Vector256.Create(x5[j]);
            a50 = TProducts.MultiplyAdd(a50, x, c0);
            a51 = TProducts.MultiplyAdd(a51, x, c1);
            components += PanelWidth;
        }

        masks[0] = IntegerScores.Keep(a00, a01, panel, units, thresholds[0], scores, TProducts.AreBounds);
        masks[1] = IntegerScores.Keep(a10, a11, panel, units + 1, thresholds[1], scores + PanelWidth, TProducts.AreBounds);
        masks[2] = IntegerScores.Keep(a20, a21, panel, units + 2, thresholds[2], scores + (2 * PanelWidth), TProducts.AreBounds);
        masks[3] = IntegerScores.Keep(a30, a31, panel, units + 3, thresholds[3], scores + (3 * PanelWidth), TProducts.AreBounds);
        masks[4] = IntegerScores.Keep(a40, a41, panel, units + 4, thresholds[4], scores + (4 * PanelWidth), TProducts.AreBounds);
        masks[5] = IntegerScores.Keep(a50, a51, panel, units + 5, thresholds[5], scores + (5 * PanelWidth), TProducts.AreBounds);
    }
}
