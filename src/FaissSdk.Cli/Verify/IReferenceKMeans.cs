namespace FaissSdk.Cli;

/// <summary>What the managed k-means is checked against.</summary>
internal interface IReferenceKMeans
{
    string Description { get; }

    IKMeansEngine CreateEngine(int dimension, int clusters, KMeansOptions options);

    /// <summary>The centroids (k × d) that a training on these points starts from.</summary>
    float[] InitialCentroids(ReadOnlySpan<float> points, int dimension, int clusters, KMeansOptions options);
}
