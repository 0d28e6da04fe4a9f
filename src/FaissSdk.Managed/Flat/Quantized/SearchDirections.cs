namespace FaissSdk;

/// <summary>Finds directions and clusters of the vectors of a <see cref="VectorStore"/>, once so many queries were compared that these pay off.</summary>
/// <remarks>
/// With the coordinates u and v of x and c in the directions, and the residuals r and s, x·c ≤ u·v + |r||s| + η|x||c| (see <see cref="Projection"/>), so that
/// coordinates and |s| take the place of all components. To find them and to project all vectors takes as long as about a thousand queries save.
/// </remarks>
internal sealed unsafe class SearchDirections
{
    private const int MinDimension = 96;
    private const int MinRows = 8 * VectorChunk.MaxRows;
    private const long MinQueries = 1024;
    private const long MinComparisons = 1 << 25;
    private const int SampleSize = 2048 / Projection.Rows * Projection.Rows;
    private const int RowsPerCluster = 128;
    private const int MaxClusters = 256;
    private const int Iterations = 8;

    private readonly Lock _finding = new();
    private long _queries;
    private int _rows;

    /// <summary>Gets the directions and clusters, or null if there are none that pay off, or not yet.</summary>
    public SearchSketches? Current { get; private set; }

    /// <summary>Sets the directions and clusters, for tests.</summary>
    public void Use(SearchSketches? sketches) => (Current, _rows) = (sketches, int.MaxValue);

    /// <summary>Counts the queries of a search, and finds the directions if they pay off from now on.</summary>
    public void Count(VectorStore store, int queries)
    {
        if (store.Dimension < MinDimension || store.Count < Math.Max(MinRows, 2L * Volatile.Read(ref _rows)))
        {
            return;
        }

        var counted = Interlocked.Add(ref _queries, queries);
        if (counted < MinQueries || counted * store.Count < MinComparisons || !_finding.TryEnter())
        {
            return;
        }

        try
        {
            // Another search may have found them since. Twice as many vectors may vary otherwise.
            if (store.Count >= 2L * _rows)
            {
                Current = Find(store);
                Volatile.Write(ref _rows, store.Count);
                _queries = 0;
            }
        }
        finally
        {
            _finding.Exit();
        }
    }

    private static SearchSketches? Find(VectorStore store)
    {
        var rows = Math.Min(SampleSize, store.Count / Projection.Rows * Projection.Rows);
        var sample = new AlignedBuffer<float>(Math.Max(1, (long)rows * store.Dimension));
        for (var i = 0; i < rows; i++)
        {
            store.Decode((int)((long)i * store.Count / rows), 1, sample.Span.Slice(i * store.Dimension, store.Dimension));
        }

        return PrincipalDirections.FindForSearch(sample, rows, store.Dimension) is { } directions
            ? Cluster(directions, sample, rows, Math.Clamp(store.Count / RowsPerCluster, 1, MaxClusters))
            : null;
    }


    /// <summary>Clusters the sketches of a sample.</summary>
    public static SearchSketches Cluster(Projection directions, AlignedBuffer<float> sample, int rows, int clusters)
    {
        var options = new KMeansOptions { MaxIterations = Iterations, MinPointsPerCentroid = 1, MaxDegreeOfParallelism = 1 };
        return new SearchSketches(directions, ManagedKMeans.Train(SearchSketches.Of(directions, sample.Pointer, rows), directions.Directions + 1, clusters, options));
    }
}
