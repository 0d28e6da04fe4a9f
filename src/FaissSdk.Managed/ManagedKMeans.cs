namespace FaissSdk;

/// <summary>Trains FAISS's k-means in C#: the same random choices, updates and splits, without native code.</summary>
/// <remarks>Follows FAISS's <c>Clustering</c>: Lloyd's algorithm from random points, with empty clusters refilled by splitting larger ones: after 10·k draws that find none the largest is split, as in FAISS 1.14.2 and later. Earlier versions draw on.</remarks>
public static class ManagedKMeans
{
    /// <summary>Partitions points into clusters that minimize the squared distances to their centroids: min Σᵢ |xᵢ − c(xᵢ)|².</summary>
    /// <param name="points">The points to partition, row-major (n × d), finite.</param>
    /// <param name="dimension">The number of components of a point, d.</param>
    /// <param name="clusters">The number of clusters, k, at most n.</param>
    /// <param name="options">The options of the training, or <see langword="null"/> for FAISS's defaults. The backend must be <see cref="KMeansBackend.Managed"/> or <see cref="KMeansBackend.Auto"/>.</param>
    /// <param name="progress">Receives a report after each iteration, on the calling thread.</param>
    /// <param name="cancellationToken">The token that is checked before each iteration and during the assignment.</param>
    /// <returns>The centroids and the iterations that led to them.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/>, <paramref name="clusters"/> or an option is out of range.</exception>
    /// <exception cref="ArgumentException">The length of <paramref name="points"/> is not a multiple of <paramref name="dimension"/>, there are fewer points than clusters, a component is NaN or infinite, squared distances would overflow, the initial centroids or the weights do not fit, two options contradict each other, or the backend is <see cref="KMeansBackend.Native"/> or <see cref="KMeansBackend.SuperKMeans"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static KMeansResult Train(
        ReadOnlySpan<float> points,
        int dimension,
        int clusters,
        KMeansOptions? options = null,
        IProgress<KMeansIteration>? progress = null,
        CancellationToken cancellationToken = default) =>
        Train(points, dimension, clusters, options, tuning: null, progress, cancellationToken);

    /// <summary>Partitions vectors that are read from a source, again in each iteration, so that they need not fit in memory.</summary>
    /// <remarks>
    /// The result is that of <see cref="Train(ReadOnlySpan{float}, int, int, KMeansOptions?, IProgress{KMeansIteration}?, CancellationToken)"/> on the same vectors, bit for bit. If there are more than <see cref="KMeansOptions.MaxPointsPerCentroid"/>
    /// vectors for each cluster, a sample of them is read into memory; set it to <see cref="int.MaxValue"/> to train on all. The first pass checks all vectors before anything is trained or written.
    /// </remarks>
    /// <param name="source">The vectors to partition (n × d), finite, at most 2³¹ − 1.</param>
    /// <param name="clusters">The number of clusters, k, at most n.</param>
    /// <param name="options">The options of the training, or <see langword="null"/> for FAISS's defaults. The backend must be <see cref="KMeansBackend.Managed"/> or <see cref="KMeansBackend.Auto"/>.</param>
    /// <param name="sourceOptions">The options of reading: a limit of memory, mini-batches, checkpoints; <see langword="null"/> for none.</param>
    /// <param name="progress">Receives a report after each iteration, on the calling thread.</param>
    /// <param name="cancellationToken">The token that is checked before each block, and ends waiting for the source.</param>
    /// <returns>The centroids and the iterations that led to them.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clusters"/> or an option is out of range.</exception>
    /// <exception cref="ArgumentException">There are fewer vectors than clusters, a component is NaN or infinite, squared distances would overflow, options do not fit the vectors or each other, the limit of memory is too small, the source announces more than 2³¹ − 1 vectors, or the sample, the centroids, blocks of the vectors or the checkpoint would be larger than an array.</exception>
    /// <exception cref="InvalidDataException">The source returns other vectors, or another number of them, than in the first pass or than it announces, or the checkpoint is damaged or that of another training.</exception>
    /// <exception cref="IOException">The checkpoint cannot be written. Exceptions of the source itself are passed on.</exception>
    /// <exception cref="UnauthorizedAccessException">The checkpoint or its folder is write-protected.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static KMeansResult Train(
        VectorSequence source,
        int clusters,
        KMeansOptions? options = null,
        KMeansSourceOptions? sourceOptions = null,
        IProgress<KMeansIteration>? progress = null,
        CancellationToken cancellationToken = default) =>
        Train(source, clusters, options, sourceOptions, default, progress, cancellationToken);

    /// <summary>Partitions points that several processes or machines hold: each assigns its own points, and the sums pass through all of them in the order of the points.</summary>
    /// <remarks>
    /// The result is that of <see cref="Train(ReadOnlySpan{float}, int, int, KMeansOptions?, IProgress{KMeansIteration}?, CancellationToken)"/> on
    /// all points, bit for bit, however they are divided into parts, if the sums are added in the order of the points. If there are more than
    /// <see cref="KMeansOptions.MaxPointsPerCentroid"/> points for each cluster, a sample of them is copied and trained on here; set it to
    /// <see cref="int.MaxValue"/> to train on all.
    /// </remarks>
    /// <param name="parts">The points (n × d).</param>
    /// <param name="clusters">The number of clusters, k, at most n.</param>
    /// <param name="options">The options of the training, or <see langword="null"/> for FAISS's defaults. The backend must be <see cref="KMeansBackend.Managed"/> or <see cref="KMeansBackend.Auto"/>, and <see cref="KMeansOptions.Center"/> not set.</param>
    /// <param name="checkpointPath">The path of a file that is replaced after each iteration, and from which a training of the same points and options continues to the same result, bit for bit, or <see langword="null"/>. It is left in place at the end.</param>
    /// <param name="progress">Receives a report after each iteration.</param>
    /// <param name="cancellationToken">The token that is checked before each iteration, and ends calls of <paramref name="parts"/>.</param>
    /// <returns>The centroids and the iterations that led to them.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clusters"/> or an option is out of range.</exception>
    /// <exception cref="ArgumentException">There are fewer points than clusters, squared distances would overflow, the initial centroids or the weights do not fit, an option is not supported, or the sample, the centroids or the checkpoint would be larger than an array.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged or belongs to another training.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="parts"/> returned sums that are not those of all points and clusters.</exception>
    /// <exception cref="IOException">The checkpoint cannot be written. Exceptions of <paramref name="parts"/> are passed on.</exception>
    /// <exception cref="UnauthorizedAccessException">The checkpoint or its folder is write-protected.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static Task<KMeansResult> TrainAsync(
        KMeansParts parts,
        int clusters,
        KMeansOptions? options = null,
        string? checkpointPath = null,
        IProgress<KMeansIteration>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return PartsTraining.TrainAsync(parts, clusters, options ?? KMeansOptions.Default, checkpointPath, progress, cancellationToken);
    }

    /// <summary>Trains with a search and chunks that tests fix.</summary>
    internal static KMeansResult Train(
        VectorSequence source,
        int clusters,
        KMeansOptions? options,
        KMeansSourceOptions? sourceOptions,
        SourceTuning tuning,
        IProgress<KMeansIteration>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= KMeansOptions.Default;
        return options.Backend is KMeansBackend.Auto or KMeansBackend.Managed
            ? SourceTraining.Train(source, clusters, options, sourceOptions ?? KMeansSourceOptions.Default, (d, k, o) => new ManagedKMeansEngine(d, k, o, tuning.Search), tuning, progress, cancellationToken)
            : throw NoNativeBackend(options.Backend, nameof(options));
    }

    /// <summary>Trains with a search that tests and benchmarks fix or observe.</summary>
    internal static KMeansResult Train(
        ReadOnlySpan<float> points,
        int dimension,
        int clusters,
        KMeansOptions? options,
        SearchTuning? tuning,
        IProgress<KMeansIteration>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= KMeansOptions.Default;
        return options.Backend is KMeansBackend.Auto or KMeansBackend.Managed
            ? KMeansDriver.Train(points, dimension, clusters, options, (d, k, o) => new ManagedKMeansEngine(d, k, o, tuning), progress, cancellationToken)
            : throw NoNativeBackend(options.Backend, nameof(options));
    }

    private static ArgumentException NoNativeBackend(KMeansBackend backend, string parameter) => new(
        $"{nameof(KMeansOptions.Backend)} is {backend}, but {nameof(ManagedKMeans)} has no native backend; use KMeans.Train, or set it to {nameof(KMeansBackend.Managed)} or {nameof(KMeansBackend.Auto)}.", parameter);
}
