namespace FaissSdk;

/// <summary>Provides the managed backend's start and Lloyd iteration.</summary>
/// <param name="dimension">The number of components, d.</param>
/// <param name="clusters">The number of clusters, k.</param>
/// <param name="options">The options of the training.</param>
/// <param name="tuning">The search method that tests and benchmarks fix or observe, or null.</param>
internal sealed class ManagedKMeansEngine(int dimension, int clusters, KMeansOptions options, SearchTuning? tuning = null) : IKMeansEngine
{
    private readonly CentroidAccumulator _sums = new(clusters, dimension);
    private readonly LloydUpdate _update = new(dimension, clusters, options);
    private CentroidPanels? _panels;
    private CentroidBounds? _bounds;
    private int _iteration;
    private float[] _centroids = [];
    private float[] _pointNorms = [];
    private int[] _labels = [];
    private float[] _distances = [];

    public KMeansBackend Backend => KMeansBackend.Managed;

    public ICentroidAssigner Assigner => ManagedCentroidAssigner.Instance;

    private SearchMethod? FixedMethod => SearchTuning.MethodFor(options, tuning);

    public void Start(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int redo, ReadOnlySpan<float> initialCentroids, float[]? pointNorms = null)
    {
        var count = points.Length / dimension;
        _pointNorms = pointNorms ?? VectorNorms.Squared(points, dimension, options.Threads);
        if (_labels.Length != count)
        {
            _labels = new int[count];
            _distances = new float[count];
            _panels = CreatePanels(points);
        }

        _bounds = null;
        _iteration = 0;
        _centroids = initialCentroids.IsEmpty
            ? RandomSample.InitialCentroids(points, weights, dimension, clusters, options.Seed, redo)
            : initialCentroids.ToArray();
        _update.PostProcess(_centroids);
    }

    public LloydStep Step(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, CancellationToken cancellationToken)
    {
        var panels = _panels ?? throw new InvalidOperationException("Start must be called before Step.");
        panels.Pack(_centroids, options.Spherical, options.Threads);
        _iteration++;

        // The first search has no labels that bounds could refer to.
        var hasLabels = _iteration > 1;
        var useBounds = hasLabels && (FixedMethod == SearchMethod.Bounds || (FixedMethod is null && CentroidBounds.AreWorthwhile(_labels.Length, clusters, dimension, panels.Width)));
        if (useBounds)
        {
            _bounds ??= new CentroidBounds(_labels.Length, _centroids, panels, options.Spherical, FixedMethod is not null);
            _bounds.Begin(_centroids);
        }

        _sums.Clear(_update.IsDouble(weights), !weights.IsEmpty);
        var training = new TrainingSearch { Bounds = useBounds ? _bounds : null, HasLabels = hasLabels, Accumulator = _sums, Weights = weights, Tuning = tuning };
        NearestCentroid.Fastest.Find(points, _pointNorms, _centroids, panels, options.Spherical, _labels, _distances, options.Threads, cancellationToken, training);
        if (useBounds)
        {
            _bounds!.End(options.MaxIterations - _iteration);
        }

        return _update.Apply(_sums, points, weights, _labels, _centroids, cancellationToken);
    }

    public float[] CopyCentroids() => (float[])_centroids.Clone();

    public void Dispose()
    {
    }

    private CentroidPanels CreatePanels(ReadOnlySpan<float> points)
    {
        var projected = FixedMethod is null or SearchMethod.Projected ? ProjectedCentroids.CreateIfWorthwhile(points, _pointNorms, clusters, FixedMethod is not null) : null;
        return CentroidPanels.ForTraining(points.Length / dimension, clusters, dimension, FixedMethod, projected);
    }
}
