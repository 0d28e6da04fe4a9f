namespace FaissSdk;

/// <summary>Divides a limit of memory among centroids, chunks of the source and bounds.</summary>
internal static class SourceMemory
{
    // Centroids, panels, integers, sums in both precisions, means, and copies for the checkpoint and the best redo.
    private const long BytesPerComponent = 40;
    private const long BytesPerCluster = 128;

    /// <summary>Returns the number of vectors of a chunk.</summary>
    /// <param name="source">The source.</param>
    /// <param name="clusters">The number of clusters, k.</param>
    /// <param name="limit">The limit, or null.</param>
    /// <param name="reserved">The number of bytes that a sample takes of it.</param>
    /// <exception cref="ArgumentException">The limit is too small.</exception>
    public static int RowsFor(VectorSequence source, int clusters, long? limit, long reserved)
    {
        var (least, most) = (SourceBuffers.MinRowsFor(source), SourceBuffers.RowsFor(source));
        if (limit is not { } bytes)
        {
            return most;
        }

        var needed = MinBytesOf(source, clusters);
        if (bytes < needed)
        {
            throw KMeansInput.Rejected($"{nameof(KMeansSourceOptions.MemoryLimit)} is {bytes} bytes; {clusters} clusters of {source.Dimension} dimensions need {needed} at least.", "sourceOptions");
        }

        // At most half of the rest, as bounds save more time than large chunks.
        var rows = least + (Math.Max(0, bytes - needed - reserved) / 2 / SourceBuffers.BytesOf(source.Dimension, 1));
        return (int)Math.Clamp(rows / SourcePass.GroupRows * SourcePass.GroupRows, least, most);
    }

    /// <summary>Returns the smallest limit that works.</summary>
    public static long MinBytesOf(VectorSequence source, int clusters) => Fixed(source.Dimension, clusters) + SourceBuffers.BytesOf(source.Dimension, SourceBuffers.MinRowsFor(source));

    /// <summary>Returns how many vectors, from the first on, can have labels and bounds.</summary>
    /// <param name="count">The number of vectors, n.</param>
    /// <param name="panels">The panels of centroids.</param>
    /// <param name="clusters">The number of clusters, k.</param>
    /// <param name="chunkRows">The number of vectors of a chunk.</param>
    /// <param name="limit">The limit, or null.</param>
    public static int BoundedRows(int count, CentroidPanels panels, int clusters, int chunkRows, long? limit)
    {
        var available = (limit - Fixed(panels.Dimension, clusters) - SourceBuffers.BytesOf(panels.Dimension, chunkRows)) ?? (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

        // A label and the bounds of a vector, which count twice: bounds that were dropped take memory until they are collected.
        var rows = available / (sizeof(int) + (2L * sizeof(float) * CentroidBounds.GroupsOf(panels)) + 1);
        return rows >= count ? count : (int)(rows / chunkRows * chunkRows);
    }

    private static long Fixed(int dimension, int clusters) => (BytesPerComponent * clusters * dimension) + (BytesPerCluster * clusters);
}
