using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Represents consecutive points of a k-means that one machine holds: it assigns them to centroids, independently of the other parts, and adds them to sums that come from the part before.</summary>
/// <remarks>An instance is not thread-safe, except that <see cref="AddTo"/> may be called concurrently with different sums.</remarks>
public sealed class KMeansPart
{
    private readonly ReadOnlyMemory<float> _points;
    private readonly float[] _norms;
    private readonly int[] _labels;
    private readonly float[] _distances;
    private float[] _weights = [];
    private bool _isAssigned;
    private int _clusters;
    private KMeansOptions _options = KMeansOptions.Default;

    /// <summary>Initializes a part.</summary>
    /// <param name="points">The points, row-major (n × d), finite, which must not change; there may be none.</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException">The length is not a multiple of <paramref name="dimension"/>, or a component is NaN or infinite.</exception>
    public KMeansPart(ReadOnlyMemory<float> points, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        Count = VectorShape.CountVectors(points.Span, dimension, nameof(points));
        VectorValues.CheckFinite(points.Span, dimension, nameof(points));
        (_points, Dimension) = (points, dimension);
        _norms = VectorNorms.Squared(points.Span, dimension, Environment.ProcessorCount);
        (_labels, _distances) = (new int[Count], new float[Count]);
        MaxSquaredLength = Count == 0 ? 0 : TensorPrimitives.Max<float>(_norms);
    }

    /// <summary>Gets the number of points, n.</summary>
    public int Count { get; }

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets the largest |x|² of the points.</summary>
    public double MaxSquaredLength { get; }

    /// <summary>Sets the weights of the points, or removes them.</summary>
    /// <param name="weights">The weights (n), at least 0, or empty.</param>
    /// <exception cref="ArgumentException">The length does not fit, or a weight is negative or not finite.</exception>
    public void SetWeights(ReadOnlySpan<float> weights)
    {
        if (!weights.IsEmpty)
        {
            VectorShape.CheckLength(weights.Length, Count, nameof(weights));
            KMeansInput.CheckWeights(weights, nameof(weights), nameof(weights));
        }

        _weights = weights.ToArray();
    }

    /// <summary>Assigns the points to their nearest centroids, and keeps the result for <see cref="AddTo"/>.</summary>
    /// <param name="centroids">The centroids, row-major (k × d), finite; with <see cref="KMeansOptions.Spherical"/> of length 1.</param>
    /// <param name="options">The options, of which <see cref="KMeansOptions.Spherical"/>, <see cref="KMeansOptions.Pruning"/> and <see cref="KMeansOptions.MaxDegreeOfParallelism"/> are used, or <see langword="null"/> for FAISS's defaults.</param>
    /// <param name="cancellationToken">The token that is checked before each block of points; the part must be assigned again then.</param>
    /// <exception cref="ArgumentException">There is no centroid, the length does not fit, or a component is NaN, infinite or too large.</exception>
    /// <exception cref="InvalidOperationException">A point is so long that squared distances would overflow.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public void Assign(ReadOnlySpan<float> centroids, KMeansOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= KMeansOptions.Default;
        KMeansInput.CheckOptions(options);
        var clusters = VectorShape.CountVectors(centroids, Dimension, nameof(centroids));
        if (clusters == 0)
        {
            throw new ArgumentException("centroids is empty; a part needs at least one centroid.", nameof(centroids));
        }

        VectorValues.CheckFinite(centroids, Dimension, nameof(centroids));
        VectorValues.CheckMagnitude(centroids, Dimension, 1, nameof(centroids));

        // The factor 0.9 leaves room for the rounding of the squared lengths.
        if (4 * MaxSquaredLength > 0.9 * float.MaxValue)
        {
            var longest = TensorPrimitives.IndexOfMax(_norms);
            throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"The part has a point of length {Math.Sqrt(VectorNorms.Precise(Row(longest))):G3} (number {longest}): squared distances would overflow single precision. Scale the data down."));
        }

        _isAssigned = false;
        _options = options;
        if (Count > 0)
        {
            var panels = CentroidPanels.ForTraining(Count, clusters, Dimension, SearchTuning.MethodFor(options, null));
            panels.Pack(centroids.ToArray(), options.Spherical, options.Threads);
            if (clusters < _clusters)
            {
                // A search starts from the labels of the previous call, even a canceled one, and reads the centroids that they name.
                Array.Clear(_labels);
            }

            _clusters = clusters;
            NearestCentroid.Fastest.Find(_points.Span, _norms, centroids, panels, options.Spherical, _labels, _distances, options.Threads, cancellationToken);
        }

        _isAssigned = true;
    }

    /// <summary>Adds the points to sums, in their order: after the points of the parts before, and before those of the parts that follow.</summary>
    /// <param name="sums">The sums of some of the clusters.</param>
    /// <exception cref="ArgumentException">The sums have another dimension, or weights when the part has none.</exception>
    /// <exception cref="InvalidOperationException">The points are not assigned.</exception>
    public void AddTo(KMeansSums sums)
    {
        ArgumentNullException.ThrowIfNull(sums);
        if (sums.Dimension != Dimension)
        {
            throw new ArgumentException($"sums have dimension {sums.Dimension}, but the part has {Dimension}; add to sums of the same training.", nameof(sums));
        }

        if (sums.IsWeighted != _weights.Length > 0 && Count > 0)
        {
            throw new ArgumentException($"sums {(sums.IsWeighted ? "have" : "have no")} weights, but the part {(sums.IsWeighted ? "has none" : "has")}; call SetWeights on all parts or none.", nameof(sums));
        }

        if (!_isAssigned)
        {
            throw new InvalidOperationException("The points are not assigned; call Assign first.");
        }

        AddVectors(sums);
        AddTallies(sums);
    }

    /// <summary>Copies some of the points.</summary>
    /// <param name="rows">The numbers of the points in this part (m).</param>
    /// <returns>The points, row-major (m × d).</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is not that of a point.</exception>
    /// <exception cref="ArgumentException">The points have more components than an array holds.</exception>
    public float[] CopyPoints(ReadOnlySpan<int> rows)
    {
        var copy = new float[VectorShape.ArrayLength(rows.Length, Dimension, nameof(rows))];
        for (var i = 0; i < rows.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(rows[i], nameof(rows));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rows[i], Count, nameof(rows));
            Row(rows[i]).CopyTo(copy.AsSpan(i * Dimension));
        }

        return copy;
    }

    private ReadOnlySpan<float> Row(int i) => _points.Span.Slice(i * Dimension, Dimension);

    private unsafe void AddVectors(KMeansSums sums)
    {
        var parts = new SumParts(_points.Length, Dimension, sums.EndCluster - sums.StartCluster, _options.Threads);
        using var pinnedPoints = _points.Pin();
        var x = (nint)pinnedPoints.Pointer;
        ParallelBlocks.For(
            parts.Count,
            parts.Threads,
            part =>
            {
                var (startComponent, endComponent, startRow, endRow) = parts[part];
                var (start, end) = (sums.StartCluster + startRow, sums.StartCluster + endRow);
                var offset = (long)sums.StartCluster * Dimension;
                fixed (int* labels = _labels)
                fixed (float* weights = _weights, single = sums.Single)
                fixed (double* twice = sums.Double)
                {
                    if (twice != null)
                    {
                        PointSums.AddDouble((float*)x, weights, labels, null, 0, Count, Dimension, startComponent, endComponent, start, end, twice - offset);
                    }

                    if (single != null)
                    {
                        PointSums.AddSingle((float*)x, weights, labels, 0, Count, Dimension, startComponent, endComponent, start, end, single - offset);
                    }
                }
            },
            CancellationToken.None);
    }

    // The same operations as ClusterTally, which adds up all clusters at once.
    private void AddTallies(KMeansSums sums)
    {
        var (hasObjective, spherical) = (sums.StartCluster == 0, _options.Spherical);
        var (singleObjective, objective) = (sums.SingleObjective, sums.Objective);
        for (var i = 0; i < Count; i++)
        {
            var distance = _distances[i];
            if (hasObjective)
            {
                singleObjective += sums.IsWeighted ? 0 : distance;
                objective += sums.IsWeighted ? (double)_weights[i] * distance : distance;
            }

            var row = _labels[i] - sums.StartCluster;
            if ((uint)row < (uint)sums.Counts.Length)
            {
                sums.Counts[row]++;
                sums.Squares[row] += spherical ? _norms[i] + 1.0 - (2.0 * distance) : distance;
                if (sums.Weights is { } weights)
                {
                    weights[row] += _weights[i];
                }
            }
        }

        (sums.SingleObjective, sums.Objective) = (singleObjective, objective);
    }
}
