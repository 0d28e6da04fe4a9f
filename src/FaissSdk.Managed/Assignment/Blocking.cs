namespace FaissSdk;

/// <summary>Computes the numbers of points that are processed at a time.</summary>
internal static class Blocking
{
    /// <summary>Centroids of fewer bytes stay in the first-level cache while each tile passes over all of them.</summary>
    private const int MaxCachedCentroidBytes = 16 * 1024;

    /// <summary>Points of more bytes would evict the centroids from the second-level cache.</summary>
    private const int MaxStepBytes = 192 * 1024;

    private const int MaxTiles = 8;

    /// <summary>Returns the number of points that pass over one panel before the next: enough to amortize fetching the panel, few enough to stay in a cache themselves.</summary>
    public static int RowsPerPanel(CentroidPanels centroids)
    {
        var isCached = (long)centroids.Count * centroids.Width * centroids.Dimension * sizeof(float) <= MaxCachedCentroidBytes;
        return isCached ? ITile.Rows : RowsPerStep(centroids.Dimension);
    }

    /// <summary>Returns the number of blocks; the sum of a count and a size may be beyond 2³¹ − 1.</summary>
    public static int BlocksOf(int count, int rows) => (int)(((long)count + rows - 1) / rows);

    /// <summary>Returns where the block after the one from <paramref name="start"/> begins, at most <paramref name="end"/>: the sum of a start and a step may be beyond 2³¹ − 1.</summary>
    public static int Next(int start, int step, int end) => start + Math.Min(step, end - start);

    /// <summary>Returns <see cref="RowsPerPanel"/> for centroids that exceed the first-level cache: a multiple of two tiles.</summary>
    public static int RowsPerStep(int dimension) => Math.Clamp(MaxStepBytes / sizeof(float) / dimension / (2 * ITile.Rows), 1, MaxTiles / 2) * 2 * ITile.Rows;
}
