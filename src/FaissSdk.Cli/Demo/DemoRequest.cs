namespace FaissSdk.Cli;

/// <summary>What <c>faiss-sdk demo</c> was asked to do.</summary>
internal sealed record DemoRequest(string Query, int Clusters, BackendChoice Backend, int Iterations, string? Docs);
