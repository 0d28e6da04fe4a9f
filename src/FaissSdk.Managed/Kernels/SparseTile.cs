using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Implements the micro-kernel for sparse points: one point against four panels, of which only the components are read that the point has.</summary>
/// <remarks>A product with 0 changes no sum, so the scores are those of <see cref="ITile.Score"/>, bit for bit but for the sign of a score of 0, which no result shows.</remarks>
internal static unsafe class SparseTile<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private static int PanelWidth => RunningBest<TSimd, TVector>.PanelWidth;

    // As in SimdTile: sums by value, and no call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score(NonZero* next, NonZero* end, CentroidPanel panel, nint panelLength, float* best)
    {
        float* starts = panel.Starts, p0 = panel.Components, p1 = p0 + panelLength, p2 = p1 + panelLength, p3 = p2 + panelLength;
        TVector a00 = TSimd.Load(starts), a01 = TSimd.Load(starts + TSimd.Width);
        starts += PanelWidth;
        TVector a10 = TSimd.Load(starts), a11 = TSimd.Load(starts + TSimd.Width);
        starts += PanelWidth;
        TVector a20 = TSimd.Load(starts), a21 = TSimd.Load(starts + TSimd.Width);
        starts += PanelWidth;
        TVector a30 = TSimd.Load(starts), a31 = TSimd.Load(starts + TSimd.Width);
        for (; next < end; next++)
        {
            var x = TSimd.Create(next->Value);
            nint offset = next->Offset;
            a00 = TSimd.MultiplyAdd(x, TSimd.Load(p0 + offset), a00);
            a01 = TSimd.MultiplyAdd(x, TSimd.Load(p0 + offset + TSimd.Width), a01);
            a10 = TSimd.MultiplyAdd(x, TSimd.Load(p1 + offset), a10);
            a11 = TSimd.MultiplyAdd(x, TSimd.Load(p1 + offset + TSimd.Width), a11);
            a20 = TSimd.MultiplyAdd(x, TSimd.Load(p2 + offset), a20);
            a21 = TSimd.MultiplyAdd(x, TSimd.Load(p2 + offset + TSimd.Width), a21);
            a30 = TSimd.MultiplyAdd(x, TSimd.Load(p3 + offset), a30);
            a31 = TSimd.MultiplyAdd(x, TSimd.Load(p3 + offset + TSimd.Width), a31);
        }

        // The same as Keep for one panel after the other, in registers.
        var numbers = (float*)panel.Numbers;
        TVector score0 = TSimd.Load(best), score1 = TSimd.Load(best + TSimd.Width);
        TVector number0 = TSimd.Load(best + PanelWidth), number1 = TSimd.Load(best + PanelWidth + TSimd.Width);
        number0 = TSimd.SelectGreater(a00, score0, TSimd.Load(numbers), number0);
        number1 = TSimd.SelectGreater(a01, score1, TSimd.Load(numbers + TSimd.Width), number1);
        (score0, score1) = (TSimd.Max(a00, score0), TSimd.Max(a01, score1));
        numbers += PanelWidth;
        number0 = TSimd.SelectGreater(a10, score0, TSimd.Load(numbers), number0);
        number1 = TSimd.SelectGreater(a11, score1, TSimd.Load(numbers + TSimd.Width), number1);
        (score0, score1) = (TSimd.Max(a10, score0), TSimd.Max(a11, score1));
        numbers += PanelWidth;
        number0 = TSimd.SelectGreater(a20, score0, TSimd.Load(numbers), number0);
        number1 = TSimd.SelectGreater(a21, score1, TSimd.Load(numbers + TSimd.Width), number1);
        (score0, score1) = (TSimd.Max(a20, score0), TSimd.Max(a21, score1));
        numbers += PanelWidth;
        number0 = TSimd.SelectGreater(a30, score0, TSimd.Load(numbers), number0);
        number1 = TSimd.SelectGreater(a31, score1, TSimd.Load(numbers + TSimd.Width), number1);
        TSimd.Store(number0, best + PanelWidth);
        TSimd.Store(number1, best + PanelWidth + TSimd.Width);
        TSimd.Store(TSimd.Max(a30, score0), best);
        TSimd.Store(TSimd.Max(a31, score1), best + TSimd.Width);
    }
}
