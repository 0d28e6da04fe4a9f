using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Moves centroids to the means of their points, refills empty clusters, and computes the figures of an iteration.</summary>
internal sealed class LloydUpdate(int dimension, int clusters, KMeansOptions options)
{
    /// <summary>Determines whether all points are added up in double precision.</summary>
    public bool IsDouble(ReadOnlySpan<float> weights) => IsDouble(!weights.IsEmpty);

    /// <summary>Determines whether all points are added up in double precision.</summary>
    public bool IsDouble(bool isWeighted) =>
        options.Summation == KMeansSummation.DoublePrecision || (options.Summation == KMeansSummation.Auto && isWeighted);

    /// <summary>Clears sums for points that are not read again: both precisions where the sums themselves decide which one a cluster needs.</summary>
    public void Clear(CentroidAccumulator sums, bool isWeighted) =>
        sums.Clear(hasSingle: !IsDouble(isWeighted), hasDouble: IsDouble(isWeighted) || options.Summation == KMeansSummation.Auto, isWeighted);

    /// <summary>Replaces the centroids that points are assigned to, by their sums and, where these are not accurate enough, by the points once more.</summary>
    /// <param name="sums">The sums in the precision of <see cref="IsDouble(bool)"/>; those in single precision become means.</param>
    /// <param name="points">The points (n × d).</param>
    /// <param name="weights">The weights of the points (n), or empty.</param>
    /// <param name="labels">The clusters of the points (n).</param>
    /// <param name="centroids">The centroids (k × d), which are replaced.</param>
    /// <param name="cancellationToken">The token that is checked between the parts.</param>
    public LloydStep Apply(CentroidAccumulator sums, ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int[] labels, float[] centroids, CancellationToken cancellationToken)
    {
        var (sizes, isWeighted) = (sums.Tally.CopySizes(), !weights.IsEmpty);
        if (ReplaceByMeans(sums, sizes, isWeighted, centroids) is { Length: > 0 } inaccurate)
        {
            CentroidMeans.InDouble(points, weights, labels, sizes, inaccurate, dimension, centroids, options.Threads, cancellationToken);
        }

        return Finish(sums.Tally, sizes, labels.Length, isWeighted, centroids, cancellationToken);
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
        foreach (var cluster in ReplaceByMeans(sums, sizes, isWeighted, centroids))
        {
            CentroidMeans.Divide(sums.DoubleSums, cluster, sizes[cluster], dimension, centroids);
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

    /// <summary>Replaces the centroids by the means of their points.</summary>
    /// <returns>The clusters whose sums in single precision are not accurate enough.</returns>
    private int[] ReplaceByMeans(CentroidAccumulator sums, double[] sizes, bool isWeighted, float[] centroids)
    {
        if (IsDouble(isWeighted))
        {
            CentroidMeans.Divide(sums.DoubleSums, sizes, dimension, centroids);
            return [];
        }

        var means = sums.SingleSums;
        CentroidMeans.Divide(means, sizes, dimension);
        var inaccurate = options.Summation == KMeansSummation.Auto ? SelectInaccurate(sums.Tally, centroids, means) : [];
        means.CopyTo(centroids, 0);
        return inaccurate;
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
