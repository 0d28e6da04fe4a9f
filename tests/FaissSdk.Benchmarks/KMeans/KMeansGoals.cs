namespace FaissSdk.Benchmarks;

/// <summary>Defines the goals of the managed k-means for speed and memory.</summary>
internal static class KMeansGoals
{
    public const double AssignmentShare = 0.85;

    /// <summary>The smallest dimension to which the goal for the assignment applies.</summary>
    public const int AssignmentDimension = 64;

    /// <summary>The memory allowed per point: label, distance, squared length and one word in reserve.</summary>
    private const int BytesForPoint = 16;

    /// <summary>The memory allowed per component of a centroid: the centroids, the panels, a copy for the result, and the same again.</summary>
    private const int BytesForComponent = 24;

    /// <summary>The memory allowed for what depends on neither n nor k: threads, options, the list of iterations.</summary>
    private const int BytesForTraining = 64 * 1024;

    /// <summary>The speed with pruning, as a multiple of FAISS's speed.</summary>
    public const double Speedup = 2;

    /// <summary>The speed for many components, whose multiply-adds leave little else to save.</summary>
    public const double SpeedupOfManyComponents = 1.6;

    /// <summary>The speed for points with structure that bounds can exploit: well separated clusters, or embeddings of a model.</summary>
    public const double SpeedupOfStructure = 3;

    /// <summary>The speed without pruning: not slower than FAISS.</summary>
    public const double SpeedupWithoutPruning = 1;

    public static double FaissShare(TrainingMeasurement training, double peak) => training.Operations / training.FaissSeconds.Median / peak;

    /// <summary>Gets the share of the input that may be allocated.</summary>
    public static double MemoryShare(TrainingMeasurement training) => training.Pruning ? 0.25 : 0.05;

    /// <summary>Gets the memory allocated beyond the allowance for n and k·d, as a share of the input.</summary>
    public static double MemoryUsed(TrainingMeasurement training) =>
        Math.Max(0, training.Allocated - BytesForTraining - ((long)BytesForPoint * training.Count) - ((long)BytesForComponent * training.Clusters * training.Dimension)) / (sizeof(float) * (double)training.Count * training.Dimension);

    public static string MemoryRule => FormattableString.Invariant($"{BytesForPoint}·n + {BytesForComponent}·k·d bytes and {BytesForTraining / 1024} KiB");
}
