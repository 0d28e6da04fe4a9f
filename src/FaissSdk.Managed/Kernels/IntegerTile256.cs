using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>The micro-kernel of integers in 16 registers of 256 bits: six points by a panel of 16 centroids.</summary>
internal readonly unsafe struct IntegerTile256<TProducts> : IIntegerTile
    where TProducts : struct, IProducts
{
    private const int Half = 16 / 2;

    // What is fetched into the first-level cache is that far ahead of its use.
    private const int WordsAhead = 8;

    public static bool IsSupported => TProducts.IsSupported;

    public static int Rows => 6;

    public static int PanelWidth => 16;

    public static IntegerFormat Format => TProducts.Format;

    // As in SimdTile: sums by value, and no call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score(int* points, nint words, float* inverseUnits, IntegerPanel panel, int* thresholds, int* scores, uint* masks, Prefetch.Run ahead)
    {
        int* x0 = points, x1 = x0 + words, x2 = x1 + words, x3 = x2 + words, x4 = x3 + words, x5 = x4 + words;
        var (start0, start1) = (Vector256.Load(panel.Starts), Vector256.Load(panel.Starts + Half));
        var (offset0, offset1) = (Vector256.Load(panel.Offsets), Vector256.Load(panel.Offsets + Half));
        var (a00, a01) = (Start(inverseUnits[0], start0, offset0), Start(inverseUnits[0], start1, offset1));
        var (a10, a11) = (Start(inverseUnits[1], start0, offset0), Start(inverseUnits[1], start1, offset1));
        var (a20, a21) = (Start(inverseUnits[2], start0, offset0), Start(inverseUnits[2], start1, offset1));
        var (a30, a31) = (Start(inverseUnits[3], start0, offset0), Start(inverseUnits[3], start1, offset1));
        var (a40, a41) = (Start(inverseUnits[4], start0, offset0), Start(inverseUnits[4], start1, offset1));
        var (a50, a51) = (Start(inverseUnits[5], start0, offset0), Start(inverseUnits[5], start1, offset1));
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

        masks[0] = Keep(a00, a01, thresholds[0], scores);
        masks[1] = Keep(a10, a11, thresholds[1], scores + PanelWidth);
        masks[2] = Keep(a20, a21, thresholds[2], scores + (2 * PanelWidth));
        masks[3] = Keep(a30, a31, thresholds[3], scores + (3 * PanelWidth));
        masks[4] = Keep(a40, a41, thresholds[4], scores + (4 * PanelWidth));
        masks[5] = Keep(a50, a51, thresholds[5], scores + (5 * PanelWidth));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Start(float inverseUnit, Vector256<float> start, Vector256<int> offset) => Avx.ConvertToVector256Int32(Vector256.Create(inverseUnit) * start) - offset;

    /// <summary>Writes the scores, and tells which of them are greater than a threshold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Keep(Vector256<int> score0, Vector256<int> score1, int threshold, int* scores)
    {
        score0.Store(scores);
        score1.Store(scores + Half);
        var least = Vector256.Create(threshold);
        return (uint)Vector256.GreaterThan(score0, least).ExtractMostSignificantBits() | ((uint)Vector256.GreaterThan(score1, least).ExtractMostSignificantBits() << Half);
    }
}
