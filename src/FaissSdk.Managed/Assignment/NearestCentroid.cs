using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Finds for each point the centroid of maximum x·c − |c|²/2 (spherical: of maximum x·c), the lowest number on a tie.</summary>
/// <remarks>
/// <see cref="BlockedSearch"/> divides the points into blocks and chooses the method of each. <see cref="NearestCentroid{TTile}"/> implements the
/// methods with one micro-kernel: all centroids, centroids that integer scores leave, centroids that bounds leave.
/// </remarks>
internal abstract unsafe class NearestCentroid
{
    public static readonly NearestCentroid With512 = new NearestCentroid<SimdPairTile<Simd512, Vector512<float>>>("Vector512");
    public static readonly NearestCentroid With256 = new NearestCentroid<SimdTile<Simd256, Vector256<float>>>("Vector256");
    public static readonly NearestCentroid With128 = LaneTile.IsSupported
        ? new NearestCentroid<LaneTile>("AdvSimd")
        : new NearestCentroid<SimdTile<Simd128, Vector128<float>>>("Vector128");
    public static readonly NearestCentroid Portable = new NearestCentroid<PortableTile>("portable");

    /// <summary>The implementation with the widest vectors that this processor supports.</summary>
    public static readonly NearestCentroid Fastest =
        Vector512.IsHardwareAccelerated ? With512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? With256
        : Vector128.IsHardwareAccelerated ? With128
        : Portable;

    private protected NearestCentroid(string name, int panelWidth)
    {
        Name = name;
        PanelWidth = panelWidth;
    }

    /// <summary>Gets all implementations, the widest first.</summary>
    public static IReadOnlyList<NearestCentroid> All { get; } = [With512, With256, With128, Portable];

    public string Name { get; }

    public int PanelWidth { get; }

    /// <summary>Writes the nearest centroid of each point, and max(0, |x|² + |c|² − 2x·c) or x·c.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="pointNorms">The |x|² of the points (n), or empty if spherical.</param>
    /// <param name="centroids">The centroids (k × d).</param>
    /// <param name="panels">The same centroids, packed.</param>
    /// <param name="spherical">Whether the maximum inner product wins.</param>
    /// <param name="labels">The numbers of centroids (n), replaced by the nearest; labels close to the result save time.</param>
    /// <param name="distances">Receives the distances or inner products (n).</param>
    /// <param name="threads">The maximum number of threads.</param>
    /// <param name="cancellationToken">The token that is checked before each block of points.</param>
    /// <param name="training">The additions of a training; they do not change the result.</param>
    public void Find(
        ReadOnlySpan<float> points,
        ReadOnlySpan<float> pointNorms,
        ReadOnlySpan<float> centroids,
        CentroidPanels panels,
        bool spherical,
        Span<int> labels,
        Span<float> distances,
        int threads,
        CancellationToken cancellationToken,
        TrainingSearch training = default)
    {
        fixed (float* x = points, norms = pointNorms, distance = distances, rows = centroids, weight = training.Weights)
        fixed (int* label = labels)
        {
            var buffers = new SearchBuffers { Points = x, Norms = norms, Centroids = rows, Labels = label, Distances = distance, Weights = weight, Count = labels.Length, Spherical = spherical };
            new BlockedSearch(this, buffers, panels, training, threads).Run(cancellationToken);
        }
    }

    /// <summary>Searches among all centroids, for the points from <paramref name="start"/> to <paramref name="end"/> (exclusive).</summary>
    internal abstract void SearchAll(SearchBuffers buffers, CentroidPanels panels, int start, int end);

    /// <summary>Searches among all centroids by the components of the points that are not 0.</summary>
    internal abstract void SearchSparse(SearchBuffers buffers, CentroidPanels panels, int start, int end);

    /// <summary>Determines whether <see cref="SearchSparse"/> is possible.</summary>
    internal abstract bool CanSearchSparse(CentroidPanels panels);

    /// <summary>Searches among the centroids that integer scores leave, or among all if these are too many.</summary>
    internal abstract void SearchIntegers(SearchBuffers buffers, CentroidPanels panels, QuantizedCentroids quantized, int start, int end);

    /// <summary>Searches among the centroids that scores of few directions leave, or among all if these are too many.</summary>
    internal abstract void SearchProjected(SearchBuffers buffers, CentroidPanels panels, ProjectedCentroids projected, int start, int end);

    /// <summary>Searches among the centroids that the bounds of a block leave.</summary>
    internal abstract void SearchWithBounds(SearchBuffers buffers, CentroidBounds bounds, int block, int start, int end);
}

/// <summary>Holds the pinned arguments of one search.</summary>
internal unsafe struct SearchBuffers
{
    /// <summary>The points (n × d).</summary>
    public float* Points;

    /// <summary>The centroids (k × d).</summary>
    public float* Centroids;

    /// <summary>The |x|² of the points (n); not read if spherical.</summary>
    public float* Norms;

    /// <summary>The nearest centroids (n).</summary>
    public int* Labels;

    /// <summary>The squared distances or inner products (n).</summary>
    public float* Distances;

    /// <summary>The weights of the points (n), or null.</summary>
    public float* Weights;

    /// <summary>The number of points, n.</summary>
    public int Count;

    /// <summary>Whether scores are x·c.</summary>
    public bool Spherical;

    /// <summary>Converts a score to the distance that is returned, max(0, |x|² − 2·score), or to the inner product.</summary>
    /// <remarks>Adding 0 normalizes −0 to +0, so that equal scores give identical bits.</remarks>
    public readonly float ToDistance(int row, float score) => Spherical ? score + 0f : Math.Max(0, Norms[row] - (2 * score));
}

/// <summary>Represents what a training adds to a search; all of it is optional.</summary>
internal readonly ref struct TrainingSearch
{
    /// <summary>Gets the bounds that exclude centroids, begun with the same centroids and panels; they require <see cref="HasLabels"/>.</summary>
    public CentroidBounds? Bounds { get; init; }

    /// <summary>Gets the block of the bounds that the first point belongs to.</summary>
    public int FirstBlock { get; init; }

    /// <summary>Gets a value indicating whether the labels are those of the previous search.</summary>
    public bool HasLabels { get; init; }

    /// <summary>Gets the sums that the points are added to, while they are in a cache if <see cref="CentroidAccumulator.AddsInSearch"/>.</summary>
    public CentroidAccumulator? Accumulator { get; init; }

    /// <summary>Gets the weights of the points in these sums (n), or empty.</summary>
    public ReadOnlySpan<float> Weights { get; init; }

    /// <summary>Gets the record of the methods used.</summary>
    public SearchTuning? Tuning { get; init; }
}

/// <summary>Runs one search in blocks of points, each by the method that the bounds or the autotuner choose.</summary>
internal sealed unsafe class BlockedSearch
{
    // Points are prefetched for the next step of the same block only, as the points behind the block may be another thread's.
    private const int MinStepsPerBlock = 4;

    // The multiply-adds of about 50 µs of work.
    private const long WorkPerBlock = 2_500_000;

    private readonly NearestCentroid _kernel;
    private readonly SearchBuffers _buffers;
    private readonly CentroidPanels _panels;
    private readonly CentroidBounds? _bounds;
    private readonly int _firstBlock;
    private readonly CentroidAccumulator? _accumulator;
    private readonly SearchTuning? _tuning;
    private readonly OrderedContinuation? _adding;
    private readonly int _threads;
    private readonly int _rows;
    private readonly int _blocks;

    /// <param name="kernel">The kernels that score.</param>
    /// <param name="buffers">The arguments of the search.</param>
    /// <param name="panels">The packed centroids.</param>
    /// <param name="training">The additions of a training.</param>
    /// <param name="threads">The maximum number of threads.</param>
    public BlockedSearch(NearestCentroid kernel, SearchBuffers buffers, CentroidPanels panels, TrainingSearch training, int threads)
    {
        (_kernel, _buffers, _panels, _threads) = (kernel, buffers, panels, threads);
        (_bounds, _firstBlock, _accumulator, _tuning) = (training.Bounds, training.FirstBlock, training.Accumulator, training.Tuning);
        _rows = _bounds is null ? RowsPerBlock(buffers.Count, panels, threads) : CentroidBounds.BlockRows;
        _blocks = Blocking.BlocksOf(buffers.Count, _rows);
        _adding = _accumulator?.AddsInSearch(threads) == true ? new OrderedContinuation(_blocks, AddBlock) : null;
        panels.Autotuner.Begin(PossibleMethods(training.HasLabels));
    }

    public void Run(CancellationToken cancellationToken)
    {
        ParallelBlocks.For(_blocks, _threads, SearchBlock, cancellationToken);
        if (_adding is null)
        {
            _accumulator?.AddInParallel(_buffers, _threads);
        }
    }

    /// <summary>Returns the number of points that a thread takes at a time: about 50 µs of work, at least several steps, at most a fair share.</summary>
    private static int RowsPerBlock(int count, CentroidPanels centroids, int threads)
    {
        var worthwhile = WorkPerBlock / ((long)centroids.Count * centroids.Width * centroids.Dimension);
        var fair = count / (4L * threads);
        var step = Blocking.RowsPerStep(centroids.Dimension);
        return (int)(Math.Max(Math.Min(Math.Max(worthwhile, MinStepsPerBlock * step), fair), step) / step * step);
    }

    private SearchMethod[] PossibleMethods(bool hasLabels)
    {
        var integer = _panels.Quantized is { IsUsable: true };
        var projected = integer && hasLabels && _panels.Projected is { IsUsable: true };
        var sparse = _panels.Sparse is not null && _kernel.CanSearchSparse(_panels);
        return projected && _panels.Projected!.Always ? [SearchMethod.Projected]
            : integer && _panels.Quantized!.Always ? [SearchMethod.Integer]
            : sparse && _panels.Sparse!.Always ? [SearchMethod.Sparse]
            : _blocks < 4 * SearchAutotuner.BlocksPerMethod ? [SearchMethod.Single]
            : Enabled(integer, projected, sparse && SparsePoints.AreWorthwhile(_buffers, _panels.Dimension));
    }

    private static SearchMethod[] Enabled(bool integer, bool projected, bool sparse) =>
    [
        SearchMethod.Single,
        .. integer ? [SearchMethod.Integer] : ReadOnlySpan<SearchMethod>.Empty,
        .. projected ? [SearchMethod.Projected] : ReadOnlySpan<SearchMethod>.Empty,
        .. sparse ? [SearchMethod.Sparse] : ReadOnlySpan<SearchMethod>.Empty,
    ];

    private void SearchBlock(int block)
    {
        var boundsClock = _bounds?.StartClock(_firstBlock + block) ?? 0;
        var autotuner = _panels.Autotuner;
        var (start, end) = (block * _rows, EndOf(block));

        // The first block may always have bounds, so the sampled blocks are counted from the second.
        var method = _bounds?.Covers(_firstBlock + block) == true ? SearchMethod.Bounds : autotuner.MethodFor(Math.Max(0, block - 1));
        if (method == SearchMethod.Projected)
        {
            // Computed once for all searches of a training, and so outside the time of this one.
            _panels.Projected!.Points.EnsureComputed(_buffers.Points, start, end);
        }

        var clock = block == 0 ? 0 : autotuner.StartClock(block - 1);
        switch (method)
        {
            case SearchMethod.Bounds:
                _kernel.SearchWithBounds(_buffers, _bounds!, _firstBlock + block, start, end);
                break;
            case SearchMethod.Integer:
                _kernel.SearchIntegers(_buffers, _panels, _panels.Quantized!, start, end);
                break;
            case SearchMethod.Projected:
                _kernel.SearchProjected(_buffers, _panels, _panels.Projected!, start, end);
                break;
            case SearchMethod.Sparse:
                _kernel.SearchSparse(_buffers, _panels, start, end);
                break;
            default:
                _kernel.SearchAll(_buffers, _panels, start, end);
                break;
        }

        if (method != SearchMethod.Bounds)
        {
            autotuner.StopClock(method, clock, end - start);
        }

        _bounds?.StopClock(_firstBlock + block, boundsClock);
        _tuning?.Record(method, end - start);
        _adding?.Complete(block);
    }

    private void AddBlock(int block) =>
        _accumulator!.Add(_buffers, block * _rows, EndOf(block));

    private int EndOf(int block) => Blocking.Next(block * _rows, _rows, _buffers.Count);
}
