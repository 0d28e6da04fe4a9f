namespace FaissSdk.Cli;

/// <summary>Represents the options given to <c>faiss-sdk kmeans</c>.</summary>
internal sealed record KMeansRequest
{
    public required string Input { get; init; }

    public required int Clusters { get; init; }

    public required BackendChoice Backend { get; init; }

    public required KMeansOptions Options { get; init; }

    public string? Centroids { get; init; }

    public string? Assignments { get; init; }
}
