namespace FaissSdk.Tests.KMeansTests;

/// <summary>The managed engine leaving centroids out in one way wherever that may be, also where it does not pay.</summary>
internal static class ForcedPruning
{
    /// <summary>By bounds, and before there are any by integer scores.</summary>
    public static IKMeansEngine Engine(int dimension, int clusters, KMeansOptions options) => Engine(dimension, clusters, options, SearchWay.Bounds);

    /// <summary>By integer scores.</summary>
    public static IKMeansEngine Quantized(int dimension, int clusters, KMeansOptions options) => Engine(dimension, clusters, options, SearchWay.Integer);

    /// <summary>By integer scores in few directions.</summary>
    public static IKMeansEngine Projected(int dimension, int clusters, KMeansOptions options) => Engine(dimension, clusters, options, SearchWay.Projected);

    private static ManagedKMeansEngine Engine(int dimension, int clusters, KMeansOptions options, SearchWay way) =>
        new(dimension, clusters, options with { Search = new SearchChoice(way) });
}
