namespace FaissSdk.Tests.KMeansTests;

/// <summary>Represents a native k-means by one call on the full input, with FAISS's own sample, start, redos and splits.</summary>
internal sealed class OneCall
{
    private OneCall(float[] centroids, ClusteringIterationStats[] stats)
    {
        Centroids = centroids;
        Stats = stats;
    }

    public float[] Centroids { get; }

    /// <summary>Gets the iterations of the winning redo.</summary>
    public ClusteringIterationStats[] Stats { get; }

    public static OneCall Train(float[] points, int dimension, int clusters, KMeansOptions options)
    {
        using var clustering = New(dimension, clusters, options, options.MaxIterations);
        using FaissIndex index = options.Spherical ? new IndexFlatIP(dimension) : new IndexFlatL2(dimension);
        clustering.Train(points, index);
        var stats = clustering.CopyIterationStats();
        return new OneCall(clustering.CopyCentroids(), options.Redos == 1 ? stats : LastRedo(stats, options.Spherical));
    }

    /// <summary>Returns the centroids that FAISS starts from.</summary>
    public static float[] InitialCentroids(float[] points, int dimension, int clusters, KMeansOptions options)
    {
        using var clustering = New(dimension, clusters, options with { Redos = 1 }, 0);
        using FaissIndex index = options.Spherical ? new IndexFlatIP(dimension) : new IndexFlatL2(dimension);
        clustering.Train(points, index);
        return clustering.CopyCentroids();
    }

    /// <summary>Returns the iterations of the last redo, as FAISS keeps all iterations up to the last one of the winning redo. A redo begins where the objective becomes far worse.</summary>
    private static ClusteringIterationStats[] LastRedo(ClusteringIterationStats[] stats, bool spherical)
    {
        var start = stats.Length - 1;
        while (start > 0 && !(spherical ? stats[start].Objective < 0.999 * stats[start - 1].Objective : stats[start].Objective > 1.001 * stats[start - 1].Objective))
        {
            start--;
        }

        return stats[start..];
    }

    private static Clustering New(int dimension, int clusters, KMeansOptions options, int iterations) => new(dimension, clusters, new ClusteringParameters
    {
        Iterations = iterations,
        Redos = options.Redos,
        Spherical = options.Spherical,
        IntegerCentroids = options.IntegerCentroids,
        MinPointsPerCentroid = 1,
        MaxPointsPerCentroid = options.MaxPointsPerCentroid,
        Seed = options.Seed,
    });
}
