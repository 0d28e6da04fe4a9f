namespace FaissSdk.Tests.KMeansTests;

/// <summary>Creates managed engines with a fixed search method, which is used even where it does not pay off.</summary>
internal static class ForcedPruning
{
    /// <summary>Creates an engine that searches with bounds, and by integer scores before there are any.</summary>
    public static IKMeansEngine Engine(int dimension, int clusters, KMeansOptions options) => Engine(dimension, clusters, options, SearchMethod.Bounds);

    /// <summary>Creates an engine that searches by integer scores.</summary>
    public static IKMeansEngine Quantized(int dimension, int clusters, KMeansOptions options) => Engine(dimension, clusters, options, SearchMethod.Integer);

    /// <summary>Creates an engine that searches by integer scores in few directions.</summary>
    public static IKMeansEngine Projected(int dimension, int clusters, KMeansOptions options) => Engine(dimension, clusters, options, SearchMethod.Projected);

    /// <summary>Creates an engine that searches by the components that are not 0.</summary>
    public static IKMeansEngine Sparse(int dimension, int clusters, KMeansOptions options) => Engine(dimension, clusters, options, SearchMethod.Sparse);

    private static ManagedKMeansEngine Engine(int dimension, int clusters, KMeansOptions options, SearchMethod method) =>
        new(dimension, clusters, options, new SearchTuning(method));
}
