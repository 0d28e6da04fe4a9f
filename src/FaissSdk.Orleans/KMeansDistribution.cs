namespace FaissSdk.Orleans;

/// <summary>Specifies how a k-means is distributed.</summary>
public sealed record KMeansDistribution
{
    internal static readonly KMeansDistribution Default = new();
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>Gets the path of a file of the caller that is replaced after each iteration, and from which a training of the same points and options continues, with the same result bit for bit, or <see langword="null"/>.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Gets a value indicating whether each part adds up its own points, and the caller adds the sums of the parts, as FAISS's distributed k-means does.</summary>
    /// <remarks>
    /// No part waits for the sums of the previous one, so a step takes less time if sending k × d sums takes long. In return the additions are in another order than on one machine: components and objectives differ in their last digits,
    /// points between two centroids may be assigned differently, and another division into parts gives another result.
    /// </remarks>
    public bool AddsPartsSeparately { get; init; }

    /// <summary>Gets the number of clusters whose sums travel together, or <see langword="null"/> for one that fits a message and keeps all parts busy. The result is the same.</summary>
    public int? ClustersPerBlock { get; init; }

    /// <summary>Gets the time for which a part may be unreachable before the training fails; 2 minutes by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets the time after which a call that no silo has answered is repeated; 10 seconds by default, at most 1 day. A lost silo is noticed sooner if its connections are closed. Long calls report every second that they are still running.</summary>
    public TimeSpan RepeatAfter { get; init; } = TimeSpan.FromSeconds(10);

    internal void Check()
    {
        if (ClustersPerBlock is < 1)
        {
            throw new ArgumentOutOfRangeException("distribution", ClustersPerBlock, $"{nameof(ClustersPerBlock)} is {ClustersPerBlock}; it must be 1 or greater, or null.");
        }

        if (RepeatAfter <= TimeSpan.Zero || RepeatAfter > LongestWait)
        {
            throw new ArgumentOutOfRangeException("distribution", RepeatAfter, $"{nameof(RepeatAfter)} is {RepeatAfter}; it must be greater than zero, and at most {LongestWait.Days} day.");
        }

        if (Timeout <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException("distribution", Timeout, $"{nameof(Timeout)} is {Timeout}; it must be greater than zero.");
        }
    }
}
