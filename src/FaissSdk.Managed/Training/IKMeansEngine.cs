namespace FaissSdk;

/// <summary>One backend's part of a k-means: a start and single Lloyd iterations; <see cref="KMeansDriver"/> does the rest for both.</summary>
internal interface IKMeansEngine : IDisposable
{
    KMeansBackend Backend { get; }

    ICentroidAssigner Assigner { get; }

    /// <summary>Tells |x|² (n), known already, of the points of every start to come.</summary>
    void Tell(float[] pointNorms)
    {
    }

    /// <summary>Starts a redo from the given centroids (k × d), or from random points when there are none.</summary>
    void Start(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int redo, ReadOnlySpan<float> initialCentroids);

    /// <summary>Assigns the points (n × d), moves the centroids and refills empty clusters.</summary>
    KMeansStep Step(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, CancellationToken cancellationToken);

    /// <summary>The centroids (k × d) as they are now.</summary>
    float[] CopyCentroids();
}
