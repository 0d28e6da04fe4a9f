namespace FaissSdk.Benchmarks;

/// <summary>What trainings of one workload took, round by round.</summary>
internal sealed record TrainingMeasurement
{
    public required string Name { get; init; }

    public required int Count { get; init; }

    public required int Dimension { get; init; }

    public required int Clusters { get; init; }

    public required int Iterations { get; init; }

    public required bool Pruning { get; init; }

    /// <summary>How many times as fast as FAISS it is to be.</summary>
    public required double Goal { get; init; }

    /// <summary>How the managed training searched.</summary>
    public required string Search { get; init; }

    /// <summary>The iterations that FAISS did.</summary>
    public required int FaissIterations { get; init; }

    /// <summary>Seconds for an iteration, in each round.</summary>
    public required double[] Faiss { get; init; }

    public required double[] Managed { get; init; }

    /// <summary>What a managed training allocated, in bytes.</summary>
    public required long Allocated { get; init; }

    /// <summary>The <see cref="ExactObjective"/> in the end, where implementations are compared by it.</summary>
    public double? FaissObjective { get; init; }

    public double? ManagedObjective { get; init; }

    /// <summary>The same training by other implementations.</summary>
    public OtherTraining[] Others { get; init; } = [];

    public double Operations => 2.0 * Count * Dimension * Clusters;

    public Estimate FaissSeconds => Estimate.Of(Faiss);

    public Estimate ManagedSeconds => Estimate.Of(Managed);

    /// <summary>FAISS's time as a multiple of the managed one's.</summary>
    public Estimate Speedup => Estimate.Of(Faiss.Zip(Managed, (faiss, managed) => faiss / managed));

    /// <summary>The same of the fastest round of each: other programs only take away, but one lucky round is enough to be wrong.</summary>
    public double SpeedupOfFastest => Faiss.Min() / Managed.Min();
}
