using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>
/// Searches by integer scores. Scores with panels, of few bits or of few directions, leave few candidates to a point; scores with rows of 16-bit components
/// mostly leave one. Scores in single precision decide among the remaining candidates, bit for bit as in a full search.
/// </summary>
/// <typeparam name="TTile">The micro-kernel.</typeparam>
internal static unsafe class CandidateSearch<TTile>
    where TTile : struct, IIntegerTile
{
    private const int ManyHits = 4;

    /// <summary>Finds the nearest centroid of each point and its score, except for points that integer scores leave undecided.</summary>
    /// <param name="quantized">The centroids as integers.</param>
    /// <param name="buffers">The arguments of the search; labels close to the result save time, and distances receive the scores.</param>
    /// <param name="starts">The initial values of the scores, −|c|²/2 or 0 (k).</param>
    /// <param name="start">The first point.</param>
    /// <param name="count">The number of points.</param>
    /// <param name="undecided">Receives the undecided points, relative to <paramref name="start"/> (at most <paramref name="count"/>).</param>
    /// <returns>The number of undecided points.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static int Find(QuantizedCentroids quantized, in SearchBuffers buffers, float* starts, int start, int count, int* undecided)
    {
        var (dimension, panels, step) = (quantized.Dimension, quantized.Panels, Blocking.RowsPerStep(quantized.Dimension));
        float* centroids = buffers.Centroids, points = buffers.Points + ((long)start * dimension), scores = buffers.Distances + start;
        var labels = buffers.Labels + start;
        var isBytes = TTile.Format.IsBytes;
        var capacity = step + TTile.Rows;
        var units = stackalloc ScoreUnits[capacity];
        var thresholds = stackalloc int[capacity];
        var candidates = stackalloc Candidates[step];
        var memory = stackalloc byte[Finalists.BytesFor(step)];
        var finalists = new Finalists(memory, step);
        var left = 0;
        var rented = ArrayPool<int>.Shared.Rent((capacity * panels.Words) + (isBytes ? step * quantized.WordsPerRow : 0));
        fixed (int* integers = rented)
        {
            var rowsOfPoints = isBytes ? integers + (capacity * panels.Words) : integers;
            for (var first = 0; first < count; first += step)
            {
                var rows = Math.Min(step, count - first);
                var point = points + ((long)first * dimension);
                quantized.Quantize(point, rows, integers, rowsOfPoints, candidates);
                for (var row = 0; row < rows; row++)
                {
                    units[row] = candidates[row].Units;
                    thresholds[row] = candidates[row].Begin(quantized.Score(candidates[row].Row, candidates[row].RowUnit, labels[first + row]));
                }

                var following = Math.Min(step, count - first - rows);
                Score(panels, integers, rows, units, thresholds, candidates, quantized, isBytes, point + ((long)rows * dimension), (long)following * dimension);
                for (var row = 0; row < rows; row++)
                {
                    if (thresholds[row] == QuantizedArithmetic.Undecidable)
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

    /// <summary>Finds nearest centroids by scores in few directions. They are upper bounds, and are compared with the score of the point's own centroid and of better ones found since.</summary>
    /// <param name="projected">The centroids in few directions.</param>
    /// <param name="quantized">The centroids as integers.</param>
    /// <param name="buffers">The arguments of the search; labels must be those of the previous search, and distances receive the scores.</param>
    /// <param name="starts">The initial values of the scores, −|c|²/2 or 0 (k).</param>
    /// <param name="start">The first point.</param>
    /// <param name="count">The number of points.</param>
    /// <param name="undecided">Receives the undecided points, relative to <paramref name="start"/> (at most <paramref name="count"/>).</param>
    /// <returns>The number of undecided points.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static int Find(ProjectedCentroids projected, QuantizedCentroids quantized, in SearchBuffers buffers, float* starts, int start, int count, int* undecided)
    {
        const int Step = 48;
        const int RowsInCache = 16;
        var (dimension, panels, sketches) = (quantized.Dimension, projected.Panels, projected.Points);
        float* centroids = buffers.Centroids, points = buffers.Points, scores = buffers.Distances + start;
        var labels = buffers.Labels + start;
        var capacity = Step + TTile.Rows;
        var addresses = stackalloc float*[Step];
        var units = stackalloc ScoreUnits[capacity];
        var thresholds = stackalloc int[capacity];
        var candidates = stackalloc Candidates[Step];
        var memory = stackalloc byte[Finalists.BytesFor(Step)];
        var finalists = new Finalists(memory, Step);
        var left = 0;
        sketches.EnsureComputed(points, start, start + count);
        var rented = ArrayPool<int>.Shared.Rent(Step * quantized.WordsPerRow);
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
                    // Both passes over a few points, while these are in the first-level cache.
                    var some = Math.Min(RowsInCache, rows - row);
                    AssignedCentroidScore.Compute(addresses + row, labels + first + row, centroids, starts, dimension, scores + first + row, some, default);
                    quantized.Quantize(point + ((long)row * dimension), some, null, rowsOfPoints + ((long)row * quantized.WordsPerRow), candidates + row);
                }

                for (var row = 0; row < rows; row++)
                {
                    var scoreOfRow = quantized.Score(candidates[row].Row, candidates[row].RowUnit, labels[first + row]);
                    projected.Compare(start + first + row, scores[first + row], scoreOfRow, ref candidates[row]);
                    units[row] = candidates[row].Units;
                    thresholds[row] = candidates[row].Begin(scoreOfRow);
                }

                var following = Math.Min(Step, count - first - rows);
                Score(panels, sketches.WordsFrom(start + first), rows, units, thresholds, candidates, quantized, true, point + ((long)rows * dimension), (long)following * dimension);
                for (var row = 0; row < rows; row++)
                {
                    if (thresholds[row] == QuantizedArithmetic.Undecidable)
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

    /// <summary>Scores points with panels, and adds the centroids whose scores exceed the thresholds to the candidates.</summary>
    /// <param name="panels">The panels of centroids.</param>
    /// <param name="integers">The points in the format of panels, padded to whole tiles.</param>
    /// <param name="rows">The number of points.</param>
    /// <param name="units">The units of the points, padded as well.</param>
    /// <param name="thresholds">The thresholds of the points, padded as well.</param>
    /// <param name="candidates">The candidates of each point.</param>
    /// <param name="quantized">The centroids as rows.</param>
    /// <param name="scoreRows">Whether scores with rows differ from those with panels.</param>
    /// <param name="next">The memory to prefetch meanwhile.</param>
    /// <param name="length">The number of floats to prefetch.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void Score(
        IntegerPanels panels, int* integers, int rows, ScoreUnits* units, int* thresholds, Candidates* candidates, QuantizedCentroids quantized, bool scoreRows, float* next, long length)
    {
        var words = panels.Words;
        var scores = stackalloc int[TTile.Rows * TTile.PanelWidth];
        var masks = stackalloc uint[TTile.Rows];
        var tiles = (rows + TTile.Rows - 1) / TTile.Rows;

        // The padding never exceeds its threshold.
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
                        AddHits(quantized, ref candidates[first + i], ref thresholds[first + i], masks[i], scores + (i * TTile.PanelWidth), index * TTile.PanelWidth, scoreRows);
                    }
                }
            }
        }
    }

    /// <summary>Adds the centroids of a panel whose scores exceed the point's threshold, each with its score with a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddHits(QuantizedCentroids quantized, ref Candidates candidates, ref int threshold, uint mask, int* scores, int first, bool scoreRows)
    {
        // With many hits, the point's own centroid is far from the nearest one: starting from the best hit raises the threshold most.
        for (var lane = BitOperations.PopCount(mask) > ManyHits ? BestOf(mask, scores) : BitOperations.TrailingZeroCount(mask); ; lane = BitOperations.TrailingZeroCount(mask))
        {
            var score = scores[lane];
            if (score > threshold)
            {
                score = scoreRows ? quantized.Score(candidates.Row, candidates.RowUnit, first + lane) : score;
                if (score >= candidates.MinScore)
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
