namespace FaissSdk;

/// <summary>Specifies how a k-means is trained; the defaults are those of FAISS's <c>ClusteringParameters</c>.</summary>
public sealed record KMeansOptions
{
    internal static readonly KMeansOptions Default = new();

    /// <summary>Gets the maximum number of iterations of each redo, at least 1 (FAISS: <c>niter</c>).</summary>
    public int MaxIterations { get; init; } = 25;

    /// <summary>Gets the number of trainings from different initial centroids, at least 1, and exactly 1 with <see cref="InitialCentroids"/>; the one with the best objective, with <see cref="Weights"/> the best weighted one, wins (FAISS: <c>nredo</c>).</summary>
    public int Redos { get; init; } = 1;

    /// <summary>Gets a value indicating whether centroids are normalized to unit length after every iteration and points are assigned by inner product; the points themselves are not normalized, and a larger objective is better.</summary>
    public bool Spherical { get; init; }

    /// <summary>Gets a value indicating whether centroids are rounded to integers after every iteration (FAISS: <c>int_centroids</c>).</summary>
    public bool IntegerCentroids { get; init; }

    /// <summary>Gets the seed of the subsample and of the initial centroids, at least 0.</summary>
    public int Seed { get; init; } = 1234;

    /// <summary>Gets the number of points per cluster below which <see cref="KMeansResult.TooFewPoints"/> is set, at least 1.</summary>
    public int MinPointsPerCentroid { get; init; } = 39;

    /// <summary>Gets the number of points per cluster above which a random sample of the points is used, at least 1; see <see cref="KMeansResult.PointsUsed"/>.</summary>
    /// <remarks>As in FAISS, a sample of exactly k points becomes the centroids; with a maximum of 1 these are the first k points. With different <see cref="Weights"/> points are drawn by their weights instead.</remarks>
    public int MaxPointsPerCentroid { get; init; } = 256;

    /// <summary>Gets a value indicating whether training stops when the objective equals that of the previous iteration, up to <see cref="RelativeTolerance"/>.</summary>
    public bool StopWhenConverged { get; init; } = true;

    /// <summary>Gets the change of the objective, relative to that of the previous iteration, at which training has converged: |oᵢ − oᵢ₋₁| ≤ tolerance·|oᵢ₋₁|; 0, as in FAISS, requires equal objectives.</summary>
    public double RelativeTolerance { get; init; }

    /// <summary>Gets the initial centroids (k × d), or empty to choose them by <see cref="Initialization"/>.</summary>
    public ReadOnlyMemory<float> InitialCentroids { get; init; }

    /// <summary>Gets the method that chooses the initial centroids if no <see cref="InitialCentroids"/> are given.</summary>
    public KMeansInitialization Initialization { get; init; }

    /// <summary>
    /// Gets a value indicating whether the mean of the points is subtracted before training and added to the centroids afterwards. Distances between points far from
    /// the origin lose digits in single precision: |x|² + |c|² − 2x·c is off by about d·2⁻²⁴·(|x|² + |c|²). Centering copies the points and cannot be combined with <see cref="Spherical"/>.
    /// </summary>
    public bool Center { get; init; }

    /// <summary>
    /// Gets the weights of the points (n), at least 0, or empty for equal weights. A point of weight w counts as w points: in the centroids Σ wᵢxᵢ / Σ wᵢ, in the objective Σ wᵢ|xᵢ − c(xᵢ)|², and so in
    /// stopping and in the choice of the best redo, in the splits that refill empty clusters, and in the random choice of a sample and of initial centroids. Only the ratios of the weights matter. Only the managed implementation supports weights.
    /// </summary>
    /// <remarks>Equal weights and no weights give the same centroids, bit for bit. In a sample, the weights are those that its points stand for, with the mean of all weights.</remarks>
    public ReadOnlyMemory<float> Weights { get; init; }

    /// <summary>Gets the precision in which the points of a cluster are added up.</summary>
    public KMeansSummation Summation { get; init; }

    /// <summary>Gets a value indicating whether the managed implementation may skip centroids that cannot be nearest, by bounds or by integer scores, where that saves time. The result is the same bit for bit.</summary>
    public bool Pruning { get; init; } = true;

    /// <summary>Gets the maximum number of threads, or −1 for the number of processors (native implementation: the number that OpenMP chooses, <c>OMP_NUM_THREADS</c>). The result of the managed implementation does not depend on it.</summary>
    public int MaxDegreeOfParallelism { get; init; } = -1;

    /// <summary>Gets the implementation that trains.</summary>
    public KMeansBackend Backend { get; init; }

    /// <summary>Gets the number of threads that <see cref="MaxDegreeOfParallelism"/> stands for.</summary>
    internal int Threads => MaxDegreeOfParallelism == -1 ? Environment.ProcessorCount : MaxDegreeOfParallelism;
}
