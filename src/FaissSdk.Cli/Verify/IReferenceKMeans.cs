namespace FaissSdk.Cli;

/// <summary>Represents the k-means that the managed one is checked against.</summary>
internal interface IReferenceKMeans
{
    string Description { get; }

    /// <summary>Gets the number of rounds of k draws after which a training with sums in single precision splits the largest cluster (<see cref="CentroidUpdate.MaxRounds"/>).</summary>
    int SplitRounds => CentroidUpdate.MaxRounds;

    IKMeansEngine CreateEngine(int dimension, int clusters, KMeansOptions options);

    /// <summary>Computes the initial centroids (k × d) of a training on these points.</summary>
    float[] InitialCentroids(ReadOnlySpan<float> points, int dimension, int clusters, KMeansOptions options);
}
