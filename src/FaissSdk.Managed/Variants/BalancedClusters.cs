namespace FaissSdk;

/// <summary>Represents clusters of bounded sizes.</summary>
public sealed class BalancedClusters
{
    private readonly float[] _centroids;
    private readonly long[] _labels;

    internal BalancedClusters(float[] centroids, int dimension, long[] labels, double objective, int iterations) =>
        (_centroids, Dimension, _labels, Objective, Iterations) = (centroids, dimension, labels, objective, iterations);

    /// <summary>Gets the centroids, row-major (k × d).</summary>
    public ReadOnlySpan<float> Centroids => _centroids;

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets the cluster of each point (n).</summary>
    public ReadOnlySpan<long> Labels => _labels;

    /// <summary>Gets the sum of the squared distances of the points to the centroid of their cluster.</summary>
    public double Objective { get; }

    /// <summary>Gets the number of iterations, of which these clusters are the best.</summary>
    public int Iterations { get; }
}
