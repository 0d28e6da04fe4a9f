using System.Numerics;
using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Updates and reads the running best of one point for the micro-kernels in registers; see <see cref="ITile"/>.</summary>
internal static unsafe class RunningBest<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Gets the number of centroids in a panel: two vectors.</summary>
    public static int PanelWidth => 2 * TSimd.Width;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Reset<TKeep>(float* best)
        where TKeep : struct, IKeep
    {
        var (minimum, none) = (TSimd.Create(float.NegativeInfinity), TSimd.Create(0));
        TSimd.Store(minimum, best);
        TSimd.Store(minimum, best + TSimd.Width);
        TSimd.Store(none, best + PanelWidth);
        TSimd.Store(none, best + PanelWidth + TSimd.Width);
        if (TKeep.Second)
        {
            TSimd.Store(minimum, best + (2 * PanelWidth));
            TSimd.Store(minimum, best + (2 * PanelWidth) + TSimd.Width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float Score, int Number) Best(float* best)
    {
        var (score0, score1) = (TSimd.Load(best), TSimd.Load(best + TSimd.Width));
        var score = TSimd.MaxElement(TSimd.Max(score0, score1));
        var numbers = (int*)best + PanelWidth;
        var number = int.MaxValue;
        for (var lanes = TSimd.WhereEqual(score0, score) | ((ulong)TSimd.WhereEqual(score1, score) << TSimd.Width); lanes != 0; lanes &= lanes - 1)
        {
            number = Math.Min(number, numbers[BitOperations.TrailingZeroCount(lanes)]);
        }

        return (score, number);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float BestScore(float* best) => TSimd.MaxElement(TSimd.Max(TSimd.Load(best), TSimd.Load(best + TSimd.Width)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SecondScore(float* best, int number)
    {
        var second = TSimd.Max(TSimd.Load(best + (2 * PanelWidth)), TSimd.Load(best + (2 * PanelWidth) + TSimd.Width));
        var (score0, score1) = (TSimd.Load(best), TSimd.Load(best + TSimd.Width));
        var numbers = best + PanelWidth;
        var other0 = TSimd.WithoutIndex(number, score0, TSimd.Load(numbers));
        var other1 = TSimd.WithoutIndex(number, score1, TSimd.Load(numbers + TSimd.Width));
        return TSimd.MaxElement(TSimd.Max(second, TSimd.Max(other0, other1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Keep<TKeep>(TVector score0, TVector score1, TVector number0, TVector number1, float* best)
        where TKeep : struct, IKeep
    {
        Keep<TKeep>(score0, number0, best);
        Keep<TKeep>(score1, number1, best + TSimd.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep<TKeep>(TVector score, TVector number, float* best)
        where TKeep : struct, IKeep
    {
        if (TKeep.Scores)
        {
            TSimd.Store(score, best);
            return;
        }

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
