using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Implements the micro-kernel for processors without accelerated vector types: one point against a wide panel, by <see cref="TensorPrimitives"/>.</summary>
internal readonly unsafe struct PortableTile : ITile
{
    public static int PanelWidth => 64;

    public static void Reset<TKeep>(float* best)
        where TKeep : struct, IKeep
    {
        new Span<float>(best, PanelWidth).Fill(float.NegativeInfinity);
        new Span<float>(best + PanelWidth, PanelWidth).Clear();
        if (TKeep.Second)
        {
            new Span<float>(best + (2 * PanelWidth), PanelWidth).Fill(float.NegativeInfinity);
        }
    }

    public static void Score<TKeep>(float** rows, CentroidPanel panel, int dimension, float* best, Prefetch.Run ahead)
        where TKeep : struct, IKeep
    {
        Span<float> scores = stackalloc float[PanelWidth];
        for (var row = 0; row < ITile.Rows; row++)
        {
            new ReadOnlySpan<float>(panel.Starts, PanelWidth).CopyTo(scores);
            for (var j = 0; j < dimension; j++)
            {
                TensorPrimitives.MultiplyAddEstimate(new ReadOnlySpan<float>(panel.Components + ((long)j * PanelWidth), PanelWidth), rows[row][j], scores, scores);
            }

            var kept = best + (row * TKeep.Arrays * PanelWidth);
            for (var lane = 0; lane < PanelWidth; lane++)
            {
                Keep<TKeep>(scores[lane], panel.Numbers[lane], kept + lane);
            }
        }
    }

    public static (float Score, int Number) Best(float* best)
    {
        var numbers = (int*)best + PanelWidth;
        var (score, number) = (best[0], numbers[0]);
        for (var lane = 1; lane < PanelWidth; lane++)
        {
            if (best[lane] > score || (best[lane] == score && numbers[lane] < number))
            {
                (score, number) = (best[lane], numbers[lane]);
            }
        }

        return (score, number);
    }

    public static float BestScore(float* best) => TensorPrimitives.Max(new ReadOnlySpan<float>(best, PanelWidth));

    public static float SecondScore(float* best, int number)
    {
        var second = float.NegativeInfinity;
        for (var lane = 0; lane < PanelWidth; lane++)
        {
            second = Math.Max(second, ((int*)best)[PanelWidth + lane] == number ? best[(2 * PanelWidth) + lane] : best[lane]);
        }

        return second;
    }

    private static void Keep<TKeep>(float score, int number, float* best)
        where TKeep : struct, IKeep
    {
        if (TKeep.Scores)
        {
            *best = score;
            return;
        }

        if (TKeep.Second)
        {
            var second = best + (2 * PanelWidth);
            *second = Math.Max(*second, Math.Min(score, *best));
        }

        if (score > *best)
        {
            *best = score;
            *((int*)best + PanelWidth) = number;
        }
    }
}
