namespace FaissSdk.Cli;

/// <summary>Represents the k-means that the managed one is checked against.</summary>
internal interface IReferenceKMeans
{
    string Description { get; }

    IKMeansEngine CreateEngine(int dimension, int clusters, KMeansOptions options);

    /// <summary>Computes the initial centroids (k × d) of a training on these points.</summary>
    float[] InitialCentroids(ReadOnlySpan<float> points, int dimension, int clusters, KMeansOptions options);
}
