namespace FaissSdk.Cli;

/// <summary>Assigns points to clusters in blocks, between which it can be canceled: all points may be many times as many as a training uses.</summary>
internal static class PointAssignment
{
    // FAISS computes this many queries at a time, so that blocks of a multiple of it have the bits of a single call.
    private const int Multiple = 4096;
    private const int MaxMultiples = 16;

    // The multiply-adds of a fraction of a second.
    private const long WorkPerBlock = 1L << 33;

    /// <summary>Returns the cluster of each point (n).</summary>
    /// <exception cref="ArgumentException">A component is too large.</exception>
    /// <exception cref="OperationCanceledException">The assignment was canceled.</exception>
    public static long[] Assign(KMeansResult result, VectorSet points, CancellationToken cancellationToken)
    {
        var labels = new long[points.Count];
        Assign(result, points, labels, [], cancellationToken);
        return labels;
    }

    /// <summary>Finds the cluster of each point (n), and the squared distance to its centroid (n) unless that array is empty.</summary>
    /// <exception cref="ArgumentException">A component is too large.</exception>
    /// <exception cref="OperationCanceledException">The assignment was canceled.</exception>
    public static void Assign(KMeansResult result, VectorSet points, long[] labels, float[] distances, CancellationToken cancellationToken)
    {
        if (result.Mean is null)
        {
            // Names a point by its number among all, not in its block.
            VectorValues.CheckMagnitude(points.Values, points.Dimension, 1, nameof(points));
        }

        foreach (var (start, end) in Blocks(points.Count, points.Dimension, result.Clusters, cancellationToken))
        {
            result.Assign(Rows(points, start, end), labels.AsSpan(start..end), distances.Length == 0 ? default : distances.AsSpan(start..end));
        }
    }

    /// <summary>Returns the first point of each block, and the one after its last.</summary>
    /// <exception cref="OperationCanceledException">The work was canceled.</exception>
    public static IEnumerable<(int Start, int End)> Blocks(int count, int dimension, int clusters, CancellationToken cancellationToken)
    {
        var rows = (int)Math.Clamp(WorkPerBlock / ((long)dimension * clusters) / Multiple, 1, MaxMultiples) * Multiple;
        for (var start = 0; start < count;)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // FAISS computes few queries in another way: the last block takes those that are left.
            var end = count - start < 2L * rows ? count : start + rows;
            yield return (start, end);
            start = end;
        }
    }

    /// <summary>Returns the components of some points.</summary>
    public static ReadOnlySpan<float> Rows(VectorSet points, int start, int end) => points.Values.AsSpan(start * points.Dimension, (end - start) * points.Dimension);
}
