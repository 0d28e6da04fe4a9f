using System.Numerics;
using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>The micro-kernel in registers: two accumulators for each point, two vectors of centroids and one of a point's component.</summary>
internal readonly unsafe struct SimdTile<TSimd, TVector> : ITile
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // What is fetched into the first-level cache is that far ahead of its use: the second level's latency, and some.
    private const int PrefetchedComponents = 16;

    public static int PanelWidth => 2 * TSimd.Width;

    public static bool HasPairs => TSimd.HasRegistersForPair;

    // No call in here: accumulators that live across one are spilled inside the loop. Compiled at full speed at once, as a
    // training may be over before tiering would get to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score<TKeep>(float** rows, CentroidPanel panel, int dimension, float* best, Prefetch.Run ahead)
        where TKeep : struct, IKeep
    {
        var x0 = rows[0];
        var x1 = rows[1];
        var x2 = rows[2];
        var x3 = rows[3];
        var x4 = rows[4];
        var x5 = rows[5];
        var c0 = TSimd.Load(panel.Starts);
        var c1 = TSimd.Load(panel.Starts + TSimd.Width);
        TVector a00 = c0, a01 = c1, a10 = c0, a11 = c1, a20 = c0, a21 = c1;
        TVector a30 = c0, a31 = c1, a40 = c0, a41 = c1, a50 = c0, a51 = c1;
        var components = panel.Components;
        nint j = 0;
        for (; j < dimension - 1; j += 2)
        {
            ahead.Next(2);
            Prefetch.Soon(components + (PrefetchedComponents * PanelWidth), 2 * PanelWidth);
            (c0, c1) = (TSimd.Load(components), TSimd.Load(components + TSimd.Width));
            Add(x0[j], c0, c1, ref a00, ref a01);
            Add(x1[j], c0, c1, ref a10, ref a11);
            Add(x2[j], c0, c1, ref a20, ref a21);
            Add(x3[j], c0, c1, ref a30, ref a31);
            Add(x4[j], c0, c1, ref a40, ref a41);
            Add(x5[j], c0, c1, ref a50, ref a51);
            (c0, c1) = (TSimd.Load(components + PanelWidth), TSimd.Load(components + PanelWidth + TSimd.Width));
            Add(x0[j + 1], c0, c1, ref a00, ref a01);
            Add(x1[j + 1], c0, c1, ref a10, ref a11);
            Add(x2[j + 1], c0, c1, ref a20, ref a21);
            Add(x3[j + 1], c0, c1, ref a30, ref a31);
            Add(x4[j + 1], c0, c1, ref a40, ref a41);
            Add(x5[j + 1], c0, c1, ref a50, ref a51);
            components += 2 * PanelWidth;
        }

        if (j < dimension)
        {
            (c0, c1) = (TSimd.Load(components), TSimd.Load(components + TSimd.Width));
            Add(x0[j], c0, c1, ref a00, ref a01);
            Add(x1[j], c0, c1, ref a10, ref a11);
            Add(x2[j], c0, c1, ref a20, ref a21);
            Add(x3[j], c0, c1, ref a30, ref a31);
            Add(x4[j], c0, c1, ref a40, ref a41);
            Add(x5[j], c0, c1, ref a50, ref a51);
        }

        c0 = TSimd.Load((float*)panel.Numbers);
        c1 = TSimd.Load((float*)panel.Numbers + TSimd.Width);
        Keep<TKeep>(a00, a01, c0, c1, best);
        Keep<TKeep>(a10, a11, c0, c1, best + (TKeep.Arrays * PanelWidth));
        Keep<TKeep>(a20, a21, c0, c1, best + (2 * TKeep.Arrays * PanelWidth));
        Keep<TKeep>(a30, a31, c0, c1, best + (3 * TKeep.Arrays * PanelWidth));
        Keep<TKeep>(a40, a41, c0, c1, best + (4 * TKeep.Arrays * PanelWidth));
        Keep<TKeep>(a50, a51, c0, c1, best + (5 * TKeep.Arrays * PanelWidth));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScorePair<TKeep>(float** rows, CentroidPanel panel, int dimension, float* best, Prefetch.Run ahead)
        where TKeep : struct, IKeep
    {
        float* x0 = rows[0], x1 = rows[1], x2 = rows[2], x3 = rows[3], x4 = rows[4], x5 = rows[5];
        float* x6 = rows[6], x7 = rows[7], x8 = rows[8], x9 = rows[9], x10 = rows[10], x11 = rows[11];
        var c0 = TSimd.Load(panel.Starts);
        var c1 = TSimd.Load(panel.Starts + TSimd.Width);
        TVector a00 = c0, a01 = c1, a10 = c0, a11 = c1, a20 = c0, a21 = c1;
        TVector a30 = c0, a31 = c1, a40 = c0, a41 = c1, a50 = c0, a51 = c1;
        TVector a60 = c0, a61 = c1, a70 = c0, a71 = c1, a80 = c0, a81 = c1;
        TVector a90 = c0, a91 = c1, aa0 = c0, aa1 = c1, ab0 = c0, ab1 = c1;
        var components = panel.Components;
        nint j = 0;
        for (; TSimd.TakesLanes && j < dimension - 1; j += 2)
        {
            (c0, c1) = (TSimd.Load(components), TSimd.Load(components + TSimd.Width));
            var (c2, c3) = (TSimd.Load(components + PanelWidth), TSimd.Load(components + PanelWidth + TSimd.Width));
            AddTwo(x0, j, c0, c1, c2, c3, ref a00, ref a01);
            AddTwo(x1, j, c0, c1, c2, c3, ref a10, ref a11);
            AddTwo(x2, j, c0, c1, c2, c3, ref a20, ref a21);
            AddTwo(x3, j, c0, c1, c2, c3, ref a30, ref a31);
            AddTwo(x4, j, c0, c1, c2, c3, ref a40, ref a41);
            AddTwo(x5, j, c0, c1, c2, c3, ref a50, ref a51);
            AddTwo(x6, j, c0, c1, c2, c3, ref a60, ref a61);
            AddTwo(x7, j, c0, c1, c2, c3, ref a70, ref a71);
            AddTwo(x8, j, c0, c1, c2, c3, ref a80, ref a81);
            AddTwo(x9, j, c0, c1, c2, c3, ref a90, ref a91);
            AddTwo(x10, j, c0, c1, c2, c3, ref aa0, ref aa1);
            AddTwo(x11, j, c0, c1, c2, c3, ref ab0, ref ab1);
            components += 2 * PanelWidth;
        }

        for (; j < dimension; j++)
        {
            ahead.Next(1);
            Prefetch.Soon(components + (PrefetchedComponents * PanelWidth), PanelWidth);
            (c0, c1) = (TSimd.Load(components), TSimd.Load(components + TSimd.Width));
            Add(x0[j], c0, c1, ref a00, ref a01);
            Add(x1[j], c0, c1, ref a10, ref a11);
            Add(x2[j], c0, c1, ref a20, ref a21);
            Add(x3[j], c0, c1, ref a30, ref a31);
            Add(x4[j], c0, c1, ref a40, ref a41);
            Add(x5[j], c0, c1, ref a50, ref a51);
            Add(x6[j], c0, c1, ref a60, ref a61);
            Add(x7[j], c0, c1, ref a70, ref a71);
            Add(x8[j], c0, c1, ref a80, ref a81);
            Add(x9[j], c0, c1, ref a90, ref a91);
            Add(x10[j], c0, c1, ref aa0, ref aa1);
            Add(x11[j], c0, c1, ref ab0, ref ab1);
            components += PanelWidth;
        }

        c0 = TSimd.Load((float*)panel.Numbers);
        c1 = TSimd.Load((float*)panel.Numbers + TSimd.Width);
        Keep<TKeep>(a00, a01, c0, c1, best);
        Keep<TKeep>(a10, a11, c0, c1, best + (TKeep.Arrays * PanelWidth));
        Keep<TKeep>(a20, a21, c0, c1, best + (2 * TKeep.Arrays * PanelWidth));
        Keep<TKeep>(a30, a31, c0, c1, best + (3 * TKeep.Arrays * PanelWidth));
        Keep<TKeep>(a40, a41, c0, c1, best + (4 * TKeep.Arrays * PanelWidth));
        Keep<TKeep>(a50, a51, c0, c1, best + (5 * TKeep.Arrays * PanelWidth));
        Keep<TKeep>(a60, a61, c0, c1, best + (6 * TKeep.Arrays * PanelWidth));
        Keep<TKeep>(a70, a71, c0, c1, best + (7 * TKeep.Arrays * PanelWidth));
        Keep<TKeep>(a80, a81, c0, c1, best + (8 * TKeep.Arrays * PanelWidth));
        Keep<TKeep>(a90, a91, c0, c1, best + (9 * TKeep.Arrays * PanelWidth));
        Keep<TKeep>(aa0, aa1, c0, c1, best + (10 * TKeep.Arrays * PanelWidth));
        Keep<TKeep>(ab0, ab1, c0, c1, best + (11 * TKeep.Arrays * PanelWidth));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Reset<TKeep>(float* best)
        where TKeep : struct, IKeep
    {
        var (least, none) = (TSimd.Create(float.NegativeInfinity), TSimd.Create(0));
        TSimd.Store(least, best);
        TSimd.Store(least, best + TSimd.Width);
        TSimd.Store(none, best + PanelWidth);
        TSimd.Store(none, best + PanelWidth + TSimd.Width);
        if (TKeep.Second)
        {
            TSimd.Store(least, best + (2 * PanelWidth));
            TSimd.Store(least, best + (2 * PanelWidth) + TSimd.Width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float Score, int Number) Best(float* best)
    {
        var (score0, score1) = (TSimd.Load(best), TSimd.Load(best + TSimd.Width));
        var score = TSimd.Greatest(TSimd.Max(score0, score1));
        var numbers = (int*)best + PanelWidth;
        var number = int.MaxValue;
        for (var lanes = TSimd.WhereEqual(score0, score) | ((ulong)TSimd.WhereEqual(score1, score) << TSimd.Width); lanes != 0; lanes &= lanes - 1)
        {
            number = Math.Min(number, numbers[BitOperations.TrailingZeroCount(lanes)]);
        }

        return (score, number);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float BestScore(float* best) => TSimd.Greatest(TSimd.Max(TSimd.Load(best), TSimd.Load(best + TSimd.Width)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SecondScore(float* best, int number)
    {
        var second = TSimd.Max(TSimd.Load(best + (2 * PanelWidth)), TSimd.Load(best + (2 * PanelWidth) + TSimd.Width));
        var (score0, score1) = (TSimd.Load(best), TSimd.Load(best + TSimd.Width));
        var numbers = best + PanelWidth;
        var other0 = TSimd.WithoutIndex(number, score0, TSimd.Load(numbers));
        var other1 = TSimd.WithoutIndex(number, score1, TSimd.Load(numbers + TSimd.Width));
        return TSimd.Greatest(TSimd.Max(second, TSimd.Max(other0, other1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float x, TVector c0, TVector c1, ref TVector sum0, ref TVector sum1)
    {
        var component = TSimd.Create(x);
        sum0 = TSimd.MultiplyAdd(component, c0, sum0);
        sum1 = TSimd.MultiplyAdd(component, c1, sum1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTwo(float* x, nint j, TVector c0, TVector c1, TVector c2, TVector c3, ref TVector sum0, ref TVector sum1)
    {
        var two = TSimd.LoadTwo(x + j);
        sum0 = TSimd.MultiplyAddFirst(two, c0, sum0);
        sum1 = TSimd.MultiplyAddFirst(two, c1, sum1);
        sum0 = TSimd.MultiplyAddSecond(two, c2, sum0);
        sum1 = TSimd.MultiplyAddSecond(two, c3, sum1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep<TKeep>(TVector score0, TVector score1, TVector number0, TVector number1, float* best)
        where TKeep : struct, IKeep
    {
        Keep<TKeep>(score0, number0, best);
        Keep<TKeep>(score1, number1, best + TSimd.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep<TKeep>(TVector score, TVector number, float* best)
        where TKeep : struct, IKeep
    {
        var before = TSimd.Load(best);
        TSimd.Store(TSimd.SelectGreater(score, before, number, TSimd.Load(best + PanelWidth)), best + PanelWidth);
        TSimd.Store(TSimd.Max(score, before), best);
        if (TKeep.Second)
        {
            var second = best + (2 * PanelWidth);
            TSimd.Store(TSimd.Max(TSimd.Load(second), TSimd.Min(score, before)), second);
        }
    }
}
