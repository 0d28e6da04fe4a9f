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
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/>, <paramref name="clusters"/> or an option is out of range, or the backend is <see cref="KMeansBackend.SuperKMeans"/>, and <paramref name="dimension"/> is less than 32.</exception>
    /// <exception cref="ArgumentException">The length of <paramref name="points"/> is not a multiple of <paramref name="dimension"/>, there are fewer points than clusters, a component is NaN or infinite, squared distances would overflow, or the initial centroids, the weights or two options do not fit.</exception>
    /// <exception cref="FaissLibraryException"><see cref="KMeansOptions.Backend"/> is <see cref="KMeansBackend.Native"/> or <see cref="KMeansBackend.SuperKMeans"/>, and the native library cannot be loaded.</exception>
    /// <exception cref="NotSupportedException"><see cref="KMeansOptions.MaxDegreeOfParallelism"/> is set for the native backend, whose OpenMP does not support a limit, or the backend is <see cref="KMeansBackend.SuperKMeans"/>, and the loaded FAISS is older than 1.15.0.</exception>
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
        var native = IsNative(dimension, options);
        using var limit = native && options.MaxDegreeOfParallelism > 0 ? FaissThreads.Limit(options.MaxDegreeOfParallelism) : default;
        return KMeansDriver.Train(points, dimension, clusters, options, EngineFactory(native), progress, cancellationToken);
    }

    /// <summary>Partitions vectors that are read from a source, again in each iteration, so that they need not fit in memory.</summary>
    /// <remarks>
    /// If there are more than <see cref="KMeansOptions.MaxPointsPerCentroid"/> vectors for each cluster, a sample of them is read into memory, with the result of
    /// <see cref="Train(ReadOnlySpan{float}, int, int, KMeansOptions?, IProgress{KMeansIteration}?, CancellationToken)"/>; set it to <see cref="int.MaxValue"/> to train on all, by the managed implementation.
    /// The first pass checks all vectors before anything is trained or written.
    /// </remarks>
    /// <param name="source">The vectors to partition (n × d), finite, at most 2³¹ − 1.</param>
    /// <param name="clusters">The number of clusters, k, at most n.</param>
    /// <param name="options">The options of the training; <see langword="null"/> for FAISS's defaults.</param>
    /// <param name="sourceOptions">The options of reading: a limit of memory, mini-batches, checkpoints; <see langword="null"/> for none.</param>
    /// <param name="progress">Receives a report after each iteration, on the calling thread.</param>
    /// <param name="cancellationToken">The token that is checked before each block, and ends waiting for the source.</param>
    /// <returns>The centroids and the course of the training.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clusters"/> or an option is out of range, or the backend is <see cref="KMeansBackend.SuperKMeans"/>, and the vectors have fewer than 32 components.</exception>
    /// <exception cref="ArgumentException">There are fewer vectors than clusters, a component is NaN or infinite, squared distances would overflow, options do not fit the vectors or each other, or the limit of memory is too small.</exception>
    /// <exception cref="InvalidDataException">The source returns other vectors, or another number of them, than in the first pass or than it announces, or the checkpoint is damaged or belongs to another training.</exception>
    /// <exception cref="IOException">The checkpoint cannot be written. Exceptions of the source itself are passed on.</exception>
    /// <exception cref="UnauthorizedAccessException">The checkpoint or its folder is write-protected.</exception>
    /// <exception cref="FaissLibraryException"><see cref="KMeansOptions.Backend"/> is <see cref="KMeansBackend.Native"/> or <see cref="KMeansBackend.SuperKMeans"/>, and the native library cannot be loaded.</exception>
    /// <exception cref="NotSupportedException"><see cref="KMeansOptions.MaxDegreeOfParallelism"/> is set for the native backend, whose OpenMP does not support a limit, or the backend is <see cref="KMeansBackend.SuperKMeans"/>, and the loaded FAISS is older than 1.15.0.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static KMeansResult Train(
        VectorSequence source,
        int clusters,
        KMeansOptions? options = null,
        KMeansSourceOptions? sourceOptions = null,
        IProgress<KMeansIteration>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= KMeansOptions.Default;
        var native = IsNative(source.Dimension, options);
        using var limit = native && options.MaxDegreeOfParallelism > 0 ? FaissThreads.Limit(options.MaxDegreeOfParallelism) : default;
        return SourceTraining.Train(source, clusters, options, sourceOptions ?? KMeansSourceOptions.Default, EngineFactory(native), default, progress, cancellationToken);
    }

    private static bool IsNative(int dimension, KMeansOptions options)
    {
        if (options.Backend == KMeansBackend.Native && !options.Weights.IsEmpty)
        {
            throw new ArgumentException($"{nameof(options.Weights)} are not supported with {nameof(options.Backend)} = {nameof(KMeansBackend.Native)}: FAISS's C API takes no weights. Set {nameof(options.Backend)} to {nameof(KMeansBackend.Managed)} or {nameof(KMeansBackend.Auto)}.", nameof(options));
        }

        if (options.Backend == KMeansBackend.SuperKMeans)
        {
            SuperKMeansEngine.Check(dimension, options);
        }

        return options.Backend is KMeansBackend.Native or KMeansBackend.SuperKMeans || (options.Backend == KMeansBackend.Auto && options.Weights.IsEmpty && FaissLibrary.IsAvailable);
    }

    private static Func<int, int, KMeansOptions, IKMeansEngine> EngineFactory(bool native) =>
        native ? CreateEngine : static (dimension, clusters, options) => new ManagedKMeansEngine(dimension, clusters, options);

    /// <summary>Creates the native engine for a precision of the sums; FAISS's own training has single precision only.</summary>
    internal static IKMeansEngine CreateEngine(int dimension, int clusters, KMeansOptions options) =>
        options.Backend == KMeansBackend.SuperKMeans ? new SuperKMeansEngine(dimension, clusters, options)
        : options.Summation == KMeansSummation.SinglePrecision ? new NativeKMeansEngine(dimension, clusters, options)
        : new NativeAssignmentEngine(dimension, clusters, options);
}
