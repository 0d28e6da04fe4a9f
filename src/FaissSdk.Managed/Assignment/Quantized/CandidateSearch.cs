using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>
/// The search by integer scores: those with panels, of few bits or of few directions, leave few centroids to a point; those with rows of 16-bit components
/// leave mostly one; of these the nearest is found by scores in single precision, bit for bit those of a full search.
/// </summary>
/// <typeparam name="TTile">The micro-kernel.</typeparam>
internal static unsafe class CandidateSearch<TTile>
    where TTile : struct, IIntegerTile
{
    private const int ManyHits = 4;

    /// <summary>Finds the nearest centroid of each point and its score, but of the points for which integer scores do not tell.</summary>
    /// <param name="quantized">The centroids as integers.</param>
    /// <param name="centroids">The same centroids (k × d).</param>
    /// <param name="starts">−|c|²/2, or 0, of each centroid (k).</param>
    /// <param name="points">n × d.</param>
    /// <param name="count">n.</param>
    /// <param name="labels">Centroids that may well be the nearest (n), replaced.</param>
    /// <param name="scores">n.</param>
    /// <param name="undecided">Receives the numbers of the points left (at most n).</param>
    /// <returns>How many are left.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static int Find(QuantizedCentroids quantized, float* centroids, float* starts, float* points, int count, int* labels, float* scores, int* undecided)
    {
        var (dimension, panels, step) = (quantized.Dimension, quantized.Panels, Blocking.RowsOverPanel(quantized.Dimension));
        var isBytes = TTile.Format.IsBytes;
        var most = step + TTile.Rows;
        var units = stackalloc ScoreUnits[most];
        var thresholds = stackalloc int[most];
        var candidates = stackalloc Candidates[step];
        var memory = stackalloc byte[Finalists.BytesFor(step)];
        var finalists = new Finalists(memory, step);
        var left = 0;
        var rented = ArrayPool<int>.Shared.Rent((most * panels.Words) + (isBytes ? step * quantized.WordsOfRow : 0));
        fixed (int* integers = rented)
        {
            var rowsOfPoints = isBytes ? integers + (most * panels.Words) : integers;
            for (var first = 0; first < count; first += step)
            {
                var rows = Math.Min(step, count - first);
                var point = points + ((long)first * dimension);
                quantized.Quantize(point, rows, integers, rowsOfPoints, candidates);
                for (var row = 0; row < rows; row++)
                {
                    units[row] = candidates[row].Units;
                    thresholds[row] = candidates[row].Begin(quantized.Score(candidates[row].Row, candidates[row].UnitOfRow, labels[first + row]));
                }

                var following = Math.Min(step, count - first - rows);
                Score(panels, integers, rows, units, thresholds, candidates, quantized, isBytes, point + ((long)rows * dimension), (long)following * dimension);
                for (var row = 0; row < rows; row++)
                {
                    if (thresholds[row] == QuantizedArithmetic.NothingTells)
                    {
                        undecided[left++] = first + row;
                    }
                    else
                    {
                        scores[first + row] = float.NegativeInfinity;
                        finalists.Add(ref candidates[row], first + row, point + ((long)row * dimension), -1);
                    }
                }

                finalists.Decide(centroids, starts, dimension, labels, scores);
            }
        }

        ArrayPool<int>.Shared.Return(rented);
        return left;
    }

    /// <summary>The same by scores in few directions, which are upper bounds: compared with the score of the point's own centroid, and of others that are better.</summary>
    /// <param name="projected">The centroids in few directions.</param>
    /// <param name="quantized">The centroids as integers.</param>
    /// <param name="centroids">The same centroids (k × d).</param>
    /// <param name="starts">−|c|²/2, or 0, of each centroid (k).</param>
    /// <param name="points">All points (… × d).</param>
    /// <param name="start">The first of them.</param>
    /// <param name="count">n.</param>
    /// <param name="labels">The points' own centroids (n), replaced by the nearest.</param>
    /// <param name="scores">n.</param>
    /// <param name="undecided">Receives the numbers of the points left, less the first's (at most n).</param>
    /// <returns>How many are left.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static int Find(ProjectedCentroids projected, QuantizedCentroids quantized, float* centroids, float* starts, float* points, int start, int count, int* labels, float* scores, int* undecided)
    {
        const int Step = 48;
        const int RowsInCache = 16;
        var (dimension, panels, sketches) = (quantized.Dimension, projected.Panels, projected.Points);
        var most = Step + TTile.Rows;
        var addresses = stackalloc float*[Step];
        var units = stackalloc ScoreUnits[most];
        var thresholds = stackalloc int[most];
        var candidates = stackalloc Candidates[Step];
        var memory = stackalloc byte[Finalists.BytesFor(Step)];
        var finalists = new Finalists(memory, Step);
        var left = 0;
        sketches.Make(points, start, start + count);
        var rented = ArrayPool<int>.Shared.Rent(Step * quantized.WordsOfRow);
        fixed (int* rowsOfPoints = rented)
        {
            for (var first = 0; first < count; first += Step)
            {
                var rows = Math.Min(Step, count - first);
                var point = points + ((long)(start + first) * dimension);
                for (var row = 0; row < rows; row++)
                {
                    addresses[row] = point + ((long)row * dimension);
                }

                for (var row = 0; row < rows; row += RowsInCache)
                {
                    // One after the other, while the points are in the first-level cache.
                    var some = Math.Min(RowsInCache, rows - row);
                    OwnScore.Compute(addresses + row, labels + first + row, centroids, starts, dimension, scores + first + row, some, default);
                    quantized.Quantize(point + ((long)row * dimension), some, null, rowsOfPoints + ((long)row * quantized.WordsOfRow), candidates + row);
                }

                for (var row = 0; row < rows; row++)
                {
                    var scoreOfRow = quantized.Score(candidates[row].Row, candidates[row].UnitOfRow, labels[first + row]);
                    projected.Compare(start + first + row, scores[first + row], scoreOfRow, ref candidates[row]);
                    units[row] = candidates[row].Units;
                    thresholds[row] = candidates[row].Begin(scoreOfRow);
                }

                var following = Math.Min(Step, count - first - rows);
                Score(panels, sketches.From(start + first), rows, units, thresholds, candidates, quantized, true, point + ((long)rows * dimension), (long)following * dimension);
                for (var row = 0; row < rows; row++)
                {
                    if (thresholds[row] == QuantizedArithmetic.NothingTells)
                    {
                        undecided[left++] = first + row;
                    }
                    else
                    {
                        finalists.Add(ref candidates[row], first + row, addresses[row], labels[first + row]);
                    }
                }

                finalists.Decide(centroids, starts, dimension, labels, scores);
            }
        }

        ArrayPool<int>.Shared.Return(rented);
        return left;
    }

    /// <summary>Scores points with panels, and takes what exceeds their thresholds.</summary>
    /// <param name="panels">The centroids.</param>
    /// <param name="integers">The points as panels want them; so many that tiles are whole.</param>
    /// <param name="rows">Their number.</param>
    /// <param name="units">What each point makes of a panel's numbers; as many as the points' integers.</param>
    /// <param name="thresholds">Theirs; as many.</param>
    /// <param name="candidates">What is taken, for each point.</param>
    /// <param name="quantized">The centroids' rows.</param>
    /// <param name="scoreRows">Whether scores with rows are others than those with panels.</param>
    /// <param name="next">What is fetched meanwhile.</param>
    /// <param name="length">Its floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void Score(
        IntegerPanels panels, int* integers, int rows, ScoreUnits* units, int* thresholds, Candidates* candidates, QuantizedCentroids quantized, bool scoreRows, float* next, long length)
    {
        var words = panels.Words;
        var scores = stackalloc int[TTile.Rows * TTile.PanelWidth];
        var masks = stackalloc uint[TTile.Rows];
        var tiles = (rows + TTile.Rows - 1) / TTile.Rows;

        // Points beyond the last score nothing.
        for (var row = rows; row < tiles * TTile.Rows; row++)
        {
            (units[row], thresholds[row]) = (default, int.MaxValue);
        }

        var ahead = new Prefetch(next, length, tiles * panels.Count);
        for (var index = 0; index < panels.Count; index++)
        {
            var panel = panels[index];
            for (var first = 0; first < rows; first += TTile.Rows)
            {
                TTile.Score(integers + ((long)first * words), words, units + first, panel, thresholds + first, scores, masks, ahead.NextRun(words));
                for (var i = 0; i < TTile.Rows; i++)
                {
                    if (masks[i] != 0)
                    {
                        Take(quantized, ref candidates[first + i], ref thresholds[first + i], masks[i], scores + (i * TTile.PanelWidth), index * TTile.PanelWidth, scoreRows);
                    }
                }
            }
        }
    }

    /// <summary>Takes a panel's scores that exceed the point's threshold, each by its score with a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Take(QuantizedCentroids quantized, ref Candidates candidates, ref int threshold, uint mask, int* scores, int first, bool scoreRows)
    {
        // With many, the point's own centroid is far from the nearest: the best of these shows how far.
        for (var lane = BitOperations.PopCount(mask) > ManyHits ? BestOf(mask, scores) : BitOperations.TrailingZeroCount(mask); ; lane = BitOperations.TrailingZeroCount(mask))
        {
            var score = scores[lane];
            if (score > threshold)
            {
                score = scoreRows ? quantized.Score(candidates.Row, candidates.UnitOfRow, first + lane) : score;
                if (score >= candidates.Least)
                {
                    threshold = candidates.Add(first + lane, score, threshold);
                }
            }

            mask &= ~(1u << lane);
            if (mask == 0)
            {
                return;
            }
        }
    }

    private static int BestOf(uint mask, int* scores)
    {
        var best = BitOperations.TrailingZeroCount(mask);
        for (; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            best = scores[lane] > scores[best] ? lane : best;
        }

        return best;
    }
}
