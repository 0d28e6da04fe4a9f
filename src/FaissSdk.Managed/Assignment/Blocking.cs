namespace FaissSdk;

/// <summary>How many points are worked on at a time.</summary>
internal static class Blocking
{
    /// <summary>Centroids of fewer bytes stay in the first-level cache while tile after tile passes over all of them.</summary>
    private const int FewBytes = 16 * 1024;

    /// <summary>Points of more bytes would drive the centroids out of the second-level cache.</summary>
    private const int BytesOfRows = 192 * 1024;

    private const int MostTiles = 8;

    /// <summary>Points are fetched ahead for the next step of the same block; what follows its last may be another thread's.</summary>
    private const int StepsOfBlock = 4;

    /// <summary>About 50 µs of work, if that is several steps.</summary>
    private const long WorkOfBlock = 2_500_000;

    /// <summary>The points that pass over one panel before the next: enough to pay for fetching it, few enough to stay in a cache themselves.</summary>
    public static int RowsAtOnce(CentroidPanels centroids)
    {
        var few = (long)centroids.Count * centroids.Width * centroids.Dimension * sizeof(float) <= FewBytes;
        return few ? ITile.Rows : RowsOverPanel(centroids.Dimension);
    }

    /// <summary>The points that a thread takes at a time.</summary>
    public static int RowsOfBlock(int count, CentroidPanels centroids, int threads)
    {
        var worthwhile = WorkOfBlock / ((long)centroids.Count * centroids.Width * centroids.Dimension);
        var fair = count / (4L * threads);
        var step = RowsOverPanel(centroids.Dimension);
        return (int)(Math.Max(Math.Min(Math.Max(worthwhile, StepsOfBlock * step), fair), step) / step * step);
    }

    /// <summary>The same where the centroids are many: pairs of tiles.</summary>
    public static int RowsOverPanel(int dimension) => Math.Clamp(BytesOfRows / sizeof(float) / dimension / (2 * ITile.Rows), 1, MostTiles / 2) * 2 * ITile.Rows;
}
