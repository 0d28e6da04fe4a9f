namespace FaissSdk.Cli;

/// <summary>Represents the k-means of the loaded native library.</summary>
internal sealed class NativeReference : IReferenceKMeans
{
    public string Description
    {
        get
        {
            var info = FaissLibrary.Info;
            return FormattableString.Invariant($"FAISS {info.Version} ({info.SimdLevel ?? "unknown SIMD level"}, {info.Blas ?? "unknown BLAS"}), {FaissThreads.Max} threads, {info.Path}");
        }
    }

    /// <inheritdoc/>
    /// <remarks>FAISS limits the draws since 1.14.2.</remarks>
    public int SplitRounds => FaissLibrary.IsAtLeast(1, 14, 2) ? CentroidUpdate.MaxRounds : int.MaxValue;

    public IKMeansEngine CreateEngine(int dimension, int clusters, KMeansOptions options) => KMeans.CreateEngine(dimension, clusters, options);

    public float[] InitialCentroids(ReadOnlySpan<float> points, int dimension, int clusters, KMeansOptions options)
    {
        // FAISS draws the initial centroids when it trains; with no iterations they remain as drawn.
        using var clustering = new Clustering(dimension, clusters, new ClusteringParameters
        {
            Iterations = 0,
            Spherical = options.Spherical,
            IntegerCentroids = options.IntegerCentroids,
            MinPointsPerCentroid = 1,
            MaxPointsPerCentroid = options.MaxPointsPerCentroid,
            Seed = options.Seed,
        });
        using var index = NativeCentroidAssigner.NewIndex(dimension, options.Spherical);
        clustering.TrainChecked(points, index);
        return clustering.CopyCentroids();
    }
}
