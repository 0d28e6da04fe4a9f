namespace FaissSdk;

/// <summary>Implements the native backend with sums in single precision: a <see cref="Clustering"/> trained one iteration at a time, which keeps its centroids in between.</summary>
internal sealed class NativeKMeansEngine : IKMeansEngine
{
    private readonly int _dimension;
    private readonly int _clusters;
    private readonly KMeansOptions _options;
    private readonly FaissIndex _assigner;
    private Clustering? _clustering;

    public NativeKMeansEngine(int dimension, int clusters, KMeansOptions options)
    {
        _dimension = dimension;
        _clusters = clusters;
        _options = options;
        _assigner = NativeCentroidAssigner.NewIndex(dimension, options.Spherical);
    }

    public KMeansBackend Backend => KMeansBackend.Native;

    public ICentroidAssigner Assigner => NativeCentroidAssigner.Instance;

    public void Start(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int redo, ReadOnlySpan<float> initialCentroids, float[]? pointNorms = null)
    {
        _clustering?.Dispose();
        _clustering = new Clustering(_dimension, _clusters, new ClusteringParameters
        {
            Iterations = 1,
            Spherical = _options.Spherical,
            IntegerCentroids = _options.IntegerCentroids,
            MinPointsPerCentroid = 1,
            MaxPointsPerCentroid = _options.MaxPointsPerCentroid,
            Seed = _options.Seed,
        });

        if (!initialCentroids.IsEmpty)
        {
            _clustering.SetCentroids(initialCentroids);
        }
        else if (redo > 0)
        {
            // The seed of a redo exceeds the C API's int.
            _clustering.SetCentroids(RandomSample.InitialCentroids(points, _dimension, _clusters, _options.Seed, redo));
        }
    }

    public LloydStep Step(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, CancellationToken cancellationToken)
    {
        _clustering!.TrainChecked(points, _assigner);
        var stats = _clustering.LastIterationStats();
        return new LloydStep(stats.Objective, stats.Imbalance, stats.Splits);
    }

    public float[] CopyCentroids() => _clustering!.CopyCentroids();

    public void Dispose()
    {
        _clustering?.Dispose();
        _assigner.Dispose();
    }
}
