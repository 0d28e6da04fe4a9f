using System.Diagnostics;

namespace FaissSdk;

/// <summary>Trains many clusters in two levels: √k clusters of all points, and in each of these its share of the k clusters.</summary>
/// <remarks>
/// Takes about 2·n·√k·d operations per iteration instead of n·k·d, for an objective that is a few percent larger. FAISS's <c>contrib.clustering</c> has such a training (<c>two_level_clustering</c>); the clusters of a
/// vocabulary tree are trained likewise (D. Nistér and H. Stewénius, CVPR 2006).
/// </remarks>
public static class TwoLevelKMeans
{
    // The points that are assigned between two checks of the token.
    private const int RowsPerCheck = 16 * 1024;

    /// <summary>Partitions points into clusters within clusters. A cluster of the first level with h of n points receives from ⌊h·k/n⌋ to ⌈h·k/n⌉ clusters.</summary>
    /// <param name="points">The points to partition, row-major (n × d), finite.</param>
    /// <param name="dimension">The number of components of a point, d.</param>
    /// <param name="clusters">The number of clusters, k, at most n.</param>
    /// <param name="options">The options of all trainings, or <see langword="null"/> for FAISS's defaults; without initial centroids and centering.</param>
    /// <param name="progress">Receives a report after each iteration of the first level, and a last one, on the calling thread.</param>
    /// <param name="cancellationToken">The token that is checked before each iteration and during the assignment.</param>
    /// <returns>The centroids, those within a cluster of the first level one after the other. The iterations are those of the first level, and a last one whose objective is the sum of those of the second level, an upper bound of that of the centroids.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/>, <paramref name="clusters"/> or an option is out of range.</exception>
    /// <exception cref="ArgumentException">The points, weights or options do not fit, as for <see cref="ManagedKMeans"/>, or there are initial centroids or centering.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static KMeansResult Train(
        ReadOnlySpan<float> points, int dimension, int clusters, KMeansOptions? options = null, IProgress<KMeansIteration>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= KMeansOptions.Default;
        var clock = Stopwatch.StartNew();
        var count = KMeansInput.Check(points, dimension, clusters, options);
        if (options.Center || !options.InitialCentroids.IsEmpty)
        {
            throw new ArgumentException($"{(options.Center ? nameof(options.Center) : nameof(options.InitialCentroids))} cannot be set for two levels; subtract the mean from the points, or use {nameof(ManagedKMeans)}.", nameof(options));
        }

        var first = ManagedKMeans.Train(points, dimension, Math.Max(1, (int)Math.Sqrt(clusters)), options, progress, cancellationToken);
        var labels = Assign(first, points, cancellationToken);
        var rows = RowsOf(labels, first.Clusters);
        var centroids = new float[clusters * dimension];
        var (before, start, objective, used, sizes) = (0L, 0, 0.0, 0L, new List<double>());
        for (var cluster = 0; cluster < rows.Length; cluster++)
        {
            // Differences of rounded cumulative shares sum to k.
            before += rows[cluster].Length;
            var end = (int)(before * clusters / count);
            if (end > start)
            {
                var weights = options.Weights.IsEmpty ? default : Array.ConvertAll(rows[cluster], row => options.Weights.Span[row]);
                var isWeightless = weights is not null && !weights.AsSpan().ContainsAnyExcept(0f);
                var inner = ManagedKMeans.Train(RandomSample.Gather(points, dimension, rows[cluster]), dimension, end - start, options with { Weights = isWeightless ? default(ReadOnlyMemory<float>) : weights }, null, cancellationToken);
                inner.Centroids.CopyTo(centroids.AsSpan(start * dimension));
                objective += isWeightless ? 0 : inner.Objective;
                used += inner.PointsUsed;
                start = end;
            }

            sizes.Add(rows[cluster].Length);
        }

        var last = new KMeansIteration(0, first.Iterations.Count, (float)objective, CentroidUpdate.Imbalance(sizes.ToArray()), 0, clock.Elapsed);
        progress?.Report(last);
        return new KMeansRedo(centroids, [.. first.Iterations, last], last.Objective, first.Converged)
            .ToResult(dimension, mean: null, KMeansBackend.Managed, ManagedCentroidAssigner.Instance, count, used, options);
    }

    private static long[] Assign(KMeansResult first, ReadOnlySpan<float> points, CancellationToken cancellationToken)
    {
        var count = points.Length / first.Dimension;
        var labels = new long[count];
        for (var start = 0; start < count; start = Blocking.Next(start, RowsPerCheck, count))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = Math.Min(RowsPerCheck, count - start);
            first.Assign(points.Slice(start * first.Dimension, rows * first.Dimension), labels.AsSpan(start, rows));
        }

        return labels;
    }

    private static int[][] RowsOf(long[] labels, int clusters)
    {
        var rows = new List<int>[clusters];
        for (var cluster = 0; cluster < clusters; cluster++)
        {
            rows[cluster] = [];
        }

        for (var i = 0; i < labels.Length; i++)
        {
            rows[labels[i]].Add(i);
        }

        return Array.ConvertAll(rows, list => list.ToArray());
    }
}
