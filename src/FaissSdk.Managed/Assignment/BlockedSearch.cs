namespace FaissSdk;

/// <summary>Runs one search in blocks of points, each by the method that the bounds or the autotuner choose.</summary>
internal sealed unsafe class BlockedSearch
{
    private readonly NearestCentroid _kernel;
    private readonly SearchBuffers _buffers;
    private readonly CentroidPanels _panels;
    private readonly CentroidBounds? _bounds;
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
        (_bounds, _accumulator, _tuning) = (training.Bounds, training.Accumulator, training.Tuning);
        _rows = _bounds is null ? Blocking.RowsPerBlock(buffers.Count, panels, threads) : CentroidBounds.BlockRows;
        _blocks = (buffers.Count + _rows - 1) / _rows;
        _adding = _accumulator is null ? null : new OrderedContinuation(_blocks, AddBlock);
        panels.Autotuner.Begin(PossibleMethods(training.HasLabels));
    }

    public void Run(CancellationToken cancellationToken)
    {
        ParallelBlocks.For(_blocks, _threads, SearchBlock, cancellationToken);
    }

    private SearchMethod[] PossibleMethods(bool hasLabels)
    {
        var integer = _panels.Quantized is { IsUsable: true };
        var projected = integer && hasLabels && _panels.Projected is { IsUsable: true };
        return projected && _panels.Projected!.Always ? [SearchMethod.Projected]
            : integer && _panels.Quantized!.Always ? [SearchMethod.Integer]
            : _blocks < 4 * SearchAutotuner.BlocksPerMethod ? [SearchMethod.Single]
            : (projected, integer) switch
            {
                (true, true) => [SearchMethod.Single, SearchMethod.Integer, SearchMethod.Projected],
                (true, false) => [SearchMethod.Single, SearchMethod.Projected],
                (false, true) => [SearchMethod.Single, SearchMethod.Integer],
                _ => [SearchMethod.Single],
            };
    }

    private void SearchBlock(int block)
    {
        var boundsClock = _bounds?.StartClock(block) ?? 0;
        var autotuner = _panels.Autotuner;
        var (start, end) = (block * _rows, EndOf(block));

        // The first block may always have bounds, so the sampled blocks are counted from the second.
        var method = _bounds?.Covers(block) == true ? SearchMethod.Bounds : autotuner.MethodFor(Math.Max(0, block - 1));
        if (method == SearchMethod.Projected)
        {
            // Computed once for all searches of a training, and so outside the time of this one.
            _panels.Projected!.Points.EnsureComputed(_buffers.Points, start, end);
        }

        var clock = block == 0 ? 0 : autotuner.StartClock(block - 1);
        switch (method)
        {
            case SearchMethod.Bounds:
                _kernel.SearchWithBounds(_buffers, _bounds!, block, start, end);
                break;
            case SearchMethod.Integer:
                _kernel.SearchIntegers(_buffers, _panels, _panels.Quantized!, start, end);
                break;
            case SearchMethod.Projected:
                _kernel.SearchProjected(_buffers, _panels, _panels.Projected!, start, end);
                break;
            default:
                _kernel.SearchAll(_buffers, _panels, start, end);
                break;
        }

        if (method != SearchMethod.Bounds)
        {
            autotuner.StopClock(method, clock, end - start);
        }

        _bounds?.StopClock(block, boundsClock);
        _tuning?.Record(method, end - start);
        _adding?.Complete(block);
    }

    private void AddBlock(int block) =>
        _accumulator!.Add(_buffers, block * _rows, EndOf(block));

    private int EndOf(int block) => Math.Min(_buffers.Count, (block + 1) * _rows);
}
