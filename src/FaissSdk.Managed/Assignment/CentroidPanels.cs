using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Stores centroids transposed in panels, so that one load yields one component of many centroids. The padding of the last panel scores −∞ and never wins.</summary>
internal sealed unsafe class CentroidPanels
{
    private const int MinComponentsForThreads = 1 << 16;

    private readonly AlignedBuffer<float> _panels;
    private readonly AlignedBuffer<float> _starts;
    private readonly AlignedBuffer<int> _numbers;

    /// <param name="clusters">The number of centroids, k.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="width">The number of centroids in a panel.</param>
    /// <param name="minPanels">The minimum number of panels; panels beyond the centroids hold padding.</param>
    /// <param name="quantized">The same centroids as integers, filled by <see cref="Pack"/>, or null.</param>
    /// <param name="projected">The same centroids in few directions, filled by <see cref="Pack"/>, or null.</param>
    /// <param name="sparse">The components of the points that are not 0, or null to read all.</param>
    public CentroidPanels(
        int clusters, int dimension, int width, int minPanels = 1, QuantizedCentroids? quantized = null, ProjectedCentroids? projected = null, SparsePoints? sparse = null)
    {
        (Quantized, Projected, Sparse) = (quantized, projected, sparse);
        Count = Math.Max(minPanels, (clusters + width - 1) / width);
        Width = width;
        Dimension = dimension;
        _panels = new AlignedBuffer<float>((long)Count * width * dimension);
        _starts = new AlignedBuffer<float>((long)Count * width);
        _numbers = new AlignedBuffer<int>((long)Count * width);
    }

    /// <summary>Initializes panels that share the centroids of others, which several searches use at the same time, each with an autotuner of its own.</summary>
    /// <param name="packed">The packed centroids.</param>
    /// <param name="quantized">The same centroids as integers, or null.</param>
    /// <param name="sparse">The components of the points that are not 0, or null to read all.</param>
    public CentroidPanels(CentroidPanels packed, QuantizedCentroids? quantized, SparsePoints? sparse)
    {
        (Quantized, Sparse) = (quantized, sparse);
        (Count, Width, Dimension) = (packed.Count, packed.Width, packed.Dimension);
        (_panels, _starts, _numbers) = (packed._panels, packed._starts, packed._numbers);
    }

    public int Count { get; }

    public int Width { get; }

    public int Dimension { get; }

    /// <summary>Gets the autotuner of the searches among these centroids.</summary>
    public SearchAutotuner Autotuner { get; } = new();

    /// <summary>Gets the same centroids as integers, or null.</summary>
    public QuantizedCentroids? Quantized { get; }

    /// <summary>Gets the same centroids in few directions, or null.</summary>
    public ProjectedCentroids? Projected { get; }

    /// <summary>Gets how the components of points that are not 0 are found, or null to read all components.</summary>
    public SparsePoints? Sparse { get; }

    /// <summary>Gets the initial value of each score: −|c|²/2, or 0 if spherical (k).</summary>
    public float* Starts => _starts.Pointer;

    public CentroidPanel this[int index] => new()
    {
        Components = _panels.Pointer + ((long)index * Width * Dimension),
        Starts = _starts.Pointer + ((long)index * Width),
        Numbers = _numbers.Pointer + ((long)index * Width),
    };

    /// <summary>Creates the panels of a training, with what its search methods need.</summary>
    /// <param name="count">The approximate number of points of a search.</param>
    /// <param name="clusters">The number of centroids, k.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="fixedMethod">The method of all searches that support it, or null to use the fastest one.</param>
    /// <param name="projected">The centroids in few directions, or null.</param>
    public static CentroidPanels ForTraining(int count, int clusters, int dimension, SearchMethod? fixedMethod, ProjectedCentroids? projected = null) => new(
        clusters,
        dimension,
        NearestCentroid.Fastest.PanelWidth,
        fixedMethod switch { SearchMethod.Bounds => CentroidBounds.GroupsAtOnce, SearchMethod.Sparse => ITile.SparsePanels, _ => 1 },
        fixedMethod is not (SearchMethod.Single or SearchMethod.Sparse) ? QuantizedCentroids.CreateIfWorthwhile(count, clusters, dimension, fixedMethod is not null) : null,
        projected,
        fixedMethod is null or SearchMethod.Sparse ? new SparsePoints(fixedMethod is not null) : null);

    /// <summary>Copies centroids (k × d) into the panels.</summary>
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

    /// <summary>Returns the number of threads that are worth waking for a number of components.</summary>
    public static int ThreadsFor(int components, int threads) => components < MinComponentsForThreads ? 1 : threads;

    // Optimized on first call, as a training may be over before tiered compilation replaces the code.
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

/// <summary>Holds the addresses of one panel of <see cref="CentroidPanels"/>.</summary>
internal unsafe struct CentroidPanel
{
    /// <summary>The components, each of all centroids of the panel (d × width).</summary>
    public float* Components;

    /// <summary>The initial value of each score: −|c|²/2, or 0 if spherical (width).</summary>
    public float* Starts;

    /// <summary>The numbers of the centroids, ascending (width).</summary>
    public int* Numbers;
}
