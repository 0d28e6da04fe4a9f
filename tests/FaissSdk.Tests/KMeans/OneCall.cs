namespace FaissSdk.Tests.KMeansTests;

/// <summary>Native k-means as FAISS does it by itself: one call on the full input, with FAISS's own sample, start, redos and splits.</summary>
internal sealed class OneCall
{
    private OneCall(float[] centroids, ClusteringIterationStats[] stats)
    {
        Centroids = centroids;
        Stats = stats;
    }

    public float[] Centroids { get; }

    /// <summary>With several redos those up to and including the winning one.</summary>
    public ClusteringIterationStats[] Stats { get; }

    /// <summary>The last run of iterations: a redo begins where the objective is worse by far than at the end of the one before.</summary>
    public ClusteringIterationStats[] WinningRedo(bool spherical)
    {
        var start = Stats.Length - 1;
        while (start > 0 && !(spherical ? Stats[start].Objective < 0.999 * Stats[start - 1].Objective : Stats[start].Objective > 1.001 * Stats[start - 1].Objective))
        {
            start--;
        }

        return Stats[start..];
    }

    public static OneCall Train(float[] points, int dimension, int clusters, KMeansOptions options)
    {
        using var clustering = New(dimension, clusters, options, options.Iterations);
        using FaissIndex index = options.Spherical ? new IndexFlatIP(dimension) : new IndexFlatL2(dimension);
        clustering.Train(points, index);
        return new OneCall(clustering.CopyCentroids(), clustering.CopyIterationStats());
    }

    /// <summary>The centroids FAISS starts from.</summary>
    public static float[] InitialCentroids(float[] points, int dimension, int clusters, KMeansOptions options)
    {
        using var clustering = New(dimension, clusters, options with { Redos = 1 }, 0);
        using FaissIndex index = options.Spherical ? new IndexFlatIP(dimension) : new IndexFlatL2(dimension);
        clustering.Train(points, index);
        return clustering.CopyCentroids();
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
