namespace FaissSdk;

/// <summary>K-means clustering, by native FAISS or by the managed implementation; both behave alike.</summary>
public static class KMeans
{
    /// <summary>Partitions points into clusters of least squared distance to their centroid: min Σᵢ |xᵢ − c(xᵢ)|².</summary>
    /// <param name="points">The points, row-major (n × d), finite.</param>
    /// <param name="dimension">The number of components of a point, d.</param>
    /// <param name="clusters">The number of clusters, k, at most n.</param>
    /// <param name="options">How to train and with which backend; <see langword="null"/> for FAISS's defaults on the native library where there is one.</param>
    /// <param name="progress">Told of every iteration, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <returns>The centroids and how they were found.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/>, <paramref name="clusters"/> or an option is out of range.</exception>
    /// <exception cref="ArgumentException">The length of <paramref name="points"/> is not a multiple of <paramref name="dimension"/>, there are fewer points than clusters, a component is NaN or infinite, squared distances would overflow, or the initial centroids, the weights or two options do not fit.</exception>
    /// <exception cref="FaissLibraryException">The native backend was asked for and there is no native library.</exception>
    /// <exception cref="NotSupportedException">The native backend is to keep to <see cref="KMeansOptions.MaxDegreeOfParallelism"/>, and the library's OpenMP cannot be told.</exception>
    /// <exception cref="FaissException">FAISS refused.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
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
            throw new ArgumentException($"{nameof(options.Weights)}: FAISS's C API takes none; {nameof(options.Backend)} must be {nameof(KMeansBackend.Managed)} or {nameof(KMeansBackend.Auto)}.", nameof(options));
        }

        var native = options.Backend == KMeansBackend.Native || (options.Backend == KMeansBackend.Auto && options.Weights.IsEmpty && FaissLibrary.IsAvailable);
        using var limit = native && options.MaxDegreeOfParallelism > 0 ? FaissThreads.Limit(options.MaxDegreeOfParallelism) : default;
        return native
            ? KMeansDriver.Train(points, dimension, clusters, options, static (d, k, o) => new NativeKMeansEngine(d, k, o), progress, cancellationToken)
            : ManagedKMeans.Train(points, dimension, clusters, options, progress, cancellationToken);
    }
}
