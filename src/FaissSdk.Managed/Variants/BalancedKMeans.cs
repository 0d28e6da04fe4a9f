namespace FaissSdk;

/// <summary>Trains a k-means whose clusters have at most a given number of points.</summary>
/// <remarks>
/// The assignment is a stable one (D. Gale and L. Shapley, Amer. Math. Monthly 69, 1962; with centers: C. Hoffman, A. Holroyd and Y. Peres, Ann. Probab. 34, 2006): of the centroids that
/// the points are assigned to, another one is nearer to a point than its own only if that cluster is full of points that are nearer to it than this one. The centroids returned are the means of their points, as in Lloyd's algorithm: those of
/// the next assignment.
/// </remarks>
public static class BalancedKMeans
{
    /// <summary>Partitions points into clusters of bounded sizes, from the centroids of <see cref="ManagedKMeans"/>.</summary>
    /// <remarks>Each point that a full cluster rejects is compared with all centroids once more. The objective need not decrease in every iteration; the best iteration is returned.</remarks>
    /// <param name="points">The points to partition, row-major (n × d), finite.</param>
    /// <param name="dimension">The number of components of a point, d.</param>
    /// <param name="clusters">The number of clusters, k, at most n.</param>
    /// <param name="maxSize">The maximum number of points of a cluster, at least n/k.</param>
    /// <param name="options">The options of the k-means, and the maximum number of iterations, or <see langword="null"/> for FAISS's defaults; without weights, and not spherical.</param>
    /// <param name="cancellationToken">The token that is checked before each iteration and during the assignment.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/>, <paramref name="clusters"/>, <paramref name="maxSize"/> or an option is out of range.</exception>
    /// <exception cref="ArgumentException">The points or options do not fit, as for <see cref="ManagedKMeans"/>, or there are weights or spherical clusters.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static BalancedClusters Train(ReadOnlySpan<float> points, int dimension, int clusters, int maxSize, KMeansOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= KMeansOptions.Default;
        var count = KMeansInput.Check(points, dimension, clusters, options);
        if ((long)maxSize * clusters < count)
        {
            throw new ArgumentOutOfRangeException(nameof(maxSize), maxSize, $"{clusters} clusters of at most {maxSize} points hold {(long)maxSize * clusters} points, but there are {count}; at least {(count + clusters - 1) / clusters} are needed.");
        }

        if (options.Spherical || !options.Weights.IsEmpty)
        {
            throw new ArgumentException($"{(options.Spherical ? nameof(options.Spherical) : nameof(options.Weights))} cannot be set for clusters of bounded sizes.", nameof(options));
        }

        var trained = ManagedKMeans.Train(points, dimension, clusters, options, null, cancellationToken);

        // The training checks the points of its sample.
        VectorValues.CheckMagnitude(trained.Mean is { } mean ? TrainingPoints.SubtractMean(mean, points) : points, dimension, 1, nameof(points));
        var centroids = trained.Centroids.ToArray();
        var all = points.ToArray();
        BalancedClusters? best = null;
        int[] previous = [];
        for (var iteration = 1; iteration <= options.MaxIterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var labels = new StableAssignment(all, centroids, dimension, maxSize).Assign(cancellationToken);
            var means = new float[centroids.Length];
            var sizes = CentroidMeans.Compute(points, labels, dimension, means, isDouble: true, options.Threads, cancellationToken);
            for (var cluster = 0; cluster < clusters; cluster++)
            {
                // An empty cluster keeps its centroid.
                if (sizes[cluster] == 0)
                {
                    centroids.AsSpan(cluster * dimension, dimension).CopyTo(means.AsSpan(cluster * dimension));
                }
            }

            centroids = means;
            var objective = 0.0;
            for (var i = 0; i < count; i++)
            {
                objective += LaneSums.SquaredDistance(points.Slice(i * dimension, dimension), centroids.AsSpan(labels[i] * dimension, dimension));
            }

            best = best is null || objective < best.Objective
                ? new BalancedClusters(centroids, dimension, Array.ConvertAll(labels, label => (long)label), objective, iteration)
                : new BalancedClusters(best.Centroids.ToArray(), dimension, best.Labels.ToArray(), best.Objective, iteration);
            if (labels.AsSpan().SequenceEqual(previous))
            {
                break;
            }

            previous = labels;
        }

        return best!;
    }
}
