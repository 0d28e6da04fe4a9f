namespace FaissSdk.Cli;

/// <summary>What <c>faiss-sdk kmeans</c> was asked to do.</summary>
internal sealed record KMeansRequest
{
    public required string Input { get; init; }

    public required int Clusters { get; init; }

    public required BackendChoice Backend { get; init; }

    public required KMeansOptions Options { get; init; }

    public string? Centroids { get; init; }

    public string? Assignments { get; init; }
}
