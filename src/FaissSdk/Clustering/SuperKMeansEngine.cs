using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Implements the backend of FAISS's SuperKMeans. FAISS trains all iterations of a redo in one call, so the first step takes the time of all.</summary>
internal sealed unsafe class SuperKMeansEngine(int dimension, int clusters, KMeansOptions options) : IKMeansEngine
{
    /// <summary>The least number of components: pruning looks at 16 of them first, and at no more than half.</summary>
    public const int MinDimension = 32;

    private static readonly OptionalFunction TrainFunction = new(nameof(FaissNative.faiss_sdk_super_kmeans), $"{nameof(KMeansBackend)}.{nameof(KMeansBackend.SuperKMeans)}") { NeedsNewerFaiss = true };

    private float[] _centroids = [];
    private LloydStep[] _steps = [];
    private int _taken;
    private int _redo;

    public KMeansBackend Backend => KMeansBackend.SuperKMeans;

    public ICentroidAssigner Assigner => NativeCentroidAssigner.Instance;

    /// <summary>Gets a value indicating whether the library trains by SuperKMeans.</summary>
    public static bool IsAvailable => TrainFunction.IsPresent;

    /// <summary>Throws if the library does not train by SuperKMeans.</summary>
    /// <exception cref="FaissLibraryException">The library cannot be loaded.</exception>
    /// <exception cref="NotSupportedException">The library has no SuperKMeans.</exception>
    public static void RequireFunction() => TrainFunction.Require();

    /// <summary>Throws if SuperKMeans does not serve the options or the dimension.</summary>
    /// <exception cref="ArgumentException">SuperKMeans lacks an option.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The points have fewer than 32 components.</exception>
    /// <exception cref="NotSupportedException">The library has no SuperKMeans.</exception>
    public static void Check(int dimension, KMeansOptions options)
    {
        if (Missing(options) is { } missing)
        {
            throw new ArgumentException($"{missing} is not supported by {nameof(options.Backend)} = {nameof(KMeansBackend.SuperKMeans)}; set {nameof(options.Backend)} to {nameof(KMeansBackend.Managed)} or {nameof(KMeansBackend.Auto)}.", nameof(options));
        }

        if (dimension is > 0 and < MinDimension)
        {
            throw new ArgumentOutOfRangeException(nameof(dimension), dimension, $"dimension is {dimension}; {nameof(KMeansBackend.SuperKMeans)} needs at least {MinDimension} components. Set {nameof(options.Backend)} to {nameof(KMeansBackend.Managed)} or {nameof(KMeansBackend.Auto)}.");
        }

        TrainFunction.Require();
    }

    public void Start(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int redo, ReadOnlySpan<float> initialCentroids, float[]? pointNorms = null)
    {
        (_steps, _taken, _redo) = ([], 0, redo);
    }

    public LloydStep Step(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, CancellationToken cancellationToken)
    {
        if (_steps.Length == 0)
        {
            Train(points);
        }

        return _steps[_taken++];
    }

    public float[] CopyCentroids() => (float[])_centroids.Clone();

    public void Dispose()
    {
    }

    private void Train(ReadOnlySpan<float> points)
    {
        var count = points.Length / dimension;
        var (objectives, seconds, splits) = (new float[options.MaxIterations], new double[options.MaxIterations], new int[options.MaxIterations]);
        _centroids = new float[clusters * dimension];

        // FAISS adds 1 to the seed for the initial points, as it does in its other training.
        var seed = (int)RandomSample.SeedOfRedo(options.Seed, _redo) - 1;
        fixed (float* x = points, centroid = _centroids, objective = objectives)
        fixed (double* second = seconds)
        fixed (int* split = splits)
        {
            Status.ThrowIfFailed(FaissNative.faiss_sdk_super_kmeans(dimension, clusters, options.MaxIterations, seed, count, x, centroid, objective, second, split));
        }

        var imbalance = Imbalance(points, count);
        _steps = new LloydStep[options.MaxIterations];
        for (var i = 0; i < _steps.Length; i++)
        {
            // FAISS does not report the sizes of clusters; those of the last centroids are counted here.
            _steps[i] = new LloydStep(objectives[i], objectives[i] == objectives[^1] ? imbalance : double.NaN, splits[i]);
        }
    }

    private double Imbalance(ReadOnlySpan<float> points, int count)
    {
        var labels = new long[count];
        Assigner.Assign(points, _centroids, dimension, spherical: false, labels, []);
        var sizes = new double[clusters];
        foreach (var label in labels)
        {
            sizes[label]++;
        }

        return CentroidUpdate.Imbalance(sizes);
    }

    /// <summary>Returns the first option that SuperKMeans lacks.</summary>
    public static string? Missing(KMeansOptions options) =>
        !options.Weights.IsEmpty ? nameof(options.Weights)
        : !options.InitialCentroids.IsEmpty ? nameof(options.InitialCentroids)
        : options.Spherical ? nameof(options.Spherical)
        : options.IntegerCentroids ? nameof(options.IntegerCentroids)
        : options.Initialization != KMeansInitialization.RandomPoints ? $"{nameof(options.Initialization)} = {options.Initialization}"
        : options.Summation == KMeansSummation.DoublePrecision ? $"{nameof(options.Summation)} = {options.Summation}"
        : options.RelativeTolerance > 0 ? nameof(options.RelativeTolerance)
        : null;
}
