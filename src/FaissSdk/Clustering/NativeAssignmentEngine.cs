namespace FaissSdk;

/// <summary>Implements the native backend with accurate sums: FAISS assigns the points, and <see cref="LloydUpdate"/> moves the centroids. Where it adds up in single precision, the centroids equal those of <see cref="NativeKMeansEngine"/>.</summary>
internal sealed class NativeAssignmentEngine(int dimension, int clusters, KMeansOptions options) : IKMeansEngine
{
    private readonly FaissIndex _index = NativeCentroidAssigner.NewIndex(dimension, options.Spherical);
    private readonly CentroidAccumulator _sums = new(clusters, dimension);
    private readonly LloydUpdate _update = new(dimension, clusters, options);
    private float[] _centroids = [];
    private float[] _pointNorms = [];
    private float[] _distances = [];
    private long[] _ids = [];
    private int[] _labels = [];

    public KMeansBackend Backend => KMeansBackend.Native;

    public ICentroidAssigner Assigner => NativeCentroidAssigner.Instance;

    public void Start(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int redo, ReadOnlySpan<float> initialCentroids, float[]? pointNorms = null)
    {
        var count = points.Length / dimension;
        if (_labels.Length != count)
        {
            (_distances, _ids, _labels) = (new float[count], new long[count], new int[count]);
        }

        _pointNorms = pointNorms ?? (options.Spherical ? VectorNorms.Squared(points, dimension, options.Threads) : []);
        _centroids = initialCentroids.IsEmpty
            ? RandomSample.InitialCentroids(points, weights, dimension, clusters, options.Seed, redo)
            : initialCentroids.ToArray();
        _update.PostProcess(_centroids);
    }

    public LloydStep Step(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, CancellationToken cancellationToken)
    {
        _index.Reset();
        _index.Add(_centroids);
        _index.Search(points, 1, _distances, _ids, CancellationToken.None);
        for (var i = 0; i < _ids.Length; i++)
        {
            // The update writes to the cluster without another check.
            var id = _ids[i];
            _labels[i] = id >= 0 && id < clusters
                ? (int)id
                : throw new InvalidOperationException($"FAISS assigned point {i} to {id}, which is not one of {clusters} clusters.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        _sums.Clear(_update.IsDouble(weights), !weights.IsEmpty);
        _sums.AddInParallel(points, weights, _pointNorms, _labels, _distances, options.Spherical, options.Threads);
        return _update.Apply(_sums, points, weights, _labels, _centroids, cancellationToken);
    }

    public float[] CopyCentroids() => (float[])_centroids.Clone();

    public void Dispose() => _index.Dispose();
}
