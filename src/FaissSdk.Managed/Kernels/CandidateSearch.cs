using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>The search by <see cref="QuantizedCentroids"/>: of the few centroids that integer scores leave for a point, the nearest is found by scores in single precision, bit for bit those of a full search.</summary>
internal static unsafe class CandidateSearch
{
    /// <summary>Finds the nearest centroid of each point and its score, but of the points for which integer scores do not tell.</summary>
    /// <param name="quantized">The centroids as integers.</param>
    /// <param name="starts">−|c|²/2, or 0, of each centroid (k).</param>
    /// <param name="points">n × d.</param>
    /// <param name="count">n.</param>
    /// <param name="labels">n.</param>
    /// <param name="scores">n.</param>
    /// <param name="undecided">Receives the numbers of the points left (at most n).</param>
    /// <returns>How many are left.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static int Find(QuantizedCentroids quantized, float* starts, float* points, int count, int* labels, float* scores, int* undecided)
    {
        var (dimension, pairs, step) = (quantized.Dimension, quantized.Pairs, Blocking.RowsOverPanel(quantized.Dimension));
        var memory = stackalloc byte[(step * QuantizedTile.IntegersOfBest * sizeof(int)) + 64];
        var best = (int*)(((nint)memory + 63) & -64);
        var inverseUnits = stackalloc float[step];
        var margins = stackalloc int[step];
        var most = step * QuantizedTile.PanelWidth;
        var ofPoints = stackalloc float*[most];
        var ofRows = stackalloc int[most];
        var ofNumbers = stackalloc int[most];
        var ofScores = stackalloc float[most];
        var candidates = new Candidates { Points = ofPoints, Rows = ofRows, Numbers = ofNumbers, Scores = ofScores };
        var left = 0;
        var rented = ArrayPool<int>.Shared.Rent(step * pairs);
        fixed (int* integers = rented)
        {
            for (var first = 0; first < count; first += step)
            {
                var rows = Math.Min(step, count - first);
                quantized.Quantize(points + ((long)first * dimension), rows, integers, inverseUnits, margins);

                // What points beyond the last find is not read.
                var tiles = (rows + ITile.Rows - 1) / ITile.Rows;
                new Span<float>(inverseUnits + rows, (tiles * ITile.Rows) - rows).Clear();
                new Span<int>(best, rows * QuantizedTile.IntegersOfBest).Fill(int.MinValue);
                var following = Math.Min(step, count - first - rows);
                var ahead = new Prefetch(points + ((long)(first + rows) * dimension), (long)following * dimension, tiles * quantized.Count);
                for (var panel = 0; panel < quantized.Count; panel++)
                {
                    for (var tile = 0; tile < tiles; tile++)
                    {
                        var row = tile * ITile.Rows;
                        QuantizedTile.Score(
                            integers + ((long)row * pairs), pairs, inverseUnits + row, quantized[panel], quantized.NumberMask, panel, best + (row * QuantizedTile.IntegersOfBest), ahead.NextRun(pairs));
                    }
                }

                candidates.Count = 0;
                for (var row = 0; row < rows; row++)
                {
                    if (!candidates.TryAdd(quantized, best + (row * QuantizedTile.IntegersOfBest), margins[row], first + row, points + ((long)(first + row) * dimension)))
                    {
                        undecided[left++] = first + row;
                    }
                }

                OwnScore.Compute(candidates.Points, candidates.Numbers, quantized.Rows, starts, dimension, candidates.Scores, candidates.Count, default);
                candidates.Choose(labels, scores);
            }
        }

        ArrayPool<int>.Shared.Return(rented);
        return left;
    }

    /// <summary>Points and the centroids that may be their nearest, those of one point together.</summary>
    private struct Candidates
    {
        public float** Points;
        public int* Rows;
        public int* Numbers;
        public float* Scores;
        public int Count;

        /// <summary>Adds what the integer scores of a point leave; false, and nothing is added, when that is not known.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryAdd(QuantizedCentroids quantized, int* best, int margin, int row, float* point)
        {
            // What pads a panel has the least scores of all.
            var least = (long)QuantizedTile.Greatest(best) - margin;
            if (margin == QuantizedArithmetic.NothingTells || least <= int.MinValue - (long)quantized.NumberMask)
            {
                return false;
            }

            var lanes = QuantizedTile.LanesFrom(best, (int)least, out var andSecond);
            if (andSecond)
            {
                return false;
            }

            for (; lanes != 0; lanes &= lanes - 1)
            {
                var lane = BitOperations.TrailingZeroCount(lanes);
                Points[Count] = point;
                Rows[Count] = row;
                Numbers[Count++] = ((best[lane] & ~quantized.NumberMask) * QuantizedTile.PanelWidth) + lane;
            }

            return true;
        }

        /// <summary>Takes the best of each point, the lowest number on a tie.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Choose(int* labels, float* scores)
        {
            for (var i = 0; i < Count;)
            {
                var row = Rows[i];
                var (score, number) = (Scores[i], Numbers[i]);
                for (i++; i < Count && Rows[i] == row; i++)
                {
                    if (Scores[i] > score || (Scores[i] == score && Numbers[i] < number))
                    {
                        (score, number) = (Scores[i], Numbers[i]);
                    }
                }

                (labels[row], scores[row]) = (number, score);
            }
        }
    }
}
