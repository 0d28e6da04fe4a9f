namespace FaissSdk;

/// <summary>FAISS's k-means in C#: the same random choices, updates and splits, without native code.</summary>
/// <remarks>Follows FAISS's <c>Clustering</c>: Lloyd's algorithm from random points, with empty clusters refilled by splitting larger ones.</remarks>
public static class ManagedKMeans
{
    /// <summary>Partitions points into clusters of least squared distance to their centroid: min Σᵢ |xᵢ − c(xᵢ)|².</summary>
    /// <param name="points">The points, row-major (n × d), finite.</param>
    /// <param name="dimension">The number of components of a point, d.</param>
    /// <param name="clusters">The number of clusters, k, at most n.</param>
    /// <param name="options">How to train; <see langword="null"/> for FAISS's defaults. The backend is not looked at.</param>
    /// <param name="progress">Told of every iteration, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every iteration and during the assignment.</param>
    /// <returns>The centroids and how they were found.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/>, <paramref name="clusters"/> or an option is out of range.</exception>
    /// <exception cref="ArgumentException">The length of <paramref name="points"/> is not a multiple of <paramref name="dimension"/>, there are fewer points than clusters, a component is NaN or infinite, squared distances would overflow, or the initial centroids, the weights or two options do not fit.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static KMeansResult Train(
        ReadOnlySpan<float> points,
        int dimension,
        int clusters,
        KMeansOptions? options = null,
        IProgress<KMeansIteration>? progress = null,
        CancellationToken cancellationToken = default) =>
        KMeansDriver.Train(points, dimension, clusters, options ?? KMeansOptions.Default, static (d, k, o) => new ManagedKMeansEngine(d, k, o), progress, cancellationToken);
}
