namespace FaissSdk.Tests.KMeansTests;

/// <summary>Differences of integer scores are those of single precision up to the margin, and no score leaves 32 bits.</summary>
internal static unsafe class QuantizationLaw
{
    public static Verdict Check(KMeansCase of) => Check(of.Points, of.Start(of.Points), of.Dimension, of.Spherical);

    public static Verdict Check(float[] points, float[] centroids, int dimension, bool spherical)
    {
        var (count, clusters, pairs) = (points.Length / dimension, centroids.Length / dimension, (dimension + 1) / 2);
        var quantized = QuantizedCentroids.IfConceivable(count, clusters, dimension, always: true);
        var panels = new CentroidPanels(clusters, dimension, NearestCentroid.Fastest.PanelWidth, quantized: quantized);
        panels.Pack(centroids, spherical);
        if (quantized is not { IsUsable: true })
        {
            return Verdict.Kept;
        }

        var (integers, units, margins) = (new int[count * pairs], new float[count], new int[count]);
        var (exact, scores) = (new double[clusters], new long[clusters]);
        fixed (float* x = points, unit = units)
        fixed (int* integer = integers, margin = margins)
        {
            quantized.Quantize(x, count, integer, unit, margin);
            for (var i = 0; i < count; i++)
            {
                for (var c = 0; c < clusters; c++)
                {
                    scores[c] = Score(quantized, integer + (i * pairs), unit[i], c);
                    exact[c] = Single(points.AsSpan(i * dimension, dimension), centroids.AsSpan(c * dimension, dimension), panels.Starts[c]);
                }

                if (margin[i] == QuantizedArithmetic.NothingTells)
                {
                    continue;
                }

                for (var c = 0; c < clusters; c++)
                {
                    var missed = Math.Abs((scores[c] - scores[0]) - ((exact[c] - exact[0]) * (double)unit[i]));
                    if (scores[c] is > int.MaxValue or < int.MinValue || missed > margin[i])
                    {
                        return Verdict.Broken($"point {i}, centroids {c} and 0: integer scores {scores[c]} and {scores[0]}, single precision {exact[c] * unit[i]:R} and {exact[0] * unit[i]:R}, margin {margin[i]}");
                    }
                }
            }
        }

        return Verdict.Kept;
    }

    private static long Score(QuantizedCentroids quantized, int* point, float inverseUnit, int cluster)
    {
        var panel = quantized[cluster / QuantizedTile.PanelWidth];
        var lane = cluster % QuantizedTile.PanelWidth;
        var score = (long)MathF.Round(panel.Starts[lane] * inverseUnit);
        for (var pair = 0; pair < quantized.Pairs; pair++)
        {
            var (x, c) = (point[pair], panel.Pairs[(pair * QuantizedTile.PanelWidth) + lane]);
            score += ((short)x * (short)c) + ((x >> 16) * (c >> 16));
        }

        return score;
    }

    private static float Single(ReadOnlySpan<float> point, ReadOnlySpan<float> centroid, float score)
    {
        for (var j = 0; j < point.Length; j++)
        {
            score = MathF.FusedMultiplyAdd(point[j], centroid[j], score);
        }

        return score;
    }
}
