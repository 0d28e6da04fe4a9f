using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Moves centroids to the means of their points, refills empty clusters, and computes the figures of an iteration.</summary>
internal sealed class LloydUpdate(int dimension, int clusters, KMeansOptions options)
{
    private ClusterTally? _tally;
    private float[]? _means;

    /// <summary>Determines whether all points are added up in double precision.</summary>
    public bool IsDouble(ReadOnlySpan<float> weights) => IsDouble(!weights.IsEmpty);

    /// <summary>Determines whether all points are added up in double precision.</summary>
    public bool IsDouble(bool isWeighted) =>
        options.Summation == KMeansSummation.DoublePrecision || (options.Summation == KMeansSummation.Auto && isWeighted);

    /// <summary>Clears sums for points that are not read again: both precisions where the sums themselves decide which one a cluster needs.</summary>
    public void Clear(CentroidAccumulator sums, bool isWeighted) =>
        sums.Clear(hasSingle: !IsDouble(isWeighted), hasDouble: IsDouble(isWeighted) || options.Summation == KMeansSummation.Auto, isWeighted);

    /// <summary>Replaces the centroids that points are assigned to.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="weights">The weights of the points (n), or empty.</param>
    /// <param name="norms">The |x|² of the points (n); not read unless spherical.</param>
    /// <param name="labels">The clusters of the points (n).</param>
    /// <param name="distances">The squared distances (spherical: inner products) of the points (n).</param>
    /// <param name="centroids">The centroids (k × d), which are replaced.</param>
    /// <param name="accumulated">The sums of the points if these have been added up already, or null.</param>
    /// <param name="cancellationToken">The token that is checked between the parts.</param>
    public LloydStep Apply(
        ReadOnlySpan<float> points,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> norms,
        int[] labels,
        ReadOnlySpan<float> distances,
        float[] centroids,
        CentroidAccumulator? accumulated,
        CancellationToken cancellationToken)
    {
        var tally = accumulated?.Tally ?? Tally(weights, norms, labels, distances);
        var sizes = tally.CopySizes();
        if (IsDouble(weights))
        {
            ComputeInDouble(points, weights, labels, sizes, centroids, accumulated, cancellationToken);
        }
        else
        {
            ComputeInSingle(points, weights, labels, tally, sizes, centroids, accumulated, cancellationToken);
        }

        return Finish(tally, sizes, labels.Length, !weights.IsEmpty, centroids, cancellationToken);
    }

    /// <summary>Replaces the centroids that points were assigned to, by the sums of these points alone.</summary>
    /// <param name="sums">The sums, cleared by <see cref="Clear"/> before; those in single precision become means.</param>
    /// <param name="count">The number of points, n.</param>
    /// <param name="isWeighted">Whether the points have weights.</param>
    /// <param name="centroids">The centroids (k × d), which are replaced.</param>
    /// <param name="cancellationToken">The token that is checked between the parts.</param>
    public LloydStep Apply(CentroidAccumulator sums, int count, bool isWeighted, float[] centroids, CancellationToken cancellationToken)
    {
        var sizes = sums.Tally.CopySizes();
        if (IsDouble(isWeighted))
        {
            CentroidMeans.Divide(sums.DoubleSums, sizes, dimension, centroids);
        }
        else
        {
            var means = sums.SingleSums;
            CentroidMeans.Divide(means, sizes, dimension);
            if (options.Summation == KMeansSummation.Auto)
            {
                foreach (var cluster in SelectInaccurate(sums.Tally, centroids, means))
                {
                    CentroidMeans.Divide(sums.DoubleSums, cluster, sizes[cluster], dimension, means);
                }
            }

            means.CopyTo(centroids, 0);
        }

        return Finish(sums.Tally, sizes, count, isWeighted, centroids, cancellationToken);
    }

    /// <summary>Normalizes or rounds centroids (k × d) if the options require it.</summary>
    public void PostProcess(float[] centroids)
    {
        if (options.Spherical)
        {
            for (var c = 0; c < clusters; c++)
            {
                var centroid = centroids.AsSpan(c * dimension, dimension);
                var squaredNorm = (float)VectorNorms.Precise(centroid);
                if (squaredNorm > 0)
                {
                    TensorPrimitives.Multiply(centroid, 1 / MathF.Sqrt(squaredNorm), centroid);
                }
            }
        }

        if (options.IntegerCentroids)
        {
            TensorPrimitives.Round(centroids, MidpointRounding.AwayFromZero, centroids);
        }
    }

    private LloydStep Finish(ClusterTally tally, double[] sizes, int count, bool isWeighted, float[] centroids, CancellationToken cancellationToken)
    {
        var objective = UsesSingleObjective(isWeighted, count) ? tally.SingleObjective : (float)tally.Objective;
        var imbalance = CentroidUpdate.Imbalance(sizes);
        if (isWeighted)
        {
            CentroidUpdate.ScaleSizes(sizes, count);
        }

        var splits = CentroidUpdate.SplitIntoEmpty(sizes, count, dimension, centroids, cancellationToken);
        PostProcess(centroids);
        return new LloydStep(objective, imbalance, splits);
    }

    // FAISS's C API takes no weights, so there is no weighted objective of FAISS to follow.
    private bool UsesSingleObjective(bool isWeighted, int count) =>
        !isWeighted && (options.Summation == KMeansSummation.SinglePrecision || (options.Summation == KMeansSummation.Auto && !SummationBound.IsExceededByObjective(count)));

    private unsafe ClusterTally Tally(ReadOnlySpan<float> weights, ReadOnlySpan<float> norms, int[] labels, ReadOnlySpan<float> distances)
    {
        _tally ??= new ClusterTally(clusters);
        _tally.Clear(!weights.IsEmpty);
        fixed (float* distance = distances, norm = norms, weight = weights)
        fixed (int* label = labels)
        {
            _tally.Add(label, distance, options.Spherical ? norm : null, weight, 0, labels.Length);
        }

        return _tally;
    }

    private void ComputeInDouble(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int[] labels, double[] sizes, float[] centroids, CentroidAccumulator? accumulated, CancellationToken cancellationToken)
    {
        if (accumulated is null)
        {
            CentroidMeans.InDouble(points, weights, labels, sizes, null, dimension, centroids, options.Threads, cancellationToken);
        }
        else
        {
            CentroidMeans.Divide(accumulated.DoubleSums, sizes, dimension, centroids);
        }
    }

    private void ComputeInSingle(
        ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int[] labels, ClusterTally tally, double[] sizes, float[] centroids, CentroidAccumulator? accumulated, CancellationToken cancellationToken)
    {
        var means = accumulated?.SingleSums ?? (_means ??= new float[clusters * dimension]);
        if (accumulated is null)
        {
            CentroidMeans.InSingle(points, weights, labels, sizes, dimension, means, options.Threads, cancellationToken);
        }
        else
        {
            CentroidMeans.Divide(means, sizes, dimension);
        }

        if (options.Summation == KMeansSummation.Auto && SelectInaccurate(tally, centroids, means) is { Length: > 0 } inaccurate)
        {
            CentroidMeans.InDouble(points, weights, labels, sizes, inaccurate, dimension, means, options.Threads, cancellationToken);
        }

        means.CopyTo(centroids, 0);
    }

    private int[] SelectInaccurate(ClusterTally tally, float[] previous, float[] means)
    {
        List<int>? inaccurate = null;
        for (var cluster = 0; cluster < clusters; cluster++)
        {
            var start = cluster * dimension;
            if (SummationBound.IsExceeded((int)tally.Counts[cluster], tally.Squares[cluster], previous.AsSpan(start, dimension), means.AsSpan(start, dimension)))
            {
                (inaccurate ??= []).Add(cluster);
            }
        }

        return inaccurate?.ToArray() ?? [];
    }
}
