using System.Buffers;
using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Implements the search with one micro-kernel: among all centroids, and among those that integer scores leave.</summary>
/// <typeparam name="TTile">The micro-kernel.</typeparam>
internal sealed unsafe partial class NearestCentroid<TTile>(string name) : NearestCentroid(name, TTile.PanelWidth)
    where TTile : struct, ITile
{
    internal override void SearchAll(SearchBuffers buffers, CentroidPanels panels, int start, int end) => SearchRows(buffers, panels, null, start, end - start);

    internal override void SearchIntegers(SearchBuffers buffers, CentroidPanels panels, QuantizedCentroids quantized, int start, int end)
    {
        var rented = ArrayPool<int>.Shared.Rent(end - start);
        fixed (int* undecided = rented)
        {
            var left = quantized.Kernel.Find(quantized, buffers, panels.Starts, start, end - start, undecided);
            FinishRows(buffers, panels, undecided, left, start, end);
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    internal override void SearchProjected(SearchBuffers buffers, CentroidPanels panels, ProjectedCentroids projected, int start, int end)
    {
        var rented = ArrayPool<int>.Shared.Rent(end - start);
        fixed (int* undecided = rented)
        {
            var left = projected.Kernel.Find(projected, panels.Quantized!, buffers, panels.Starts, start, end - start, undecided);
            FinishRows(buffers, panels, undecided, left, start, end);
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    /// <summary>Converts scores to distances, and searches among all centroids for the points that integer scores left undecided.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FinishRows(SearchBuffers buffers, CentroidPanels panels, int* undecided, int left, int start, int end)
    {
        for (var row = start; row < end; row++)
        {
            buffers.Distances[row] = buffers.ToDistance(row, buffers.Distances[row]);
        }

        SearchRows(buffers, panels, undecided, start, left);
    }

    /// <summary>Searches among all centroids, for a range of points or for some points of it.</summary>
    /// <param name="buffers">The arguments of the search.</param>
    /// <param name="panels">The packed centroids.</param>
    /// <param name="list">The points, relative to <paramref name="start"/> (length), or null for consecutive points.</param>
    /// <param name="start">The first point.</param>
    /// <param name="length">The number of points.</param>
    // Optimized on first call, as a training may be over before tiered compilation replaces the code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void SearchRows(SearchBuffers buffers, CentroidPanels panels, int* list, int start, int length)
    {
        var (panelCount, dimension, step) = (panels.Count, panels.Dimension, Blocking.RowsPerPanel(panels));
        var stride = KeepBest.Arrays * TTile.PanelWidth;
        var memory = stackalloc byte[(step * stride * sizeof(float)) + 64];
        var best = (float*)(((nint)memory + 63) & -64);
        var rows = stackalloc float*[step];
        for (var first = 0; first < length; first += step)
        {
            var count = Math.Min(step, length - first);
            var tiles = (count + ITile.Rows - 1) / ITile.Rows;
            for (var row = 0; row < tiles * ITile.Rows; row++)
            {
                // Rows beyond the last one repeat it; their results are not read.
                rows[row] = buffers.Points + ((long)RowOf(list, start, Math.Min(first + row, length - 1)) * dimension);
                TTile.Reset<KeepBest>(best + (row * stride));
            }

            var steps = TTile.HasPairs ? (tiles + 1) / 2 : tiles;
            var next = start + first + step;
            var ahead = new Prefetch(buffers.Points + ((long)next * dimension), list == null ? Math.Max(0, (long)Math.Min(step, buffers.Count - next) * dimension) : 0, steps * panelCount);
            for (var index = 0; index < panelCount; index++)
            {
                ScoreTiles<KeepBest>(rows, tiles, panels[index], dimension, best, ref ahead);
            }

            for (var row = 0; row < count; row++)
            {
                var (score, number) = TTile.Best(best + (row * stride));
                var point = RowOf(list, start, first + row);
                buffers.Labels[point] = number;
                buffers.Distances[point] = buffers.ToDistance(point, score);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int RowOf(int* list, int start, int index) => start + (list == null ? index : list[index]);

    /// <summary>Scores tiles of points against one panel, two tiles at a time if the micro-kernel supports it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ScoreTiles<TKeep>(float** rows, int tiles, CentroidPanel panel, int dimension, float* best, ref Prefetch ahead)
        where TKeep : struct, IKeep
    {
        var stride = ITile.Rows * TKeep.Arrays * TTile.PanelWidth;
        var tile = 0;
        for (; TTile.HasPairs && tile < tiles - 1; tile += 2)
        {
            TTile.ScorePair<TKeep>(rows + (tile * ITile.Rows), panel, dimension, best + (tile * stride), ahead.NextRun(dimension));
        }

        for (; tile < tiles; tile++)
        {
            TTile.Score<TKeep>(rows + (tile * ITile.Rows), panel, dimension, best + (tile * stride), ahead.NextRun(dimension));
        }
    }
}
