namespace FaissSdk;

/// <summary>Represents the options of a <see cref="QueryBatcher"/>.</summary>
public sealed record QueryBatcherOptions
{
    /// <summary>Gets the maximum number of queries in a native call.</summary>
    public int MaxBatch { get; init; } = 64;

    /// <summary>Gets the time that the first query of a batch waits for others; zero to wait only while another call is under way.</summary>
    public TimeSpan MaxDelay { get; init; }

    /// <summary>Gets the maximum number of queries that wait for a call; <see cref="QueryBatcher.SearchAsync"/> waits while the queue is full.</summary>
    public int Capacity { get; init; } = 1024;
}
