namespace FaissSdk;

/// <summary>Provides one backend's part of a k-means, a start and single Lloyd iterations; <see cref="KMeansDriver"/> does the rest for both backends.</summary>
internal interface IKMeansEngine : IDisposable
{
    KMeansBackend Backend { get; }

    ICentroidAssigner Assigner { get; }

    /// <summary>Starts a redo.</summary>
    /// <param name="points">The points to train on (n × d).</param>
    /// <param name="weights">The weights of the points (n), or empty.</param>
    /// <param name="redo">The number of the redo, which the random start depends on.</param>
    /// <param name="initialCentroids">The centroids to start from (k × d), or empty to draw them as FAISS does.</param>
    /// <param name="pointNorms">The |x|² of the points (n) if the caller has them already, or null.</param>
    void Start(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int redo, ReadOnlySpan<float> initialCentroids, float[]? pointNorms = null);

    /// <summary>Assigns the points (n × d), moves the centroids and refills empty clusters.</summary>
    KMeansStep Step(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, CancellationToken cancellationToken);

    /// <summary>Returns a copy of the current centroids (k × d).</summary>
    float[] CopyCentroids();
}
