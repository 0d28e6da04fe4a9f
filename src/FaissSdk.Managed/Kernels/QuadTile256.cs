using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>The micro-kernel of 7-bit integers in 16 registers of 256 bits (AVX2): four points by a panel of 16 centroids.</summary>
/// <remarks>Products of two words are added up in 16 bits, which bounds of 63 and 127 keep from overflowing, and only their sums in 32: five instructions where two components of 16 bits each would take eight.</remarks>
internal readonly unsafe struct QuadTile256 : IIntegerTile
{
    private const int Half = 16 / 2;

    // What is fetched into the first-level cache is that far ahead of its use.
    private const int WordsAhead = 12;

    public static bool IsSupported => PairProducts.IsSupported;

    public static int Rows => 4;

    public static int PanelWidth => 16;

    public static IntegerFormat Format => IntegerFormat.Quads7;

    // As in SimdTile: sums by value, and no call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score(int* points, nint words, float* inverseUnits, IntegerPanel panel, int* thresholds, int* scores, uint* masks, Prefetch.Run ahead)
    {
        int* x0 = points, x1 = x0 + words, x2 = x1 + words, x3 = x2 + words;
        var (start0, start1) = (Vector256.Load(panel.Starts), Vector256.Load(panel.Starts + Half));
        var (offset0, offset1) = (Vector256.Load(panel.Offsets), Vector256.Load(panel.Offsets + Half));
        var (a00, a01) = (Start(inverseUnits[0], start0, offset0), Start(inverseUnits[0], start1, offset1));
        var (a10, a11) = (Start(inverseUnits[1], start0, offset0), Start(inverseUnits[1], start1, offset1));
        var (a20, a21) = (Start(inverseUnits[2], start0, offset0), Start(inverseUnits[2], start1, offset1));
        var (a30, a31) = (Start(inverseUnits[3], start0, offset0), Start(inverseUnits[3], start1, offset1));
        Vector256<byte> x;
        Vector256<short> s0, s1;
        var components = panel.Words;
        for (nint j = 0; j < words; j += 2)
        {
            ahead.Next(2);
            Sse.Prefetch0(components + (WordsAhead * PanelWidth));
            Sse.Prefetch0(components + ((WordsAhead + 1) * PanelWidth));
            var (c0, c1) = (Vector256.Load(components).AsSByte(), Vector256.Load(components + Half).AsSByte());
            x = Vector256.Create(x0[j]).AsByte();
            (s0, s1) = (Multiply(x, c0), Multiply(x, c1));
            x = Vector256.Create(x0[j + 1]).AsByte();
            a00 += Widen(s0 + Multiply(x, Vector256.Load(components + PanelWidth).AsSByte()));
            a01 += Widen(s1 + Multiply(x, Vector256.Load(components + PanelWidth + Half).AsSByte()));
            x = Vector256.Create(x1[j]).AsByte();
            (s0, s1) = (Multiply(x, c0), Multiply(x, c1));
            x = Vector256.Create(x1[j + 1]).AsByte();
            a10 += Widen(s0 + Multiply(x, Vector256.Load(components + PanelWidth).AsSByte()));
            a11 += Widen(s1 + Multiply(x, Vector256.Load(components + PanelWidth + Half).AsSByte()));
            x = Vector256.Create(x2[j]).AsByte();
            (s0, s1) = (Multiply(x, c0), Multiply(x, c1));
            x = Vector256.Create(x2[j + 1]).AsByte();
            a20 += Widen(s0 + Multiply(x, Vector256.Load(components + PanelWidth).AsSByte()));
            a21 += Widen(s1 + Multiply(x, Vector256.Load(components + PanelWidth + Half).AsSByte()));
            x = Vector256.Create(x3[j]).AsByte();
            (s0, s1) = (Multiply(x, c0), Multiply(x, c1));
            x = Vector256.Create(x3[j + 1]).AsByte();
            a30 += Widen(s0 + Multiply(x, Vector256.Load(components + PanelWidth).AsSByte()));
            a31 += Widen(s1 + Multiply(x, Vector256.Load(components + PanelWidth + Half).AsSByte()));
            components += 2 * PanelWidth;
        }

        masks[0] = Keep(a00, a01, thresholds[0], scores);
        masks[1] = Keep(a10, a11, thresholds[1], scores + PanelWidth);
        masks[2] = Keep(a20, a21, thresholds[2], scores + (2 * PanelWidth));
        masks[3] = Keep(a30, a31, thresholds[3], scores + (3 * PanelWidth));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Start(float inverseUnit, Vector256<float> start, Vector256<int> offset) => Avx.ConvertToVector256Int32(Vector256.Create(inverseUnit) * start) - offset;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Multiply(Vector256<byte> x, Vector256<sbyte> c) => Avx2.MultiplyAddAdjacent(x, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Widen(Vector256<short> sums) => Avx2.MultiplyAddAdjacent(sums, Vector256<short>.One);

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
