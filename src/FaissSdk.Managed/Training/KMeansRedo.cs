namespace FaissSdk;

/// <summary>Represents what a redo of a k-means has found.</summary>
/// <param name="Centroids">The centroids (k × d), less the mean if there is one.</param>
/// <param name="Iterations">The iterations.</param>
/// <param name="Objective">The objective of the last iteration, with the weights of the training.</param>
/// <param name="HasConverged">Whether the objective no longer changes.</param>
internal sealed record KMeansRedo(float[] Centroids, IReadOnlyList<KMeansIteration> Iterations, float Objective, bool HasConverged)
{
    /// <summary>Returns the result of a training whose best redo this is.</summary>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="mean">The mean that was subtracted from the points (d), or null.</param>
    /// <param name="backend">The implementation that trained.</param>
    /// <param name="assigner">Its assigner.</param>
    /// <param name="pointCount">The number of points given.</param>
    /// <param name="pointsUsed">The number of points used.</param>
    /// <param name="options">The options of the training.</param>
    public KMeansResult ToResult(int dimension, float[]? mean, KMeansBackend backend, ICentroidAssigner assigner, long pointCount, long pointsUsed, KMeansOptions options) =>
        new(Centroids, dimension, mean, assigner)
        {
            Iterations = Iterations,
            Converged = HasConverged,
            Backend = backend,
            Spherical = options.Spherical,
            PointCount = pointCount,
            PointsUsed = pointsUsed,
            TooFewPoints = pointsUsed < Centroids.Length / dimension * (long)options.MinPointsPerCentroid,
        };
}
