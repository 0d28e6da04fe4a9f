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

    /// <summary>Decides where sums in single precision are accurate enough.</summary>
    /// <remarks>
    /// With u = 2⁻²⁴, adding up n numbers in order changes their sum by at most n·u·Σ|x| (N. J. Higham, Accuracy and Stability, §4.2), so the mean of a cluster is off by at most n·u·R, where R is
    /// the root mean square of the points' lengths. A mean that is off by r/100, where r is the root mean square of the points' distances from it, increases the squared distances by 1/10,000. The allowance
    /// R/2¹⁶ is the bound of 256 points: with fewer, sums in single precision are kept even for equal points.
    /// </remarks>
    private static class SummationBound
    {
        private const double UnitRoundoff = 1.0 / (1 << 24);
        private const double RadiusShare = 0.01;
        private const double MagnitudeShare = MinCount * UnitRoundoff;

        /// <summary>The number of points up to which every mean is accurate enough.</summary>
        public const int MinCount = 256;

        /// <summary>Determines whether the objective of a number of points may be off by more than 1 %.</summary>
        public static bool IsExceededByObjective(int count) => count * UnitRoundoff > RadiusShare;

        /// <summary>Determines whether the mean of a cluster may be off by more than its share of the radius.</summary>
        /// <param name="count">The number of points of the cluster, n.</param>
        /// <param name="squares">The sum of the squared distances of the points to the previous centroid.</param>
        /// <param name="previous">The previous centroid (d).</param>
        /// <param name="mean">The mean in single precision (d).</param>
        public static bool IsExceeded(int count, double squares, ReadOnlySpan<float> previous, ReadOnlySpan<float> mean)
        {
            if (count <= MinCount)
            {
                return false;
            }

            double moved = 0, squaredMean = 0;
            for (var j = 0; j < mean.Length; j++)
            {
                var difference = (double)mean[j] - previous[j];
                moved += difference * difference;
                squaredMean += (double)mean[j] * mean[j];
            }

            // The mean square of distances to any point exceeds that to the mean by the squared distance of the two.
            var squaredRadius = Math.Max(0, (squares / count) - moved);
            var magnitude = Math.Sqrt(squaredMean + squaredRadius);
            return count * UnitRoundoff * magnitude > (RadiusShare * Math.Sqrt(squaredRadius)) + (MagnitudeShare * magnitude);
        }
    }
}
