namespace FaissSdk.Benchmarks;

/// <summary>What the project wants of its k-means, and whether a measurement is that.</summary>
internal static class KMeansGoals
{
    public const double AssignmentShare = 0.85;

    /// <summary>The dimension from which on the goal for the assignment holds.</summary>
    public const int AssignmentDimension = 64;

    /// <summary>For each point: its label, distance and squared length, in whatever way, and a word to spare.</summary>
    private const int BytesForPoint = 16;

    /// <summary>For each component of a centroid: the centroids, the panels, a copy for the result, and as many again.</summary>
    private const int BytesForComponent = 24;

    /// <summary>For what depends on neither: threads, options, the list of iterations.</summary>
    private const int BytesForTraining = 64 * 1024;

    /// <summary>With pruning, as a multiple of FAISS's speed.</summary>
    public const double Speedup = 2;

    /// <summary>Where the multiply-adds of many components leave little else to save.</summary>
    public const double SpeedupOfManyComponents = 1.6;

    /// <summary>Where the points have structure that bounds can use: clusters that are far apart, or vectors of a model.</summary>
    public const double SpeedupOfStructure = 3;

    /// <summary>Without pruning: not slower.</summary>
    public const double SpeedupWithoutPruning = 1;

    public static double FaissShare(TrainingMeasurement training, double peak) => training.Operations / training.FaissSeconds.Median / peak;

    /// <summary>What may be allocated, as a share of the input.</summary>
    public static double MemoryShare(TrainingMeasurement training) => training.Pruning ? 0.25 : 0.05;

    /// <summary>What was allocated beyond what k·d and n take, as a share of the input.</summary>
    public static double MemoryUsed(TrainingMeasurement training) =>
        Math.Max(0, training.Allocated - BytesForTraining - ((long)BytesForPoint * training.Count) - ((long)BytesForComponent * training.Clusters * training.Dimension)) / (sizeof(float) * (double)training.Count * training.Dimension);

    public static string MemoryRule => FormattableString.Invariant($"{BytesForPoint}·n + {BytesForComponent}·k·d bytes and {BytesForTraining / 1024} KiB");
}
