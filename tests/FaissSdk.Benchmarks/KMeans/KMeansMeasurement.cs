namespace FaissSdk.Benchmarks;

/// <summary>What one process, which has one number of threads, measured.</summary>
internal sealed record KMeansMeasurement
{
    public required int Threads { get; init; }

    public required string Faiss { get; init; }

    public required string Managed { get; init; }

    /// <summary>Operations in a second, on all threads.</summary>
    public required double Peak { get; init; }

    public required TrainingMeasurement[] Trainings { get; init; }

    /// <summary>Of one thread only.</summary>
    public AssignmentMeasurement[] Assignments { get; init; } = [];

    /// <summary>What the plot shows, where there is one.</summary>
    public TrainingMeasurement[] OverCount { get; init; } = [];

    public TrainingMeasurement[] OverClusters { get; init; } = [];
}
