namespace FaissSdk;

/// <summary>Runs Lloyd iterations, or passes of mini-batches, through a source.</summary>
internal sealed class SourceLloyd
{
    private readonly VectorSequence _source;
    private readonly int _dimension;
    private readonly int _clusters;
    private readonly SourceFacts _facts;
    private readonly float[]? _mean;
    private readonly KMeansOptions _options;
    private readonly KMeansSourceOptions _sourceOptions;
    private readonly SourceBuffers _buffers;
    private readonly CancellationToken _cancellationToken;
    private readonly BlockAssigner _assigner;
    private readonly LloydUpdate _update;
    private readonly int[] _labels;
    private readonly float[] _weights;
    private float[] _centroids = [];
    private CentroidBounds? _bounds;
    private int _iteration;

    public SourceLloyd(
        VectorSequence source, int clusters, SourceFacts facts, float[]? mean, ReadOnlySpan<float> weights, KMeansOptions options, KMeansSourceOptions sourceOptions, SourceBuffers buffers, SearchTuning? tuning, CancellationToken cancellationToken)
    {
        (_source, _dimension, _clusters, _facts, _mean, _options, _sourceOptions) = (source, source.Dimension, clusters, facts, mean, options, sourceOptions);
        (_buffers, _cancellationToken, _weights) = (buffers, cancellationToken, weights.ToArray());
        _assigner = new BlockAssigner(_dimension, clusters, facts.Count, options, tuning);
        _update = new LloydUpdate(_dimension, clusters, options);
        _labels = new int[BoundedRows()];
    }

    /// <summary>Gets the sums of mini-batches, or null.</summary>
    public CentroidAccumulator? BatchSums => IsMiniBatch ? _assigner.Sums : null;

    private bool IsMiniBatch => _sourceOptions.BatchSize > 0;

    private bool IsWeighted => _weights.Length > 0;

    /// <summary>Starts a redo, or goes on with one.</summary>
    /// <param name="centroids">The centroids (k × d), which are replaced.</param>
    /// <param name="isResumed">Whether they, and the sums of mini-batches, come from a checkpoint.</param>
    public void Start(float[] centroids, bool isResumed)
    {
        (_centroids, _bounds, _iteration) = (centroids, null, 0);
        if (!isResumed)
        {
            _update.PostProcess(_centroids);
            _assigner.Sums.Clear(hasSingle: false, hasDouble: true, IsWeighted);
        }
    }

    /// <summary>Passes once through the source.</summary>
    /// <param name="iterationsLeft">The maximum number of passes that follow.</param>
    public LloydStep Step(int iterationsLeft) => IsMiniBatch ? PassInBatches() : Pass(iterationsLeft);

    public float[] CopyCentroids() => (float[])_centroids.Clone();

    private LloydStep Pass(int iterationsLeft)
    {
        _assigner.SetCentroids(_centroids);
        _update.Clear(_assigner.Sums, IsWeighted);
        var useBounds = _iteration++ > 0 && _labels.Length > 0;
        if (useBounds)
        {
            _bounds ??= new CentroidBounds(_labels.Length, _centroids, _assigner.Panels, _options.Spherical, _assigner.FixedMethod is not null);
            _bounds.Begin(_centroids);
        }

        using (var pass = NewPass())
        {
            while (pass.MoveNext())
            {
                var isBounded = pass.First < _labels.Length;
                var labels = isBounded ? _labels.AsSpan(pass.First, pass.Rows) : _buffers.Labels.AsSpan(0, pass.Rows);
                Add(pass, 0, pass.Rows, labels, useBounds && isBounded ? _bounds : null);
            }
        }

        if (useBounds)
        {
            _bounds!.End(iterationsLeft);
        }

        return _update.Apply(_assigner.Sums, _facts.Count, IsWeighted, _centroids, _cancellationToken);
    }

    private LloydStep PassInBatches()
    {
        var tally = _assigner.Sums.Tally;
        tally.ClearObjective();
        _assigner.SetCentroids(_centroids);
        var batched = 0;
        using var pass = NewPass();
        while (pass.MoveNext())
        {
            for (var start = 0; start < pass.Rows;)
            {
                var rows = Math.Min(pass.Rows - start, _sourceOptions.BatchSize - batched);
                Add(pass, start, rows, _buffers.Labels.AsSpan(0, rows), null);
                (start, batched) = (start + rows, batched + rows);
                if (batched == _sourceOptions.BatchSize)
                {
                    MoveToMeans();
                    batched = 0;
                }
            }
        }

        if (batched > 0)
        {
            MoveToMeans();
        }

        return new LloydStep((float)tally.Objective, CentroidUpdate.Imbalance(tally.CopySizes()), 0);
    }

    private void Add(SourcePass pass, int start, int rows, Span<int> labels, CentroidBounds? bounds)
    {
        var weights = IsWeighted ? _weights.AsSpan(pass.First + start, rows) : default;
        var points = pass.Points.Slice(start * _dimension, rows * _dimension);
        _assigner.Add(points, pass.Norms.Slice(start, rows), weights, labels, _buffers.Distances.AsSpan(0, rows), bounds, pass.First / SourcePass.GroupRows, _cancellationToken);
    }

    private void MoveToMeans()
    {
        var sizes = _assigner.Sums.Tally.CopySizes();
        for (var cluster = 0; cluster < _clusters; cluster++)
        {
            if (sizes[cluster] > 0)
            {
                CentroidMeans.Divide(_assigner.Sums.DoubleSums, cluster, sizes[cluster], _dimension, _centroids);
            }
        }

        _update.PostProcess(_centroids);
        _assigner.SetCentroids(_centroids);
    }

    private SourcePass NewPass() => new(_source, _buffers, _facts, _mean, _options.Threads, _cancellationToken) { Assigns = true };

    private int BoundedRows()
    {
        var isFixed = _assigner.FixedMethod == SearchMethod.Bounds;
        if (IsMiniBatch || (!isFixed && (_assigner.FixedMethod is not null || !CentroidBounds.AreWorthwhile(_facts.Count, _clusters, _dimension, _assigner.Panels.Width))))
        {
            return 0;
        }

        var rows = SourceMemory.BoundedRows(_facts.Count, _assigner.Panels, _clusters, _buffers.Rows, _sourceOptions.MemoryLimit);
        return isFixed || CentroidBounds.AreWorthwhile(rows, _clusters, _dimension, _assigner.Panels.Width) ? rows : 0;
    }
}
