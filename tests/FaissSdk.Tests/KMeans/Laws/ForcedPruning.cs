namespace FaissSdk.Tests.KMeansTests;

/// <summary>The managed engine leaving centroids out wherever that may be, also where it does not pay.</summary>
internal static class ForcedPruning
{
    /// <summary>By bounds, and before there are any by integer scores.</summary>
    public static IKMeansEngine Engine(int dimension, int clusters, KMeansOptions options) => new ManagedKMeansEngine(dimension, clusters, Options(options) with { PruneAlways = true });

    /// <summary>By integer scores.</summary>
    public static IKMeansEngine Quantized(int dimension, int clusters, KMeansOptions options) => new ManagedKMeansEngine(dimension, clusters, Options(options));

    private static KMeansOptions Options(KMeansOptions options) => options with { QuantizeAlways = true };
}
