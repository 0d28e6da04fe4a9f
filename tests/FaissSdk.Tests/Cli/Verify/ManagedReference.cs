using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

/// <summary>Replaces the native k-means by the managed one, with planted faults.</summary>
internal sealed class ManagedReference : IReferenceKMeans
{
    public string Description => "a stand-in";

    /// <summary>Gets the change to the options before they are used.</summary>
    public Func<KMeansOptions, KMeansOptions> Options { get; init; } = options => options;

    /// <summary>Gets the change to labels.</summary>
    public Action<long[]> Labels { get; init; } = _ => { };

    /// <summary>Gets the change to the figures and the centroids of a step.</summary>
    public Func<LloydStep, float[], LloydStep> Step { get; init; } = (step, _) => step;

    public IKMeansEngine CreateEngine(int dimension, int clusters, KMeansOptions options) => new Engine(new ManagedKMeansEngine(dimension, clusters, Options(options)), this);

    public float[] InitialCentroids(ReadOnlySpan<float> points, int dimension, int clusters, KMeansOptions options)
    {
        if (points.Length == clusters * dimension)
        {
            return points.ToArray();
        }

        using var engine = CreateEngine(dimension, clusters, options);
        engine.Start(points, [], 0, []);
        return engine.CopyCentroids();
    }

    private sealed class Engine(ManagedKMeansEngine inner, ManagedReference reference) : IKMeansEngine, ICentroidAssigner
    {
        private float[]? _tampered;

        public KMeansBackend Backend => KMeansBackend.Native;

        public ICentroidAssigner Assigner => this;

        public void Start(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int redo, ReadOnlySpan<float> initialCentroids, float[]? pointNorms = null) => inner.Start(points, weights, redo, initialCentroids, pointNorms);

        public LloydStep Step(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, CancellationToken cancellationToken)
        {
            if (_tampered is not null)
            {
                inner.Start(points, weights, 0, _tampered);
            }

            var step = inner.Step(points, weights, cancellationToken);
            _tampered = inner.CopyCentroids();
            return reference.Step(step, _tampered);
        }

        public float[] CopyCentroids() => _tampered ?? inner.CopyCentroids();

        public void Assign(ReadOnlySpan<float> points, ReadOnlySpan<float> centroids, int dimension, bool spherical, Span<long> labels, Span<float> distances)
        {
            ManagedCentroidAssigner.Instance.Assign(points, centroids, dimension, spherical, labels, distances);
            var changed = labels.ToArray();
            reference.Labels(changed);
            changed.CopyTo(labels);
        }

        public void Dispose() => inner.Dispose();
    }
}
