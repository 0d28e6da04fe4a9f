using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Moves centroids to the means of their points, refills empty clusters, and computes the figures of an iteration.</summary>
internal sealed class LloydUpdate(int dimension, int clusters, KMeansOptions options)
{
    private ClusterTally? _tally;
    private float[]? _means;

    /// <summary>Determines whether all points are added up in double precision.</summary>
    public bool IsDouble(ReadOnlySpan<float> weights) =>
        options.Summation == KMeansSummation.DoublePrecision || (options.Summation == KMeansSummation.Auto && !weights.IsEmpty);

    /// <summary>Replaces the centroids that points are assigned to.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="weights">The weights of the points (n), or empty.</param>
    /// <param name="norms">The |x|² of the points (n); not read unless spherical.</param>
    /// <param name="labels">The clusters of the points (n).</param>
    /// <param name="distances">The squared distances (spherical: inner products) of the points (n).</param>
    /// <param name="centroids">The centroids (k × d), which are replaced.</param>
    /// <param name="accumulated">The sums of the points if these have been added up already, or null.</param>
    /// <param name="cancellationToken">The token that is checked between the parts.</param>
    public KMeansStep Apply(
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

        var objective = UsesSingleObjective(weights, labels.Length) ? tally.SingleObjective : (float)tally.Objective;
        var imbalance = CentroidUpdate.Imbalance(sizes);
        if (!weights.IsEmpty)
        {
            CentroidUpdate.ScaleSizes(sizes, labels.Length);
        }

        var splits = CentroidUpdate.SplitIntoEmpty(sizes, labels.Length, dimension, centroids, cancellationToken);
        PostProcess(centroids);
        return new KMeansStep(objective, imbalance, splits);
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

    // FAISS's C API takes no weights, so there is no weighted objective of FAISS to follow.
    private bool UsesSingleObjective(ReadOnlySpan<float> weights, int count) =>
        weights.IsEmpty && (options.Summation == KMeansSummation.SinglePrecision || (options.Summation == KMeansSummation.Auto && !SummationBound.IsExceededByObjective(count)));

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
            if (SummationBound.IsExceeded(tally.Counts[cluster], tally.Squares[cluster], previous.AsSpan(start, dimension), means.AsSpan(start, dimension)))
            {
                (inaccurate ??= []).Add(cluster);
            }
        }

        return inaccurate?.ToArray() ?? [];
    }
}
