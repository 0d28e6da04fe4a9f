using System.Buffers;
using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Implements the search among all centroids for sparse points.</summary>
internal sealed unsafe partial class NearestCentroid<TTile>
{
    /// <summary>The number of points that pass over four panels before the next four.</summary>
    private const int SparseRowsPerStep = 48;

    private const int MaxComponents = 64 * 1024;

    internal override bool CanSearchSparse(CentroidPanels panels) =>
        TTile.HasSparse && panels.Count >= ITile.SparsePanels && (long)panels.Dimension * panels.Width <= int.MaxValue;

    // Optimized on first call, as a training may be over before tiered compilation replaces the code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal override void SearchSparse(SearchBuffers buffers, CentroidPanels panels, int start, int end)
    {
        const int Rows = SparseRowsPerStep;
        var dimension = panels.Dimension;
        var panelLength = (nint)dimension * panels.Width;
        var stride = KeepBest.Arrays * TTile.PanelWidth;
        var memory = stackalloc byte[(Rows * stride * sizeof(float)) + 64];
        var best = (float*)(((nint)memory + 63) & -64);
        var ends = stackalloc NonZero*[Rows + 1];

        // Any point may be without zeros.
        var step = Math.Clamp(MaxComponents / dimension, 1, Rows);
        var rented = ArrayPool<NonZero>.Shared.Rent(step * dimension);
        fixed (NonZero* nonZeros = rented)
        {
            ends[0] = nonZeros;
            for (var first = start; first < end; first = Blocking.Next(first, step, end))
            {
                var count = Math.Min(step, end - first);
                for (var row = 0; row < count; row++)
                {
                    ends[row + 1] = SparsePoints.Compress(buffers.Points + ((long)(first + row) * dimension), dimension, TTile.PanelWidth, ends[row]);
                    TTile.Reset<KeepBest>(best + (row * stride));
                }

                for (var index = 0; index < panels.Count; index += ITile.SparsePanels)
                {
                    // The last four panels may overlap with those before: the same scores again change nothing.
                    var panel = panels[Math.Min(index, panels.Count - ITile.SparsePanels)];
                    for (var row = 0; row < count; row++)
                    {
                        TTile.ScoreSparse(ends[row], ends[row + 1], panel, panelLength, best + (row * stride));
                    }
                }

                for (var row = 0; row < count; row++)
                {
                    var (score, number) = TTile.Best(best + (row * stride));
                    buffers.Labels[first + row] = number;
                    buffers.Distances[first + row] = buffers.ToDistance(first + row, score);
                }
            }
        }

        ArrayPool<NonZero>.Shared.Return(rented);
    }
}
