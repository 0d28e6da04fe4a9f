using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>The centroids a k-means has found, and how it came to them.</summary>
public sealed class KMeansResult
{
    // Points assigned at a time when the mean is to be subtracted from them.
    private const int RowsWithoutMean = 16 * 1024;

    private readonly float[] _centroids;
    private readonly float[] _centred;
    private readonly float[]? _mean;
    private readonly ICentroidAssigner _assigner;

    /// <param name="centred">The centroids (k × d), less the mean where there is one.</param>
    /// <param name="dimension">d.</param>
    /// <param name="mean">What was subtracted from the points (d), or null.</param>
    /// <param name="assigner">The assigner of the backend that trained.</param>
    internal KMeansResult(float[] centred, int dimension, float[]? mean, ICentroidAssigner assigner)
    {
        _centred = centred;
        _mean = mean;
        _centroids = centred;
        _assigner = assigner;
        Dimension = dimension;
        if (mean is not null)
        {
            _centroids = new float[centred.Length];
            for (var start = 0; start < centred.Length; start += dimension)
            {
                TensorPrimitives.Add(centred.AsSpan(start, dimension), mean, _centroids.AsSpan(start));
            }
        }
    }

    /// <summary>The centroids, row-major (k × d).</summary>
    public ReadOnlySpan<float> Centroids => _centroids;

    /// <summary>Gets the mean that was subtracted from the points (d), or null.</summary>
    internal float[]? Mean => _mean;

    /// <summary>The number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>The number of clusters, k.</summary>
    public int Clusters => _centroids.Length / Dimension;

    /// <summary>The objective of the last iteration: a sum of squared distances, or of inner products when <see cref="Spherical"/>.</summary>
    public float Objective => Iterations[^1].Objective;

    /// <summary>The iterations of the winning redo.</summary>
    public required IReadOnlyList<KMeansIteration> Iterations { get; init; }

    /// <summary>Whether the last two objectives of the winning redo are equal.</summary>
    public required bool Converged { get; init; }

    /// <summary>The implementation that trained: <see cref="KMeansBackend.Native"/> or <see cref="KMeansBackend.Managed"/>.</summary>
    public required KMeansBackend Backend { get; init; }

    /// <summary>Whether points are assigned by inner product instead of squared distance.</summary>
    public required bool Spherical { get; init; }

    /// <summary>The number of points given.</summary>
    public required long PointCount { get; init; }

    /// <summary>The number of points used; smaller than <see cref="PointCount"/> when a sample was taken (<see cref="KMeansOptions.MaxPointsPerCentroid"/>).</summary>
    public required long PointsUsed { get; init; }

    /// <summary>Whether there were fewer than <see cref="KMeansOptions.MinPointsPerCentroid"/> points for each cluster.</summary>
    public required bool TooFewPoints { get; init; }

    /// <summary>One centroid (d components).</summary>
    /// <param name="cluster">Its number, from 0 to k − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="cluster"/> is not the number of a cluster.</exception>
    public ReadOnlySpan<float> Centroid(int cluster)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cluster);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cluster, Clusters);
        return _centroids.AsSpan(cluster * Dimension, Dimension);
    }

    /// <summary>Finds the nearest centroid of every point, the lowest number on a tie, with the implementation that trained.</summary>
    /// <param name="points">The points, row-major (n × d), finite.</param>
    /// <returns>The cluster of each point (n).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a component is NaN, infinite or too large.</exception>
    public long[] Assign(ReadOnlySpan<float> points)
    {
        var labels = new long[VectorShape.CountVectors(points, Dimension, nameof(points))];
        Assign(points, labels);
        return labels;
    }

    /// <summary>Finds the nearest centroid of every point, the lowest number on a tie, with the implementation that trained.</summary>
    /// <param name="points">The points, row-major (n × d), finite.</param>
    /// <param name="labels">Receives the cluster of each point (n).</param>
    /// <param name="distances">Receives the squared distance (or, spherical, the inner product) to it (n), unless empty.</param>
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
            _assigner.Assign(points, _centred, Dimension, Spherical, labels, distances);
            return;
        }

        // Twice, so that nothing is written when a point is refused.
        foreach (var write in (ReadOnlySpan<bool>)[false, true])
        {
            for (var start = 0; start < count; start += RowsWithoutMean)
            {
                var rows = Math.Min(RowsWithoutMean, count - start);
                var less = TrainingPoints.Without(_mean, points.Slice(start * Dimension, rows * Dimension));
                if (write)
                {
                    _assigner.Assign(less, _centred, Dimension, Spherical, labels.Slice(start, rows), distances.IsEmpty ? distances : distances.Slice(start, rows));
                }
                else
                {
                    VectorValues.CheckMagnitude(less, Dimension, 1, nameof(points));
                }
            }
        }
    }
}
