namespace FaissSdk.Benchmarks;

/// <summary>Represents the measured trainings of one workload, round by round.</summary>
internal sealed record TrainingMeasurement
{
    public required string Name { get; init; }

    public required int Count { get; init; }

    public required int Dimension { get; init; }

    public required int Clusters { get; init; }

    public required int Iterations { get; init; }

    public required bool Pruning { get; init; }

    /// <summary>Gets the speed to reach, as a multiple of FAISS's.</summary>
    public required double Goal { get; init; }

    /// <summary>Gets the search methods of the managed training.</summary>
    public required string Search { get; init; }

    /// <summary>Gets the number of iterations that FAISS ran.</summary>
    public required int FaissIterations { get; init; }

    /// <summary>Gets FAISS's seconds per iteration, for each round.</summary>
    public required double[] Faiss { get; init; }

    /// <summary>Gets the managed training's seconds per iteration, for each round.</summary>
    public required double[] Managed { get; init; }

    /// <summary>Gets the bytes that a managed training allocated.</summary>
    public required long Allocated { get; init; }

    /// <summary>Gets FAISS's final <see cref="ExactObjective"/>; null if implementations are not compared.</summary>
    public double? FaissObjective { get; init; }

    /// <summary>Gets the managed training's final <see cref="ExactObjective"/>; null if implementations are not compared.</summary>
    public double? ManagedObjective { get; init; }

    /// <summary>Gets the same training by other implementations.</summary>
    public OtherTraining[] Others { get; init; } = [];

    public double Operations => 2.0 * Count * Dimension * Clusters;

    public Estimate FaissSeconds => Estimate.Of(Faiss);

    public Estimate ManagedSeconds => Estimate.Of(Managed);

    /// <summary>Gets FAISS's time as a multiple of the managed training's.</summary>
    public Estimate Speedup => Estimate.Of(Faiss.Zip(Managed, (faiss, managed) => faiss / managed));

    /// <summary>Gets the speed-up of the fastest rounds: other programs can only slow a round down, but a single lucky round distorts it.</summary>
    public double SpeedupOfFastest => Faiss.Min() / Managed.Min();
}
