namespace FaissSdk;

/// <summary>Trains k-means by native FAISS or by the managed implementation. Both behave the same.</summary>
public static class KMeans
{
    /// <summary>Partitions points into clusters of least squared distance to their centroid: min Σᵢ |xᵢ − c(xᵢ)|².</summary>
    /// <param name="points">The points, row-major (n × d), finite.</param>
    /// <param name="dimension">The number of components of a point, d.</param>
    /// <param name="clusters">The number of clusters, k, at most n.</param>
    /// <param name="options">The options of the training; <see langword="null"/> for FAISS's defaults, by the native library if it can be loaded.</param>
    /// <param name="progress">Receives a report after each iteration, on the calling thread.</param>
    /// <param name="cancellationToken">The token checked before each iteration.</param>
    /// <returns>The centroids and the course of the training.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/>, <paramref name="clusters"/> or an option is out of range.</exception>
    /// <exception cref="ArgumentException">The length of <paramref name="points"/> is not a multiple of <paramref name="dimension"/>, there are fewer points than clusters, a component is NaN or infinite, squared distances would overflow, or the initial centroids, the weights or two options do not fit.</exception>
    /// <exception cref="FaissLibraryException"><see cref="KMeansOptions.Backend"/> is <see cref="KMeansBackend.Native"/> or <see cref="KMeansBackend.SuperKMeans"/>, and the native library cannot be loaded.</exception>
    /// <exception cref="NotSupportedException"><see cref="KMeansOptions.MaxDegreeOfParallelism"/> is set for the native backend, whose OpenMP does not support a limit, or the backend is <see cref="KMeansBackend.SuperKMeans"/>, and the loaded FAISS older than 1.15.0.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static KMeansResult Train(
        ReadOnlySpan<float> points,
        int dimension,
        int clusters,
        KMeansOptions? options = null,
        IProgress<KMeansIteration>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= KMeansOptions.Default;
        if (options.Backend == KMeansBackend.Native && !options.Weights.IsEmpty)
        {
            throw new ArgumentException($"{nameof(options.Weights)} are not supported with {nameof(options.Backend)} = {nameof(KMeansBackend.Native)}: FAISS's C API takes no weights. Set {nameof(options.Backend)} to {nameof(KMeansBackend.Managed)} or {nameof(KMeansBackend.Auto)}.", nameof(options));
        }

        if (options.Backend == KMeansBackend.SuperKMeans)
        {
            SuperKMeansEngine.Check(dimension, options);
        }

        var native = options.Backend is KMeansBackend.Native or KMeansBackend.SuperKMeans || (options.Backend == KMeansBackend.Auto && options.Weights.IsEmpty && FaissLibrary.IsAvailable);
        using var limit = native && options.MaxDegreeOfParallelism > 0 ? FaissThreads.Limit(options.MaxDegreeOfParallelism) : default;
        Func<int, int, KMeansOptions, IKMeansEngine> createEngine = native ? CreateEngine : static (d, k, o) => new ManagedKMeansEngine(d, k, o);
        return KMeansDriver.Train(points, dimension, clusters, options, createEngine, progress, cancellationToken);
    }

    /// <summary>Creates the native engine for a precision of the sums; FAISS's own training has single precision only.</summary>
    internal static IKMeansEngine CreateEngine(int dimension, int clusters, KMeansOptions options) =>
        options.Backend == KMeansBackend.SuperKMeans ? new SuperKMeansEngine(dimension, clusters, options)
        : options.Summation == KMeansSummation.SinglePrecision ? new NativeKMeansEngine(dimension, clusters, options)
        : new NativeAssignmentEngine(dimension, clusters, options);
}
