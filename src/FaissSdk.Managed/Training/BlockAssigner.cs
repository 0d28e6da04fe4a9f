namespace FaissSdk;

/// <summary>Assigns blocks of points to the same centroids, and adds them to the sums of their clusters, so that any cut of the points into blocks gives the same bits.</summary>
internal sealed class BlockAssigner
{
    private readonly int _threads;
    private readonly bool _spherical;
    private readonly SearchTuning? _tuning;
    private float[] _centroids = [];

    /// <param name="dimension">The number of components, d.</param>
    /// <param name="clusters">The number of clusters, k.</param>
    /// <param name="count">The approximate number of points that are assigned to the same centroids.</param>
    /// <param name="options">The options of the training.</param>
    /// <param name="tuning">The search method that tests fix or observe, or null.</param>
    public BlockAssigner(int dimension, int clusters, int count, KMeansOptions options, SearchTuning? tuning = null)
    {
        (_threads, _spherical, _tuning) = (options.Threads, options.Spherical, tuning);
        FixedMethod = SearchTuning.MethodFor(options, tuning);
        Sums = new CentroidAccumulator(clusters, dimension);
        Panels = CentroidPanels.ForTraining(count, clusters, dimension, FixedMethod);
    }

    /// <summary>Gets the method of all searches that support it, or null.</summary>
    public SearchMethod? FixedMethod { get; }

    public CentroidAccumulator Sums { get; }

    public CentroidPanels Panels { get; }

    /// <summary>Sets the centroids (k × d) that the next blocks are assigned to.</summary>
    public void SetCentroids(float[] centroids)
    {
        _centroids = centroids;
        Panels.Pack(centroids, _spherical, _threads);
    }

    /// <summary>Assigns a block and adds it to the sums.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="norms">The |x|² of the points (n).</param>
    /// <param name="weights">The weights of the points (n), or empty.</param>
    /// <param name="labels">The numbers of clusters (n), replaced by the nearest.</param>
    /// <param name="distances">Receives the squared distances or inner products (n).</param>
    /// <param name="bounds">The bounds, begun with the same centroids, or null.</param>
    /// <param name="firstBlock">The block of the bounds that the first point belongs to.</param>
    /// <param name="cancellationToken">The token that is checked before each part; after a cancellation the sums are incomplete.</param>
    public void Add(
        ReadOnlySpan<float> points, ReadOnlySpan<float> norms, ReadOnlySpan<float> weights, Span<int> labels, Span<float> distances, CentroidBounds? bounds, int firstBlock, CancellationToken cancellationToken)
    {
        var training = new TrainingSearch { Bounds = bounds, FirstBlock = firstBlock, HasLabels = bounds is not null, Accumulator = Sums, Weights = weights, Tuning = _tuning };
        NearestCentroid.Fastest.Find(points, norms, _centroids, Panels, _spherical, labels, distances, _threads, cancellationToken, training);
    }
}
