using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Represents the centroids that a k-means has found, and the iterations that led to them.</summary>
public sealed class KMeansResult
{
    // The points that are centered at a time, so that no copy of all of them is needed.
    private const int RowsPerCentering = 16 * 1024;

    private readonly float[] _centroids;
    private readonly float[] _centeredCentroids;
    private readonly float[]? _mean;
    private readonly ICentroidAssigner _assigner;
    private ICentroidAssigner? _prepared;

    /// <param name="centeredCentroids">The centroids (k × d), less the mean if there is one.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="mean">The mean that was subtracted from the points (d), or null.</param>
    /// <param name="assigner">The assigner of the backend that trained.</param>
    internal KMeansResult(float[] centeredCentroids, int dimension, float[]? mean, ICentroidAssigner assigner)
    {
        _centeredCentroids = centeredCentroids;
        _mean = mean;
        _centroids = centeredCentroids;
        _assigner = assigner;
        Dimension = dimension;
        if (mean is not null)
        {
            _centroids = new float[centeredCentroids.Length];
            for (var start = 0; start < centeredCentroids.Length; start += dimension)
            {
                TensorPrimitives.Add(centeredCentroids.AsSpan(start, dimension), mean, _centroids.AsSpan(start));
            }
        }
    }

    /// <summary>Gets the centroids, row-major (k × d).</summary>
    public ReadOnlySpan<float> Centroids => _centroids;

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets the number of clusters, k.</summary>
    public int Clusters => _centroids.Length / Dimension;

    /// <summary>Gets the objective of the last iteration: a sum of squared distances, or of inner products if <see cref="Spherical"/>, times the weights of the points.</summary>
    public float Objective => Iterations[^1].Objective;

    /// <summary>Gets the iterations of the winning redo.</summary>
    public required IReadOnlyList<KMeansIteration> Iterations { get; init; }

    /// <summary>Gets a value indicating whether the last two objectives of the winning redo are equal, up to <see cref="KMeansOptions.RelativeTolerance"/>.</summary>
    public required bool Converged { get; init; }

    /// <summary>Gets the implementation that trained: any but <see cref="KMeansBackend.Auto"/>.</summary>
    public required KMeansBackend Backend { get; init; }

    /// <summary>Gets a value indicating whether points are assigned by inner product instead of squared distance.</summary>
    public required bool Spherical { get; init; }

    /// <summary>Gets the number of points given, n.</summary>
    public required long PointCount { get; init; }

    /// <summary>Gets the number of points used, smaller than <see cref="PointCount"/> if a sample was taken (<see cref="KMeansOptions.MaxPointsPerCentroid"/>).</summary>
    public required long PointsUsed { get; init; }

    /// <summary>Gets a value indicating whether there were fewer than <see cref="KMeansOptions.MinPointsPerCentroid"/> points per cluster.</summary>
    public required bool TooFewPoints { get; init; }

    /// <summary>Gets the mean that was subtracted from the points (d), or null without <see cref="KMeansOptions.Center"/>.</summary>
    internal float[]? Mean => _mean;

    // Several calls may prepare it at the same time; one of the results is kept.
    private ICentroidAssigner Prepared => _prepared ??= _assigner.Prepare(_centeredCentroids, Dimension, Spherical);

    /// <summary>Gets one centroid (d).</summary>
    /// <param name="cluster">The number of the cluster, from 0 to k − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="cluster"/> is not the number of a cluster.</exception>
    public ReadOnlySpan<float> GetCentroid(int cluster)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cluster);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cluster, Clusters);
        return _centroids.AsSpan(cluster * Dimension, Dimension);
    }

    /// <summary>Finds the nearest centroid of each point, the lowest number on a tie, with the implementation that trained.</summary>
    /// <remarks>The first call of a managed result arranges a copy of the centroids for the search, which the result keeps.</remarks>
    /// <param name="points">The points to assign, row-major (n × d), finite.</param>
    /// <returns>The cluster of each point (n).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a component is NaN, infinite or too large.</exception>
    public long[] Assign(ReadOnlySpan<float> points)
    {
        var labels = new long[VectorShape.CountVectors(points, Dimension, nameof(points))];
        Assign(points, labels);
        return labels;
    }

    /// <summary>Finds the nearest centroid of each point, the lowest number on a tie, with the implementation that trained.</summary>
    /// <param name="points">The points to assign, row-major (n × d), finite.</param>
    /// <param name="labels">Receives the cluster of each point (n).</param>
    /// <param name="distances">Receives the squared distance (spherical: the inner product) of each point to its centroid (n), unless empty.</param>
    /// <exception cref="ArgumentException">A length does not fit, or a component is NaN, infinite or too large.</exception>
    public void Assign(ReadOnlySpan<float> points, Span<long> labels, Span<float> distances = default)
    {
        var count = VectorShape.CountVectors(points, Dimension, nameof(points));
        VectorShape.CheckLength(labels.Length, count, nameof(labels));
        if (!distances.IsEmpty)
        {
            VectorShape.CheckLength(distances.Length, count, nameof(distances));
        }

        VectorValues.CheckFinite(points, Dimension, nameof(points));
        if (_mean is null)
        {
            VectorValues.CheckMagnitude(points, Dimension, 1, nameof(points));
            Prepared.Assign(points, _centeredCentroids, Dimension, Spherical, labels, distances);
            return;
        }

        // All points are checked first, so that a rejected point leaves the outputs untouched.
        CheckCenteredMagnitude(_mean, points, count);
        AssignCentered(_mean, points, count, labels, distances);
    }

    private void CheckCenteredMagnitude(float[] mean, ReadOnlySpan<float> points, int count)
    {
        for (var start = 0; start < count; start = Blocking.Next(start, RowsPerCentering, count))
        {
            var rows = Math.Min(RowsPerCentering, count - start);
            var centered = TrainingPoints.SubtractMean(mean, points.Slice(start * Dimension, rows * Dimension));
            VectorValues.CheckMagnitude(centered, Dimension, 1, nameof(points), first: start);
        }
    }

    private void AssignCentered(float[] mean, ReadOnlySpan<float> points, int count, Span<long> labels, Span<float> distances)
    {
        for (var start = 0; start < count; start = Blocking.Next(start, RowsPerCentering, count))
        {
            var rows = Math.Min(RowsPerCentering, count - start);
            var centered = TrainingPoints.SubtractMean(mean, points.Slice(start * Dimension, rows * Dimension));
            Prepared.Assign(centered, _centeredCentroids, Dimension, Spherical, labels.Slice(start, rows), distances.IsEmpty ? distances : distances.Slice(start, rows));
        }
    }
}
