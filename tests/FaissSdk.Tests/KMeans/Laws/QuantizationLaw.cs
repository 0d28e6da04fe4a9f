namespace FaissSdk.Tests.KMeansTests;

/// <summary>Integer scores exclude no centroid that is at least as near as another in single precision, and no score exceeds 32 bits, for every integer kernel and for scores in few directions.</summary>
internal static unsafe class QuantizationLaw
{
    public static Verdict Check(KMeansCase of) => Check(of.Points, of.Start(of.Points), of.Dimension, of.Spherical);

    public static Verdict Check(float[] points, float[] centroids, int dimension, bool spherical)
    {
        var (count, clusters) = (points.Length / dimension, centroids.Length / dimension);
        var single = new float[count * clusters];
        var plain = new CentroidPanels(clusters, dimension, NearestCentroid.Fastest.PanelWidth);
        plain.Pack(centroids, spherical);
        for (var i = 0; i < count; i++)
        {
            for (var c = 0; c < clusters; c++)
            {
                single[(i * clusters) + c] = Single(points.AsSpan(i * dimension, dimension), centroids.AsSpan(c * dimension, dimension), plain.Starts[c]);
            }
        }

        var verdict = Verdict.Kept;
        foreach (var kernel in IntegerKernels.All)
        {
            verdict = verdict.Holds ? Check(kernel, points, centroids, dimension, spherical, single) : verdict;
        }

        return verdict;
    }

    private static Verdict Check(IntegerKernel kernel, float[] points, float[] centroids, int dimension, bool spherical, float[] single)
    {
        var (count, clusters) = (points.Length / dimension, centroids.Length / dimension);
        var quantized = QuantizedCentroids.CreateIfWorthwhile(count, clusters, dimension, always: true, kernel);
        var projected = kernel.Format.IsBytes ? null : ProjectedCentroids.CreateIfWorthwhile(points, VectorNorms.Squared(points, dimension, 1), clusters, always: true, kernel);
        var panels = new CentroidPanels(clusters, dimension, NearestCentroid.Fastest.PanelWidth, quantized: quantized, projected: projected);
        panels.Pack(centroids, spherical);
        if (quantized is not { IsUsable: true })
        {
            return Verdict.Kept;
        }

        var words = new int[count * quantized.Panels.Words];
        var rows = new int[count * quantized.WordsPerRow];
        var candidates = new Candidates[count];
        fixed (float* x = points)
        fixed (int* word = words, row = rows)
        fixed (Candidates* of = candidates)
        {
            quantized.Quantize(x, count, word, row, of);
            var verdict = Judge(kernel.Name, quantized, quantized.Panels, kernel.Format.IsBytes ? word : row, kernel.Format.Offset, of, single, count, clusters, (_, _, _) => { });
            if (!verdict.Holds || projected is not { IsUsable: true })
            {
                return verdict;
            }

            projected.Points.EnsureComputed(x, 0, count);
            return Judge($"{kernel.Name} in few directions", quantized, projected.Panels, projected.Points.WordsFrom(0), 0, of, single, count, clusters, (i, own, scoreOfRow) =>
                projected.Compare(i, single[(i * clusters) + own], scoreOfRow, ref candidates[i]));
        }
    }

    private static Verdict Judge(string name, QuantizedCentroids quantized, IntegerPanels panels, int* words, int offset, Candidates* candidates, float[] single, int count, int clusters, Action<int, int, int> compare)
    {
        var (scores, scoresOfRows) = (new long[clusters], new int[clusters]);
        for (var i = 0; i < count; i++)
        {
            compare(i, 0, quantized.Score(candidates[i].Row, candidates[i].RowUnit, 0));
            for (var c = 0; c < clusters; c++)
            {
                scores[c] = Score(panels, words + (i * panels.Words), offset, candidates[i].Units, c);
                scoresOfRows[c] = quantized.Score(candidates[i].Row, candidates[i].RowUnit, c);
                if (double.IsFinite(candidates[i].Slack) && scores[c] is (> int.MaxValue or < int.MinValue))
                {
                    return Verdict.Broken($"{name}: point {i}, centroid {c}: the integer score {scores[c]} exceeds 32 bits");
                }
            }

            for (var own = 0; own < clusters; own++)
            {
                compare(i, own, scoresOfRows[own]);
                var threshold = candidates[i].Begin(scoresOfRows[own]);
                for (var c = 0; c < clusters && threshold != QuantizedArithmetic.Undecidable; c++)
                {
                    if (single[(i * clusters) + c] >= single[(i * clusters) + own] && c != own && (scores[c] <= threshold || scoresOfRows[c] < candidates[i].MinScore))
                    {
                        return Verdict.Broken($"{name}: point {i}: centroid {c} scores {single[(i * clusters) + c]:R}, {own} {single[(i * clusters) + own]:R}, but integers {scores[c]} against {threshold}, {scoresOfRows[c]} against {candidates[i].MinScore:R}");
                    }
                }
            }
        }

        return Verdict.Kept;
    }

    /// <summary>Returns the score, or the sum of products if that exceeds 32 bits.</summary>
    private static long Score(IntegerPanels panels, int* point, int offset, ScoreUnits units, int cluster)
    {
        var panel = panels[cluster / panels.Width];
        var lane = cluster % panels.Width;
        var sum = (long)panel.Offsets[lane];
        for (var word = 0; word < panels.Words; word++)
        {
            var (x, c) = (point[word], panel.Words[(word * panels.Width) + lane]);
            if (offset == 0)
            {
                sum += ((short)x * (short)c) + ((x >> 16) * (c >> 16));
                continue;
            }

            for (var shift = 0; shift < 32; shift += 8)
            {
                sum += (byte)(x >> shift) * (sbyte)(c >> shift);
            }
        }

        var start = units.Start * panel.Starts[lane];
        start = MathF.FusedMultiplyAdd(units.Rounding, panel.Lengths[lane], start);
        start = MathF.FusedMultiplyAdd(units.Length, panel.Roundings[lane], start);
        return sum is > int.MaxValue or < int.MinValue ? sum : (long)MathF.Round(MathF.FusedMultiplyAdd(sum, panel.Scales[lane], start));
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
