using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace FaissSdk;

/// <summary>Implements the micro-kernel for AdvSimd, which multiplies by one lane of a vector: the sums of twelve points, without broadcasting components.</summary>
internal readonly unsafe struct LaneTile : ITile
{
    public static bool IsSupported => AdvSimd.Arm64.IsSupported;

    public static int PanelWidth => RunningBest<Simd128, Vector128<float>>.PanelWidth;

    public static bool HasPairs => true;

    public static bool HasSparse => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Score<TKeep>(float** rows, CentroidPanel panel, int dimension, float* best, Prefetch.Run ahead)
        where TKeep : struct, IKeep => SimdTile<Simd128, Vector128<float>>.Score<TKeep>(rows, panel, dimension, best, ahead);

    // As in SimdTile: sums by value, and no call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScorePair<TKeep>(float** rows, CentroidPanel panel, int dimension, float* best, Prefetch.Run ahead)
        where TKeep : struct, IKeep
    {
        float* x0 = rows[0], x1 = rows[1], x2 = rows[2], x3 = rows[3], x4 = rows[4], x5 = rows[5];
        float* x6 = rows[6], x7 = rows[7], x8 = rows[8], x9 = rows[9], x10 = rows[10], x11 = rows[11];
        var c0 = Simd128.Load(panel.Starts);
        var c1 = Simd128.Load(panel.Starts + Simd128.Width);
        Vector128<float> a00 = c0, a01 = c1, a10 = c0, a11 = c1, a20 = c0, a21 = c1;
        Vector128<float> a30 = c0, a31 = c1, a40 = c0, a41 = c1, a50 = c0, a51 = c1;
        Vector128<float> a60 = c0, a61 = c1, a70 = c0, a71 = c1, a80 = c0, a81 = c1;
        Vector128<float> a90 = c0, a91 = c1, aa0 = c0, aa1 = c1, ab0 = c0, ab1 = c1;
        Vector128<float> x;
        var components = panel.Components;
        nint j = 0;
        for (; j < dimension - 1; j += 2)
        {
            (c0, c1) = (Simd128.Load(components), Simd128.Load(components + Simd128.Width));
            var (c2, c3) = (Simd128.Load(components + PanelWidth), Simd128.Load(components + PanelWidth + Simd128.Width));
            x = LoadTwo(x0 + j);
            a00 = MultiplyAdd(a00, c0, x, 0);
            a01 = MultiplyAdd(a01, c1, x, 0);
            a00 = MultiplyAdd(a00, c2, x, 1);
            a01 = MultiplyAdd(a01, c3, x, 1);
            x = LoadTwo(x1 + j);
            a10 = MultiplyAdd(a10, c0, x, 0);
            a11 = MultiplyAdd(a11, c1, x, 0);
            a10 = MultiplyAdd(a10, c2, x, 1);
            a11 = MultiplyAdd(a11, c3, x, 1);
            x = LoadTwo(x2 + j);
            a20 = MultiplyAdd(a20, c0, x, 0);
            a21 = MultiplyAdd(a21, c1, x, 0);
            a20 = MultiplyAdd(a20, c2, x, 1);
            a21 = MultiplyAdd(a21, c3, x, 1);
            x = LoadTwo(x3 + j);
            a30 = MultiplyAdd(a30, c0, x, 0);
            a31 = MultiplyAdd(a31, c1, x, 0);
            a30 = MultiplyAdd(a30, c2, x, 1);
            a31 = MultiplyAdd(a31, c3, x, 1);
            x = LoadTwo(x4 + j);
            a40 = MultiplyAdd(a40, c0, x, 0);
            a41 = MultiplyAdd(a41, c1, x, 0);
            a40 = MultiplyAdd(a40, c2, x, 1);
            a41 = MultiplyAdd(a41, c3, x, 1);
            x = LoadTwo(x5 + j);
            a50 = MultiplyAdd(a50, c0, x, 0);
            a51 = MultiplyAdd(a51, c1, x, 0);
            a50 = MultiplyAdd(a50, c2, x, 1);
            a51 = MultiplyAdd(a51, c3, x, 1);
            x = LoadTwo(x6 + j);
            a60 = MultiplyAdd(a60, c0, x, 0);
            a61 = MultiplyAdd(a61, c1, x, 0);
            a60 = MultiplyAdd(a60, c2, x, 1);
            a61 = MultiplyAdd(a61, c3, x, 1);
            x = LoadTwo(x7 + j);
            a70 = MultiplyAdd(a70, c0, x, 0);
            a71 = MultiplyAdd(a71, c1, x, 0);
            a70 = MultiplyAdd(a70, c2, x, 1);
            a71 = MultiplyAdd(a71, c3, x, 1);
            x = LoadTwo(x8 + j);
            a80 = MultiplyAdd(a80, c0, x, 0);
            a81 = MultiplyAdd(a81, c1, x, 0);
            a80 = MultiplyAdd(a80, c2, x, 1);
            a81 = MultiplyAdd(a81, c3, x, 1);
            x = LoadTwo(x9 + j);
            a90 = MultiplyAdd(a90, c0, x, 0);
            a91 = MultiplyAdd(a91, c1, x, 0);
            a90 = MultiplyAdd(a90, c2, x, 1);
            a91 = MultiplyAdd(a91, c3, x, 1);
            x = LoadTwo(x10 + j);
            aa0 = MultiplyAdd(aa0, c0, x, 0);
            aa1 = MultiplyAdd(aa1, c1, x, 0);
            aa0 = MultiplyAdd(aa0, c2, x, 1);
            aa1 = MultiplyAdd(aa1, c3, x, 1);
            x = LoadTwo(x11 + j);
            ab0 = MultiplyAdd(ab0, c0, x, 0);
            ab1 = MultiplyAdd(ab1, c1, x, 0);
            ab0 = MultiplyAdd(ab0, c2, x, 1);
            ab1 = MultiplyAdd(ab1, c3, x, 1);
            components += 2 * PanelWidth;
        }

        if (j < dimension)
        {
            (c0, c1) = (Simd128.Load(components), Simd128.Load(components + Simd128.Width));
            x = Simd128.Create(x0[j]);
            a00 = Simd128.MultiplyAdd(x, c0, a00);
            a01 = Simd128.MultiplyAdd(x, c1, a01);
            x = Simd128.Create(x1[j]);
            a10 = Simd128.MultiplyAdd(x, c0, a10);
            a11 = Simd128.MultiplyAdd(x, c1, a11);
            x = Simd128.Create(x2[j]);
            a20 = Simd128.MultiplyAdd(x, c0, a20);
            a21 = Simd128.MultiplyAdd(x, c1, a21);
            x = Simd128.Create(x3[j]);
            a30 = Simd128.MultiplyAdd(x, c0, a30);
            a31 = Simd128.MultiplyAdd(x, c1, a31);
            x = Simd128.Create(x4[j]);
            a40 = Simd128.MultiplyAdd(x, c0, a40);
            a41 = Simd128.MultiplyAdd(x, c1, a41);
            x = Simd128.Create(x5[j]);
            a50 = Simd128.MultiplyAdd(x, c0, a50);
            a51 = Simd128.MultiplyAdd(x, c1, a51);
            x = Simd128.Create(x6[j]);
            a60 = Simd128.MultiplyAdd(x, c0, a60);
            a61 = Simd128.MultiplyAdd(x, c1, a61);
            x = Simd128.Create(x7[j]);
            a70 = Simd128.MultiplyAdd(x, c0, a70);
            a71 = Simd128.MultiplyAdd(x, c1, a71);
            x = Simd128.Create(x8[j]);
            a80 = Simd128.MultiplyAdd(x, c0, a80);
            a81 = Simd128.MultiplyAdd(x, c1, a81);
            x = Simd128.Create(x9[j]);
            a90 = Simd128.MultiplyAdd(x, c0, a90);
            a91 = Simd128.MultiplyAdd(x, c1, a91);
            x = Simd128.Create(x10[j]);
            aa0 = Simd128.MultiplyAdd(x, c0, aa0);
            aa1 = Simd128.MultiplyAdd(x, c1, aa1);
            x = Simd128.Create(x11[j]);
            ab0 = Simd128.MultiplyAdd(x, c0, ab0);
            ab1 = Simd128.MultiplyAdd(x, c1, ab1);
        }

        (c0, c1) = (Simd128.Load((float*)panel.Numbers), Simd128.Load((float*)panel.Numbers + Simd128.Width));
        var stride = TKeep.Arrays * PanelWidth;
        RunningBest<Simd128, Vector128<float>>.Keep<TKeep>(a00, a01, c0, c1, best);
        RunningBest<Simd128, Vector128<float>>.Keep<TKeep>(a10, a11, c0, c1, best + stride);
        RunningBest<Simd128, Vector128<float>>.Keep<TKeep>(a20, a21, c0, c1, best + (2 * stride));
        RunningBest<Simd128, Vector128<float>>.Keep<TKeep>(a30, a31, c0, c1, best + (3 * stride));
        RunningBest<Simd128, Vector128<float>>.Keep<TKeep>(a40, a41, c0, c1, best + (4 * stride));
        RunningBest<Simd128, Vector128<float>>.Keep<TKeep>(a50, a51, c0, c1, best + (5 * stride));
        RunningBest<Simd128, Vector128<float>>.Keep<TKeep>(a60, a61, c0, c1, best + (6 * stride));
        RunningBest<Simd128, Vector128<float>>.Keep<TKeep>(a70, a71, c0, c1, best + (7 * stride));
        RunningBest<Simd128, Vector128<float>>.Keep<TKeep>(a80, a81, c0, c1, best + (8 * stride));
        RunningBest<Simd128, Vector128<float>>.Keep<TKeep>(a90, a91, c0, c1, best + (9 * stride));
        RunningBest<Simd128, Vector128<float>>.Keep<TKeep>(aa0, aa1, c0, c1, best + (10 * stride));
        RunningBest<Simd128, Vector128<float>>.Keep<TKeep>(ab0, ab1, c0, c1, best + (11 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScoreSparse(NonZero* first, NonZero* end, CentroidPanel panel, nint panelLength, float* best) =>
        SparseTile<Simd128, Vector128<float>>.Score(first, end, panel, panelLength, best);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Reset<TKeep>(float* best)
        where TKeep : struct, IKeep => RunningBest<Simd128, Vector128<float>>.Reset<TKeep>(best);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float Score, int Number) Best(float* best) => RunningBest<Simd128, Vector128<float>>.Best(best);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float BestScore(float* best) => RunningBest<Simd128, Vector128<float>>.BestScore(best);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SecondScore(float* best, int number) => RunningBest<Simd128, Vector128<float>>.SecondScore(best, number);

    /// <summary>Loads two floats; the upper half of the result is undefined and not used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LoadTwo(float* source) => AdvSimd.LoadVector64(source).ToVector128Unsafe();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> MultiplyAdd(Vector128<float> addend, Vector128<float> left, Vector128<float> right, [ConstantExpected(Max = (byte)1)] byte lane) =>
        AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(addend, left, right, lane);
}
