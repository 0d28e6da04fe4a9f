namespace FaissSdk.Tests.KMeansTests;

/// <summary>Creates the engines, and provides the operations that all laws use.</summary>
internal static class Engines
{
    public static IKMeansEngine Native(int dimension, int clusters, KMeansOptions options) => new NativeKMeansEngine(dimension, clusters, options);

    /// <summary>Creates the native engine whose centroids are moved by the SDK.</summary>
    public static IKMeansEngine NativeAssignment(int dimension, int clusters, KMeansOptions options) => new NativeAssignmentEngine(dimension, clusters, options);

    public static IKMeansEngine Managed(int dimension, int clusters, KMeansOptions options) => new ManagedKMeansEngine(dimension, clusters, options);

    public static IKMeansEngine New(this EngineFactory create, KMeansCase of) => create(of.Dimension, of.Clusters, of.Options);

    public static long[] Labels(this IKMeansEngine engine, KMeansCase of, float[] points, float[] centroids)
    {
        var labels = new long[points.Length / of.Dimension];
        engine.Assigner.Assign(points, centroids, of.Dimension, of.Spherical, labels, default);
        return labels;
    }

    public static LloydStep Step(this IKMeansEngine engine, float[] points) => engine.Step(points, [], CancellationToken.None);
}
