using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>The managed backend's start and Lloyd iteration.</summary>
internal sealed class ManagedKMeansEngine(int dimension, int clusters, KMeansOptions options) : IKMeansEngine
{
    // To add a point up takes about as long as to compare it with 8 centroids; the rest is for bounds, which leave most of them out.
    private const int ClustersOfThread = 32;

    // Points are added up by one thread at a time, in their order: more threads than this would wait for it.
    private readonly ClusterSums? _sums = options.Threads <= Math.Max(1, clusters / ClustersOfThread) ? new ClusterSums(clusters, dimension) : null;
    private CentroidPanels? _panels;
    private CentroidBounds? _bounds;
    private int _iteration;
    private float[] _centroids = [];
    private float[]? _toldNorms;
    private float[] _pointNorms = [];
    private int[] _labels = [];
    private float[] _distances = [];

    private SearchWay? Fixed => options.Pruning ? options.Search?.Fixed : SearchWay.Single;

    public KMeansBackend Backend => KMeansBackend.Managed;

    public ICentroidAssigner Assigner => ManagedCentroidAssigner.Instance;

    public void Tell(float[] pointNorms) => _toldNorms = pointNorms;

    public void Start(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int redo, ReadOnlySpan<float> initialCentroids)
    {
        var count = points.Length / dimension;
        _pointNorms = _toldNorms ?? VectorNorms.Squared(points, dimension, options.Threads);
        if (_labels.Length != count)
        {
            _labels = new int[count];
            _distances = new float[count];
            _panels = new CentroidPanels(
                clusters,
                dimension,
                NearestCentroid.Fastest.PanelWidth,
                Fixed == SearchWay.Bounds ? CentroidBounds.GroupsAtOnce : 1,
                Fixed is not SearchWay.Single ? QuantizedCentroids.IfConceivable(count, clusters, dimension, Fixed is not null) : null,
                Fixed is null or SearchWay.Projected ? ProjectedCentroids.IfConceivable(points, _pointNorms, clusters, Fixed is not null) : null);
        }

        _bounds = null;
        _iteration = 0;
        _centroids = initialCentroids.IsEmpty
            ? RandomSample.InitialCentroids(points, dimension, clusters, options.Seed, redo)
            : initialCentroids.ToArray();
        PostProcess();
    }

    public KMeansStep Step(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, CancellationToken cancellationToken)
    {
        var panels = _panels ?? throw new InvalidOperationException("There is no step before a start.");
        panels.Pack(_centroids, options.Spherical, options.Threads);
        // The first search has no labels to begin with.
        _iteration++;
        var prune = Fixed == SearchWay.Bounds || (Fixed is null && CentroidBounds.AreConceivable(_labels.Length, clusters, dimension, panels.Width));
        if (_iteration == 1 || !prune)
        {
            NearestCentroid.Fastest.Find(points, _pointNorms, _centroids, panels, options.Spherical, _labels, _distances, options.Threads, cancellationToken, _sums, weights, options.Search, labelsKnown: _iteration > 1);
        }
        else
        {
            _bounds ??= new CentroidBounds(_labels.Length, _centroids, panels, options.Spherical, Fixed is not null);
            _bounds.Begin(_centroids);
            NearestCentroid.Fastest.Find(points, _pointNorms, _centroids, _bounds, options.Spherical, _labels, _distances, options.Threads, cancellationToken, _sums, weights, options.Search);
            _bounds.End(options.Iterations - _iteration);
        }

        var objective = _sums?.Objective ?? CentroidUpdate.Sum(_distances);
        var sizes = _sums?.Means(_centroids)
            ?? CentroidUpdate.Means(points, weights, _labels, dimension, _centroids, options.Threads, cancellationToken);
        var imbalance = CentroidUpdate.Imbalance(sizes);
        var splits = CentroidUpdate.SplitIntoEmpty(sizes, _labels.Length, dimension, _centroids);
        PostProcess();
        return new KMeansStep(objective, imbalance, splits);
    }

    public float[] CopyCentroids() => (float[])_centroids.Clone();

    public void Dispose()
    {
    }

    private void PostProcess()
    {
        if (options.Spherical)
        {
            for (var c = 0; c < clusters; c++)
            {
                var centroid = _centroids.AsSpan(c * dimension, dimension);
                var squaredNorm = (float)VectorNorms.Precise(centroid);
                if (squaredNorm > 0)
                {
                    TensorPrimitives.Multiply(centroid, 1 / MathF.Sqrt(squaredNorm), centroid);
                }
            }
        }

        if (options.IntegerCentroids)
        {
            TensorPrimitives.Round(_centroids, MidpointRounding.AwayFromZero, _centroids);
        }
    }
}
