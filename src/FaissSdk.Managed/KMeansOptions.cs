namespace FaissSdk;

/// <summary>How a k-means is trained; the defaults are those of FAISS's <c>ClusteringParameters</c>.</summary>
public sealed record KMeansOptions
{
    internal static readonly KMeansOptions Default = new();

    /// <summary>The largest number of iterations of each redo, at least 1 (FAISS: <c>niter</c>).</summary>
    public int Iterations { get; init; } = 25;

    /// <summary>How many times to start over from other centroids, at least 1, and 1 with <see cref="InitialCentroids"/>; the best objective wins (FAISS: <c>nredo</c>).</summary>
    public int Redos { get; init; } = 1;

    /// <summary>Whether centroids are normalized to unit length after every iteration, and points, taken as they are, assigned by inner product; a larger objective is better.</summary>
    public bool Spherical { get; init; }

    /// <summary>Whether centroids are rounded to integers after every iteration (FAISS: <c>int_centroids</c>).</summary>
    public bool IntegerCentroids { get; init; }

    /// <summary>The seed of the subsample and of the initial centroids, 0 or greater.</summary>
    public int Seed { get; init; } = 1234;

    /// <summary>Fewer points than this for each cluster are reported in <see cref="KMeansResult.TooFewPoints"/>.</summary>
    public int MinPointsPerCentroid { get; init; } = 39;

    /// <summary>Of more points than this for each cluster a random sample is used; see <see cref="KMeansResult.PointsUsed"/>.</summary>
    /// <remarks>As in FAISS, as many points as clusters are copied as they are, the first k with a maximum of 1. FAISS counts in single precision: natively a cluster of more than 2²⁴ points gets a wrong mean.</remarks>
    public int MaxPointsPerCentroid { get; init; } = 256;

    /// <summary>Whether training stops when the objective equals that of the iteration before.</summary>
    public bool StopWhenConverged { get; init; } = true;

    /// <summary>The centroids to start from (k × d), or empty to start from points chosen by <see cref="Initialization"/>.</summary>
    public ReadOnlyMemory<float> InitialCentroids { get; init; }

    /// <summary>Which points a training starts from when no <see cref="InitialCentroids"/> are given.</summary>
    public KMeansInitialization Initialization { get; init; }

    /// <summary>
    /// Whether the mean of the points is subtracted before training and added to the centroids after it. Distances between points far from
    /// the origin lose their digits in single precision: |x|² + |c|² − 2x·c is off by about d·2⁻²⁴·(|x|² + |c|²). Takes a copy of the points. Not with <see cref="Spherical"/>.
    /// </summary>
    public bool Center { get; init; }

    /// <summary>How much each point counts (n), 0 or greater, or empty when all count alike. A centroid is Σ wᵢxᵢ / Σ wᵢ over its points; the objective stays unweighted, as in FAISS. Only the managed implementation has it.</summary>
    public ReadOnlyMemory<float> Weights { get; init; }

    /// <summary>Whether the managed implementation may leave out, by bounds or by scores of integers, centroids that cannot be nearest, where that saves time. The result is the same, bit for bit.</summary>
    public bool Pruning { get; init; } = true;

    /// <summary>The largest number of threads, −1 for as many as there are processors, or as OpenMP gives the native implementation (<c>OMP_NUM_THREADS</c>). The managed one's result does not depend on it.</summary>
    public int MaxDegreeOfParallelism { get; init; } = -1;

    /// <summary>Which implementation trains.</summary>
    public KMeansBackend Backend { get; init; }

    /// <summary>How nearest centroids are searched, where that is to be fixed or told; not looked at without <see cref="Pruning"/>.</summary>
    internal SearchChoice? Search { get; init; }

    /// <summary>How many threads <see cref="MaxDegreeOfParallelism"/> stands for.</summary>
    internal int Threads => MaxDegreeOfParallelism == -1 ? Environment.ProcessorCount : MaxDegreeOfParallelism;
}
