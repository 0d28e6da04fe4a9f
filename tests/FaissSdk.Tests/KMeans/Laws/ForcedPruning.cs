namespace FaissSdk.Tests.KMeansTests;

/// <summary>The managed engine with bounds wherever they may be used, also where they do not pay.</summary>
internal static class ForcedPruning
{
    public static IKMeansEngine Engine(int dimension, int clusters, KMeansOptions options) => new ManagedKMeansEngine(dimension, clusters, options with { PruneAlways = true });
}
