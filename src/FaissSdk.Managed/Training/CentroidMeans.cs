using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Computes the means of clusters, with components or clusters of its own for each thread; every bit is the same for any number of threads.</summary>
internal static class CentroidMeans
{
    /// <summary>Computes the means of all clusters without weights.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="labels">The clusters of the points (n).</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="means">Receives the means (k × d); an empty cluster becomes zero.</param>
    /// <param name="isDouble">Whether to add up in double precision instead of single precision.</param>
    /// <param name="threads">The maximum number of threads.</param>
    /// <param name="cancellationToken">The token that is checked before each part.</param>
    /// <returns>The sizes of the clusters (k).</returns>
    public static double[] Compute(ReadOnlySpan<float> points, int[] labels, int dimension, float[] means, bool isDouble, int threads, CancellationToken cancellationToken)
    {
        var sizes = new double[means.Length / dimension];
        foreach (var label in labels)
        {
            sizes[label]++;
        }

        if (isDouble)
        {
            InDouble(points, [], labels, sizes, null, dimension, means, threads, cancellationToken);
        }
        else
        {
            InSingle(points, [], labels, sizes, dimension, means, threads, cancellationToken);
        }

        return sizes;
    }

    /// <summary>Adds up points in single precision, in their order, as FAISS does.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="weights">The weights of the points (n), or empty.</param>
    /// <param name="labels">The clusters of the points (n).</param>
    /// <param name="sizes">The weights of the clusters (k), or their sizes without weights.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="means">Receives the means (k × d); a cluster without weight becomes zero.</param>
    /// <param name="threads">The maximum number of threads.</param>
    /// <param name="cancellationToken">The token that is checked before each part.</param>
    public static unsafe void InSingle(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int[] labels, double[] sizes, int dimension, float[] means, int threads, CancellationToken cancellationToken)
    {
        var parts = new SumParts(points.Length, dimension, sizes.Length, threads);
        Array.Clear(means);
        fixed (float* pinnedPoints = points, pinnedWeights = weights, pinnedMeans = means)
        {
            var (x, w, sums) = ((nint)pinnedPoints, (nint)pinnedWeights, (nint)pinnedMeans);
            ParallelBlocks.For(
                parts.Count,
                parts.Threads,
                part =>
                {
                    var (startComponent, endComponent, startCluster, endCluster) = parts[part];
                    fixed (int* label = labels)
                    {
                        PointSums.AddSingle((float*)x, (float*)w, label, 0, labels.Length, dimension, startComponent, endComponent, startCluster, endCluster, (float*)sums);
                    }

                    for (var cluster = startCluster; cluster < endCluster; cluster++)
                    {
                        Divide(means.AsSpan((cluster * dimension) + startComponent, endComponent - startComponent), (float)sizes[cluster]);
                    }
                },
                cancellationToken);
        }
    }

    /// <summary>Adds up the points of some clusters in double precision, in their order.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="weights">The weights of the points (n), or empty.</param>
    /// <param name="labels">The clusters of the points (n).</param>
    /// <param name="sizes">The weights of the clusters (k), or their sizes without weights.</param>
    /// <param name="selected">The clusters whose means are computed, or null for all.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="means">Receives the means of these clusters (k × d); a cluster without weight becomes zero.</param>
    /// <param name="threads">The maximum number of threads.</param>
    /// <param name="cancellationToken">The token that is checked before each part.</param>
    public static unsafe void InDouble(
        ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int[] labels, double[] sizes, int[]? selected, int dimension, float[] means, int threads, CancellationToken cancellationToken)
    {
        var rows = selected?.Length ?? sizes.Length;
        var parts = new SumParts(points.Length, dimension, rows, threads);
        var slots = selected is null ? null : SlotsOf(selected, sizes.Length);
        var sums = new double[rows * dimension];
        fixed (float* pinnedPoints = points, pinnedWeights = weights)
        {
            var (x, w) = ((nint)pinnedPoints, (nint)pinnedWeights);
            ParallelBlocks.For(
                parts.Count,
                parts.Threads,
                part =>
                {
                    var (startComponent, endComponent, startRow, endRow) = parts[part];
                    fixed (int* label = labels, slot = slots)
                    fixed (double* sum = sums)
                    {
                        PointSums.AddDouble((float*)x, (float*)w, label, slot, 0, labels.Length, dimension, startComponent, endComponent, startRow, endRow, sum);
                    }

                    for (var row = startRow; row < endRow; row++)
                    {
                        var cluster = selected is null ? row : selected[row];
                        Divide(sums, row * dimension, means, cluster * dimension, startComponent, endComponent, sizes[cluster]);
                    }
                },
                cancellationToken);
        }
    }

    /// <summary>Divides sums in single precision (k × d) by the sizes of the clusters (k).</summary>
    public static void Divide(float[] sums, double[] sizes, int dimension)
    {
        for (var cluster = 0; cluster < sizes.Length; cluster++)
        {
            Divide(sums.AsSpan(cluster * dimension, dimension), (float)sizes[cluster]);
        }
    }

    /// <summary>Divides sums in double precision (k × d) by the sizes of the clusters (k).</summary>
    public static void Divide(double[] sums, double[] sizes, int dimension, float[] means)
    {
        for (var cluster = 0; cluster < sizes.Length; cluster++)
        {
            Divide(sums, cluster * dimension, means, cluster * dimension, 0, dimension, sizes[cluster]);
        }
    }

    /// <summary>Divides the sums of one cluster in double precision (k × d) by its size.</summary>
    public static void Divide(double[] sums, int cluster, double size, int dimension, float[] means) =>
        Divide(sums, cluster * dimension, means, cluster * dimension, 0, dimension, size);

    private static void Divide(double[] sums, int sum, float[] means, int mean, int startComponent, int endComponent, double size)
    {
        for (var j = startComponent; j < endComponent; j++)
        {
            means[mean + j] = size == 0 ? 0 : (float)(sums[sum + j] / size);
        }
    }

    // Multiplies by the reciprocal as FAISS does, unless the weight is so small that its reciprocal is infinite.
    private static void Divide(Span<float> components, float size)
    {
        if (size == 0)
        {
            return;
        }

        if (float.IsFinite(1 / size))
        {
            TensorPrimitives.Multiply(components, 1 / size, components);
        }
        else
        {
            TensorPrimitives.Divide(components, size, components);
        }
    }

    private static int[] SlotsOf(int[] selected, int clusters)
    {
        var slots = new int[clusters];
        Array.Fill(slots, -1);
        for (var slot = 0; slot < selected.Length; slot++)
        {
            slots[selected[slot]] = slot;
        }

        return slots;
    }
}
