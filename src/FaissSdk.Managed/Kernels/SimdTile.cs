using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Implements the micro-kernel in 16 registers: two sums for each of six points, two vectors of centroids and one broadcast component of a point.</summary>
internal readonly unsafe struct SimdTile<TSimd, TVector> : ITile
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public static int PanelWidth => RunningBest<TSimd, TVector>.PanelWidth;

    public static bool HasSparse => true;

    // Sums are passed by value only, and the method contains no call: otherwise the JIT keeps the sums in memory, even in the
    // loop. Optimized on first call, as a training may be over before tiered compilation replaces the code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score<TKeep>(float** rows, CentroidPanel panel, int dimension, float* best, Prefetch.Run ahead)
        where TKeep : struct, IKeep
    {
        float* x0 = rows[0], x1 = rows[1], x2 = rows[2], x3 = rows[3], x4 = rows[4], x5 = rows[5];
        var c0 = TSimd.Load(panel.Starts);
        var c1 = TSimd.Load(panel.Starts + TSimd.Width);
        TVector a00 = c0, a01 = c1, a10 = c0, a11 = c1, a20 = c0, a21 = c1;
        TVector a30 = c0, a31 = c1, a40 = c0, a41 = c1, a50 = c0, a51 = c1;
        TVector x;
        var components = panel.Components;
        nint j = 0;
        for (; j < dimension - 1; j += 2)
        {
            ahead.Next(2);
            Prefetch.Soon(components + (Prefetch.ComponentsAhead * PanelWidth), 2 * PanelWidth);
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
            (c0, c1) = (TSimd.Load(components + PanelWidth), TSimd.Load(components + PanelWidth + TSimd.Width));
            x = TSimd.Create(x0[j + 1]);
            a00 = TSimd.MultiplyAdd(x, c0, a00);
            a01 = TSimd.MultiplyAdd(x, c1, a01);
            x = TSimd.Create(x1[j + 1]);
            a10 = TSimd.MultiplyAdd(x, c0, a10);
            a11 = TSimd.MultiplyAdd(x, c1, a11);
            x = TSimd.Create(x2[j + 1]);
            a20 = TSimd.MultiplyAdd(x, c0, a20);
            a21 = TSimd.MultiplyAdd(x, c1, a21);
            x = TSimd.Create(x3[j + 1]);
            a30 = TSimd.MultiplyAdd(x, c0, a30);
            a31 = TSimd.MultiplyAdd(x, c1, a31);
            x = TSimd.Create(x4[j + 1]);
            a40 = TSimd.MultiplyAdd(x, c0, a40);
            a41 = TSimd.MultiplyAdd(x, c1, a41);
            x = TSimd.Create(x5[j + 1]);
            a50 = TSimd.MultiplyAdd(x, c0, a50);
            a51 = TSimd.MultiplyAdd(x, c1, a51);
            components += 2 * PanelWidth;
        }

        if (j < dimension)
        {
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
        }

        (c0, c1) = (TSimd.Load((float*)panel.Numbers), TSimd.Load((float*)panel.Numbers + TSimd.Width));
        var stride = TKeep.Arrays * PanelWidth;
        RunningBest<TSimd, TVector>.Keep<TKeep>(a00, a01, c0, c1, best);
        RunningBest<TSimd, TVector>.Keep<TKeep>(a10, a11, c0, c1, best + stride);
        RunningBest<TSimd, TVector>.Keep<TKeep>(a20, a21, c0, c1, best + (2 * stride));
        RunningBest<TSimd, TVector>.Keep<TKeep>(a30, a31, c0, c1, best + (3 * stride));
        RunningBest<TSimd, TVector>.Keep<TKeep>(a40, a41, c0, c1, best + (4 * stride));
        RunningBest<TSimd, TVector>.Keep<TKeep>(a50, a51, c0, c1, best + (5 * stride));
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
