using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>The micro-kernel for 16-bit integers (AVX2): products of two components at a time are added up in 32 bits, six points by a panel of 16 centroids.</summary>
/// <remarks>An instruction multiplies 16 components instead of 8, another adds: on processors that do two of either in a cycle this takes two thirds of the time of single precision.</remarks>
internal static unsafe class QuantizedTile
{
    public const int PanelWidth = 16;

    /// <summary>The running best of a point: the best score of each lane, and the second best.</summary>
    public const int IntegersOfBest = 2 * PanelWidth;

    private const int Half = PanelWidth / 2;

    // What is fetched into the first-level cache is that far ahead of its use.
    private const int PrefetchedPairs = 8;

    /// <summary>Scores six points against one panel, and keeps the best and the second best of each lane with the panel's number in their lowest bits.</summary>
    /// <param name="points">Six points, pairs of components (6 × <paramref name="pairs"/>).</param>
    /// <param name="pairs">d / 2, rounded up.</param>
    /// <param name="inverseUnits">What a float start is multiplied by, for each point (6).</param>
    /// <param name="panel">The centroids.</param>
    /// <param name="numberMask">The bits of a score that stay.</param>
    /// <param name="number">The panel's, of the other bits.</param>
    /// <param name="best">The running best of the six points (6 × <see cref="IntegersOfBest"/>).</param>
    /// <param name="ahead">What is fetched meanwhile.</param>
    // No call in here, as in SimdTile; 12 sums, 2 vectors of centroids, one of a point and one of products are all 16 registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score(int* points, nint pairs, float* inverseUnits, QuantizedPanel panel, int numberMask, int number, int* best, Prefetch.Run ahead)
    {
        int* x0 = points, x1 = x0 + pairs, x2 = x1 + pairs, x3 = x2 + pairs, x4 = x3 + pairs, x5 = x4 + pairs;
        var (start0, start1) = (Vector256.Load(panel.Starts), Vector256.Load(panel.Starts + Half));
        Start(inverseUnits[0], start0, start1, out var a00, out var a01);
        Start(inverseUnits[1], start0, start1, out var a10, out var a11);
        Start(inverseUnits[2], start0, start1, out var a20, out var a21);
        Start(inverseUnits[3], start0, start1, out var a30, out var a31);
        Start(inverseUnits[4], start0, start1, out var a40, out var a41);
        Start(inverseUnits[5], start0, start1, out var a50, out var a51);
        var components = panel.Pairs;
        for (nint j = 0; j < pairs; j++)
        {
            ahead.Next(1);
            Sse.Prefetch0(components + (PrefetchedPairs * PanelWidth));
            var (c0, c1) = (Vector256.Load(components).AsInt16(), Vector256.Load(components + Half).AsInt16());
            Add(x0 + j, c0, c1, ref a00, ref a01);
            Add(x1 + j, c0, c1, ref a10, ref a11);
            Add(x2 + j, c0, c1, ref a20, ref a21);
            Add(x3 + j, c0, c1, ref a30, ref a31);
            Add(x4 + j, c0, c1, ref a40, ref a41);
            Add(x5 + j, c0, c1, ref a50, ref a51);
            components += PanelWidth;
        }

        var (mask, bits) = (Vector256.Create(numberMask), Vector256.Create(number));
        Keep(a00, a01, mask, bits, best);
        Keep(a10, a11, mask, bits, best + IntegersOfBest);
        Keep(a20, a21, mask, bits, best + (2 * IntegersOfBest));
        Keep(a30, a31, mask, bits, best + (3 * IntegersOfBest));
        Keep(a40, a41, mask, bits, best + (4 * IntegersOfBest));
        Keep(a50, a51, mask, bits, best + (5 * IntegersOfBest));
    }

    /// <summary>The best score of one point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Greatest(int* best)
    {
        var eight = Avx2.Max(Vector256.Load(best), Vector256.Load(best + Half));
        var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        var two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(two, Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    /// <summary>The lanes, as bits, whose best score is <paramref name="least"/> or greater; and whether the second best of one is too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint LanesFrom(int* best, int least, out bool andSecond)
    {
        var bound = Vector256.Create(least);
        var second = Avx2.Max(Vector256.Load(best + PanelWidth), Vector256.Load(best + PanelWidth + Half));
        andSecond = Vector256.GreaterThanOrEqualAny(second, bound);
        return Vector256.GreaterThanOrEqual(Vector256.Load(best), bound).ExtractMostSignificantBits()
            | (Vector256.GreaterThanOrEqual(Vector256.Load(best + Half), bound).ExtractMostSignificantBits() << Half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Start(float inverseUnit, Vector256<float> start0, Vector256<float> start1, out Vector256<int> sum0, out Vector256<int> sum1)
    {
        var factor = Vector256.Create(inverseUnit);
        sum0 = Avx.ConvertToVector256Int32(factor * start0);
        sum1 = Avx.ConvertToVector256Int32(factor * start1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(int* x, Vector256<short> c0, Vector256<short> c1, ref Vector256<int> sum0, ref Vector256<int> sum1)
    {
        var pair = Avx2.BroadcastScalarToVector256(x).AsInt16();
        sum0 += Avx2.MultiplyAddAdjacent(pair, c0);
        sum1 += Avx2.MultiplyAddAdjacent(pair, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(Vector256<int> score0, Vector256<int> score1, Vector256<int> mask, Vector256<int> number, int* best)
    {
        Keep((score0 & mask) | number, best);
        Keep((score1 & mask) | number, best + Half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(Vector256<int> score, int* best)
    {
        var before = Vector256.Load(best);
        Avx2.Max(score, before).Store(best);
        Avx2.Max(Vector256.Load(best + PanelWidth), Avx2.Min(score, before)).Store(best + PanelWidth);
    }
}
