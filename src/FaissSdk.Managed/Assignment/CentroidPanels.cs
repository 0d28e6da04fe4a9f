using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Centroids transposed in panels, so that one load holds one component of many; what pads the last panel scores −∞ and never wins.</summary>
internal sealed unsafe class CentroidPanels
{
    private const int FewComponents = 1 << 16;

    private readonly AlignedBuffer<float> _panels;
    private readonly AlignedBuffer<float> _starts;
    private readonly AlignedBuffer<int> _numbers;

    /// <param name="clusters">k.</param>
    /// <param name="dimension">d.</param>
    /// <param name="width">The centroids of a panel.</param>
    /// <param name="fewest">The least number of panels; those beyond the centroids are empty.</param>
    /// <param name="quantized">The same centroids as integers, filled by <see cref="Pack"/>; or null.</param>
    /// <param name="projected">The same centroids in few directions, filled by <see cref="Pack"/>; or null.</param>
    public CentroidPanels(int clusters, int dimension, int width, int fewest = 1, QuantizedCentroids? quantized = null, ProjectedCentroids? projected = null)
    {
        (Quantized, Projected) = (quantized, projected);
        Count = Math.Max(fewest, (clusters + width - 1) / width);
        Width = width;
        Dimension = dimension;
        _panels = new AlignedBuffer<float>((long)Count * width * dimension);
        _starts = new AlignedBuffer<float>((long)Count * width);
        _numbers = new AlignedBuffer<int>((long)Count * width);
    }

    public int Count { get; }

    public int Width { get; }

    public int Dimension { get; }

    /// <summary>What took the least time in the search before.</summary>
    public Trial Trial { get; } = new();

    /// <summary>The same centroids as integers; or null.</summary>
    public QuantizedCentroids? Quantized { get; }

    /// <summary>The same centroids in few directions; or null.</summary>
    public ProjectedCentroids? Projected { get; }

    /// <summary>−|c|²/2, or 0, of each centroid (k).</summary>
    public float* Starts => _starts.Pointer;

    public CentroidPanel this[int index] => new()
    {
        Components = _panels.Pointer + ((long)index * Width * Dimension),
        Starts = _starts.Pointer + ((long)index * Width),
        Numbers = _numbers.Pointer + ((long)index * Width),
    };

    /// <summary>Takes centroids (k × d).</summary>
    public void Pack(ReadOnlySpan<float> centroids, bool spherical, int threads = 1)
    {
        var clusters = centroids.Length / Dimension;
        fixed (float* pinned = centroids)
        {
            var rows = (nint)pinned;
            ParallelBlocks.For(Count, ThreadsFor(centroids.Length, threads), panel => PackPanel((float*)rows, clusters, panel, spherical), CancellationToken.None);
        }

        Quantized?.Pack(centroids, Starts, threads);
        Projected?.Pack(centroids, Starts, threads);
    }

    /// <summary>How many threads are worth waking for so many components.</summary>
    public static int ThreadsFor(int components, int threads) => components < FewComponents ? 1 : threads;

    // Compiled at full speed at once: a training may be over before tiering would get to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackPanel(float* centroids, int clusters, int panel, bool spherical)
    {
        var (width, dimension) = (Width, Dimension);
        for (var lane = 0; lane < width; lane++)
        {
            var slot = (panel * width) + lane;
            var component = _panels.Pointer + ((long)panel * width * dimension) + lane;
            _numbers.Pointer[slot] = slot;
            if (slot >= clusters)
            {
                _starts.Pointer[slot] = float.NegativeInfinity;
                for (var j = 0; j < dimension; j++, component += width)
                {
                    *component = 0;
                }

                continue;
            }

            var centroid = centroids + ((long)slot * dimension);
            _starts.Pointer[slot] = spherical ? 0 : VectorNorms.Start(new ReadOnlySpan<float>(centroid, dimension));
            for (var j = 0; j < dimension; j++, component += width)
            {
                *component = centroid[j];
            }
        }
    }
}
