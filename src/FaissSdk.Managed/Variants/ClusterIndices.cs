namespace FaissSdk;

/// <summary>Represents how compact and separate clusters are, by three indices.</summary>
/// <param name="Silhouette">The mean over the points of (b − a)/max(a, b), where a is the mean distance to the other points of the cluster, and b the least mean distance to the points of another cluster; 0 for a cluster of one point. It is from −1 to 1, and larger is better (P. Rousseeuw, J. Comput. Appl. Math. 20, 1987).</param>
/// <param name="DaviesBouldin">The mean over the clusters of max (sᵢ + sⱼ)/|cᵢ − cⱼ| over the other clusters j, where s is the mean distance of the points to the mean c of their cluster; two clusters of equal points at the same place count 0, and others with equal means ∞. Smaller is better (D. Davies and D. Bouldin, IEEE TPAMI 1, 1979).</param>
/// <param name="CalinskiHarabasz">(B/(k − 1))/(W/(n − k)), where W is the sum of the squared distances to the means of the clusters, and B that of the means to the mean of all, times their sizes; 0 if B is 0, and ∞ if only W is 0, as for clusters of equal points. Larger is better (T. Caliński and J. Harabasz, Commun. Stat. 3, 1974).</param>
/// <param name="PointsUsed">The number of points used, n: all, or a sample of them.</param>
/// <param name="Clusters">The number of clusters with points among these, k.</param>
public readonly record struct ClusterIndices(double Silhouette, double DaviesBouldin, double CalinskiHarabasz, int PointsUsed, int Clusters)
{
    /// <summary>Computes the indices of points and their clusters, with distances in single precision.</summary>
    /// <remarks>The silhouette takes n²·d operations, so that a sample is used if there are many points.</remarks>
    /// <param name="points">The points, row-major (n × d), finite.</param>
    /// <param name="dimension">The number of components of a point, d.</param>
    /// <param name="labels">The cluster of each point (n), at least 0.</param>
    /// <param name="maxPoints">The number of points above which a random sample of this size is used, at least 3.</param>
    /// <param name="seed">The seed of the sample.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/>, <paramref name="maxPoints"/> or <paramref name="seed"/> is out of range.</exception>
    /// <exception cref="ArgumentException">A length does not fit, a component is NaN, infinite or too large, a label is negative, or the points used are in fewer than two clusters, or each in one of its own.</exception>
    public static ClusterIndices Of(ReadOnlySpan<float> points, int dimension, ReadOnlySpan<long> labels, int maxPoints = 5000, int seed = 1234)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPoints, 3);
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        var count = VectorShape.CountVectors(points, dimension, nameof(points));
        VectorShape.CheckLength(labels.Length, count, nameof(labels));
        if (labels.IndexOfAnyInRange(long.MinValue, -1) is var negative and >= 0)
        {
            throw new ArgumentException($"{nameof(labels)}[{negative}] is {labels[negative]}; the number of a cluster is at least 0.", nameof(labels));
        }

        VectorValues.CheckFinite(points, dimension, nameof(points));
        VectorValues.CheckMagnitude(points, dimension, count, nameof(points));
        var rows = count > maxPoints ? RandomSample.SubsampleRows(count, maxPoints, seed) : [.. Enumerable.Range(0, count)];
        var sample = count > maxPoints ? RandomSample.Gather(points, dimension, rows) : points.ToArray();
        var numbers = new Dictionary<long, int>();
        var clusters = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var label = labels[rows[i]];
            clusters[i] = numbers.TryGetValue(label, out var number) ? number : numbers[label] = numbers.Count;
        }

        return numbers.Count >= 2 && numbers.Count < rows.Length
            ? Compute(sample, dimension, clusters, numbers.Count)
            : throw new ArgumentException($"{nameof(labels)} has {numbers.Count} different clusters for the {rows.Length} points used; the indices need two clusters, and more points than clusters.", nameof(labels));
    }

    private static ClusterIndices Compute(float[] points, int dimension, int[] labels, int clusters)
    {
        var means = new float[clusters * dimension];
        var sizes = CentroidMeans.Compute(points, labels, dimension, means, isDouble: true, threads: 1, CancellationToken.None);
        var all = new float[dimension];
        CentroidMeans.Compute(points, new int[labels.Length], dimension, all, isDouble: true, threads: 1, CancellationToken.None);
        var (within, spread) = (0.0, new double[clusters]);
        for (var i = 0; i < labels.Length; i++)
        {
            var distance = Distance(points, i, means, labels[i], dimension);
            within += distance * distance;
            spread[labels[i]] += distance / sizes[labels[i]];
        }

        var (between, daviesBouldin) = (0.0, 0.0);
        for (var cluster = 0; cluster < clusters; cluster++)
        {
            var distance = Distance(means, cluster, all, 0, dimension);
            between += sizes[cluster] * distance * distance;
            var worst = 0.0;
            for (var other = 0; other < clusters; other++)
            {
                var spreads = spread[cluster] + spread[other];
                worst = other == cluster || spreads == 0 ? worst : Math.Max(worst, spreads / Distance(means, cluster, means, other, dimension));
            }

            daviesBouldin += worst / clusters;
        }

        var calinskiHarabasz = between == 0 ? 0 : between / (clusters - 1) / (within / (labels.Length - clusters));
        return new ClusterIndices(MeanSilhouette(points, dimension, labels, sizes), daviesBouldin, calinskiHarabasz, labels.Length, clusters);
    }

    private static double MeanSilhouette(float[] points, int dimension, int[] labels, double[] sizes)
    {
        var silhouettes = new double[labels.Length];
        ParallelBlocks.For(
            labels.Length,
            Environment.ProcessorCount,
            i =>
            {
                var own = labels[i];
                if (sizes[own] == 1)
                {
                    return;
                }

                var sums = new double[sizes.Length];
                for (var j = 0; j < labels.Length; j++)
                {
                    sums[labels[j]] += Distance(points, i, points, j, dimension);
                }

                var (inside, nearest) = (sums[own] / (sizes[own] - 1), double.PositiveInfinity);
                for (var cluster = 0; cluster < sums.Length; cluster++)
                {
                    nearest = cluster == own ? nearest : Math.Min(nearest, sums[cluster] / sizes[cluster]);
                }

                var larger = Math.Max(inside, nearest);
                silhouettes[i] = larger == 0 ? 0 : (nearest - inside) / larger;
            },
            CancellationToken.None);

        // In their order, for the same bits on any processor.
        var sum = 0.0;
        foreach (var silhouette in silhouettes)
        {
            sum += silhouette;
        }

        return sum / silhouettes.Length;
    }

    private static double Distance(float[] left, int row, float[] right, int other, int dimension) =>
        MathF.Sqrt(LaneSums.SquaredDistance(left.AsSpan(row * dimension, dimension), right.AsSpan(other * dimension, dimension)));
}
