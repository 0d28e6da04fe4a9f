namespace FaissSdk.Benchmarks;

/// <summary>Represents the measurements of one process, which has a fixed number of threads.</summary>
internal sealed record KMeansMeasurement
{
    public required int Threads { get; init; }

    public required string Faiss { get; init; }

    public required string Managed { get; init; }

    /// <summary>Gets the peak rate of all threads, in operations per second.</summary>
    public required double Peak { get; init; }

    public required TrainingMeasurement[] Trainings { get; init; }

    /// <summary>Gets the assignments, measured with one thread only.</summary>
    public AssignmentMeasurement[] Assignments { get; init; } = [];

    /// <summary>Gets the trainings over n that the plot shows; empty if there is no plot.</summary>
    public TrainingMeasurement[] OverCount { get; init; } = [];

    /// <summary>Gets the trainings over k that the plot shows; empty if there is no plot.</summary>
    public TrainingMeasurement[] OverClusters { get; init; } = [];
}
