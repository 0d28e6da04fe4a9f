using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Implements the micro-kernel in 32 registers: the sums of twelve points, which halves the reads of a panel.</summary>
internal readonly unsafe struct SimdPairTile<TSimd, TVector> : ITile
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public static int PanelWidth => RunningBest<TSimd, TVector>.PanelWidth;

    public static bool HasPairs => true;

    public static bool HasSparse => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Score<TKeep>(float** rows, CentroidPanel panel, int dimension, float* best, Prefetch.Run ahead)
        where TKeep : struct, IKeep => SimdTile<TSimd, TVector>.Score<TKeep>(rows, panel, dimension, best, ahead);

    // As in SimdTile: sums by value, and no call.
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
        TVector x;
        var components = panel.Components;
        for (nint j = 0; j < dimension; j++)
        {
            ahead.Next(1);
            Prefetch.Soon(components + (Prefetch.ComponentsAhead * PanelWidth), PanelWidth);
            (c0, c1) = (TSimd.Load(components), TSimd.Load(components + TSimd.Width));
            x = TSimd.Create(x0[j]);
            a00 = TSimd.MultiplyAdd(x, c0, a00);
            a01 = TSimd.MultiplyAdd(x, c1, a01);
            x = TSimd.Create(x1[j]);
            a10 = TSimd.MultiplyAdd(x, c0, a10);
            a11 = TSimd.MultiplyAdd(x, c1, a11);
            x = TSimd.Create(x2[j]);
            a20 = TSimd.MultiplyAdd(x, c0, a20);
            a21 = TSimd.MultiplyAdd(x, c1, a21);
            x = TSimd.Create(x3[j]);
            a30 = TSimd.MultiplyAdd(x, c0, a30);
            a31 = TSimd.MultiplyAdd(x, c1, a31);
            x = TSimd.Create(x4[j]);
            a40 = TSimd.MultiplyAdd(x, c0, a40);
            a41 = TSimd.MultiplyAdd(x, c1, a41);
            x = TSimd.Create(x5[j]);
            a50 = TSimd.MultiplyAdd(x, c0, a50);
            a51 = TSimd.MultiplyAdd(x, c1, a51);
            x = TSimd.Create(x6[j]);
            a60 = TSimd.MultiplyAdd(x, c0, a60);
            a61 = TSimd.MultiplyAdd(x, c1, a61);
            x = TSimd.Create(x7[j]);
            a70 = TSimd.MultiplyAdd(x, c0, a70);
            a71 = TSimd.MultiplyAdd(x, c1, a71);
            x = TSimd.Create(x8[j]);
            a80 = TSimd.MultiplyAdd(x, c0, a80);
            a81 = TSimd.MultiplyAdd(x, c1, a81);
            x = TSimd.Create(x9[j]);
            a90 = TSimd.MultiplyAdd(x, c0, a90);
            a91 = TSimd.MultiplyAdd(x, c1, a91);
            x = TSimd.Create(x10[j]);
            aa0 = TSimd.MultiplyAdd(x, c0, aa0);
            aa1 = TSimd.MultiplyAdd(x, c1, aa1);
            x = TSimd.Create(x11[j]);
            ab0 = TSimd.MultiplyAdd(x, c0, ab0);
            ab1 = TSimd.MultiplyAdd(x, c1, ab1);
            components += PanelWidth;
        }

        (c0, c1) = (TSimd.Load((float*)panel.Numbers), TSimd.Load((float*)panel.Numbers + TSimd.Width));
        var stride = TKeep.Arrays * PanelWidth;
        RunningBest<TSimd, TVector>.Keep<TKeep>(a00, a01, c0, c1, best);
        RunningBest<TSimd, TVector>.Keep<TKeep>(a10, a11, c0, c1, best + stride);
        RunningBest<TSimd, TVector>.Keep<TKeep>(a20, a21, c0, c1, best + (2 * stride));
        RunningBest<TSimd, TVector>.Keep<TKeep>(a30, a31, c0, c1, best + (3 * stride));
        RunningBest<TSimd, TVector>.Keep<TKeep>(a40, a41, c0, c1, best + (4 * stride));
        RunningBest<TSimd, TVector>.Keep<TKeep>(a50, a51, c0, c1, best + (5 * stride));
        RunningBest<TSimd, TVector>.Keep<TKeep>(a60, a61, c0, c1, best + (6 * stride));
        RunningBest<TSimd, TVector>.Keep<TKeep>(a70, a71, c0, c1, best + (7 * stride));
        RunningBest<TSimd, TVector>.Keep<TKeep>(a80, a81, c0, c1, best + (8 * stride));
        RunningBest<TSimd, TVector>.Keep<TKeep>(a90, a91, c0, c1, best + (9 * stride));
        RunningBest<TSimd, TVector>.Keep<TKeep>(aa0, aa1, c0, c1, best + (10 * stride));
        RunningBest<TSimd, TVector>.Keep<TKeep>(ab0, ab1, c0, c1, best + (11 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScoreSparse(NonZero* first, NonZero* end, CentroidPanel panel, nint panelLength, float* best) =>
        SparseTile<TSimd, TVector>.Score(first, end, panel, panelLength, best);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Reset<TKeep>(float* best)
        where TKeep : struct, IKeep => RunningBest<TSimd, TVector>.Reset<TKeep>(best);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float Score, int Number) Best(float* best) => RunningBest<TSimd, TVector>.Best(best);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float BestScore(float* best) => RunningBest<TSimd, TVector>.BestScore(best);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SecondScore(float* best, int number) => RunningBest<TSimd, TVector>.SecondScore(best, number);
}
