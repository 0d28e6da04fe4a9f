using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaissSdk;

/// <content>Implements the search with bounds: points are gathered by the groups of centroids that they need, and each group is scored in tiles.</content>
internal sealed unsafe partial class NearestCentroid<TTile>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal override void SearchWithBounds(SearchBuffers buffers, CentroidBounds bounds, int block, int start, int end)
    {
        var (groups, count, arithmetic) = (bounds.Groups, end - start, bounds.Arithmetic);
        var scores = stackalloc float[CentroidBounds.BlockRows];
        var numbers = stackalloc int[CentroidBounds.BlockRows];
        var lists = ArrayPool<byte>.Shared.Rent(groups * CentroidBounds.BlockRows);
        var lengths = stackalloc int[groups];
        new Span<int>(lengths, groups).Clear();
        var dimension = bounds.Panels.Dimension;
        var points = stackalloc float*[CentroidBounds.BlockRows];
        for (var row = 0; row < count; row++)
        {
            points[row] = buffers.Points + ((long)(start + row) * dimension);
        }

        AssignedCentroidScore.Compute(points, buffers.Labels + start, buffers.Centroids, bounds.Panels.Starts, dimension, scores, count, AssignedCentroidScore.Ahead(points[0], dimension, count));
        fixed (float* lower = bounds.BoundsOf(block))
        fixed (byte* list = lists)
        fixed (int* groupOf = bounds.GroupOf)
        {
            for (var row = 0; row < count; row++)
            {
                numbers[row] = buffers.Labels[start + row];
                var threshold = Vector128.Create(arithmetic.Threshold(buffers.Norms[start + row], scores[row]));
                for (var group = 0; group < groups; group += CentroidBounds.GroupsAtOnce)
                {
                    for (var needed = arithmetic.Needed(lower + (row * groups), group, threshold); needed != 0; needed &= needed - 1)
                    {
                        var one = group + BitOperations.TrailingZeroCount(needed);
                        list[(one * CentroidBounds.BlockRows) + lengths[one]++] = (byte)row;
                    }
                }
            }

            var rows = new BoundedRows { Points = points, Norms = buffers.Norms + start, Scores = scores, Numbers = numbers, Lower = lower, GroupOf = groupOf };
            for (var group = 0; group < groups; group++)
            {
                SearchGroup(bounds, rows, group, list + (group * CentroidBounds.BlockRows), lengths[group]);
            }
        }

        for (var row = 0; row < count; row++)
        {
            buffers.Labels[start + row] = numbers[row];
            buffers.Distances[start + row] = buffers.ToDistance(start + row, scores[row]);
        }

        ArrayPool<byte>.Shared.Return(lists);
    }

    /// <summary>Scores a group for the listed points of a block, and updates their bounds and their best scores.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void SearchGroup(CentroidBounds bounds, in BoundedRows of, int group, byte* list, int length)
    {
        const int Step = 8 * ITile.Rows;
        var (panels, groups, dimension, arithmetic) = (bounds.Panels, bounds.Groups, bounds.Panels.Dimension, bounds.Arithmetic);
        var (firstPanel, endPanel) = (bounds.FirstPanel(group), bounds.FirstPanel(group + 1));
        float* scores = of.Scores, lower = of.Lower;
        var numbers = of.Numbers;
        var stride = KeepTwo.Arrays * TTile.PanelWidth;
        var memory = stackalloc byte[(Step * stride * sizeof(float)) + 64];
        var best = (float*)(((nint)memory + 63) & -64);
        var rows = stackalloc float*[Step];
        float* tops = stackalloc float[Step], norms = stackalloc float[Step], stored = stackalloc float[Step];
        for (var first = 0; first < length; first += Step)
        {
            var count = Math.Min(Step, length - first);
            var tiles = (count + ITile.Rows - 1) / ITile.Rows;
            for (var i = 0; i < tiles * ITile.Rows; i++)
            {
                // Rows beyond the last one repeat it; their results are not read.
                rows[i] = of.Points[list[Math.Min(first + i, length - 1)]];
                TTile.Reset<KeepTwo>(best + (i * stride));
            }

            for (var index = firstPanel; index < endPanel; index++)
            {
                var noPrefetch = new Prefetch(rows[0], 0, 1);
                ScoreTiles<KeepTwo>(rows, tiles, panels[index], dimension, best, ref noPrefetch);
            }

            for (var i = 0; i < count; i++)
            {
                tops[i] = TTile.BestScore(best + (i * stride));
                norms[i] = of.Norms[list[first + i]];
            }

            for (var i = 0; i < count; i += Vector128<float>.Count)
            {
                arithmetic.Store(Vector128.Load(norms + i), Vector128.Load(tops + i), group).Store(stored + i);
            }

            for (var i = 0; i < count; i++)
            {
                int row = list[first + i];
                if (tops[i] >= scores[row])
                {
                    var kept = best + (i * stride);
                    var (score, number) = TTile.Best(kept);
                    if (score > scores[row] || number <= numbers[row])
                    {
                        // The previous best centroid becomes one of the others of its group; the scores of this group include it anyway.
                        var displaced = of.GroupOf[numbers[row]];
                        if (displaced != group)
                        {
                            ref var other = ref lower[(row * groups) + displaced];
                            other = Math.Min(other, arithmetic.Store(norms[i], scores[row], displaced));
                        }

                        (scores[row], numbers[row]) = (score, number);
                        stored[i] = arithmetic.Store(norms[i], TTile.SecondScore(kept, number), group);
                    }
                }

                lower[(row * groups) + group] = stored[i];
            }
        }
    }

    /// <summary>Holds the points of one block, at most <see cref="CentroidBounds.BlockRows"/> (rows), and what is known of them.</summary>
    private struct BoundedRows
    {
        /// <summary>The addresses of the points (rows).</summary>
        public float** Points;

        /// <summary>The |x|² of the points (rows).</summary>
        public float* Norms;

        /// <summary>The best scores so far (rows).</summary>
        public float* Scores;

        /// <summary>The centroids that have these scores (rows).</summary>
        public int* Numbers;

        /// <summary>The lower bounds (rows × groups).</summary>
        public float* Lower;

        /// <summary>The group of each centroid (k).</summary>
        public int* GroupOf;
    }
}
