namespace FaissSdk;

/// <summary>Represents an HNSW graph of vectors that are stored unchanged (FAISS: <c>IndexHNSWFlat</c>; factory string <c>HNSW32,Flat</c>).</summary>
public sealed class IndexHNSWFlat : IndexHNSW
{
    /// <summary>Initializes a new instance without vectors.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="m">The number of links of a vector in each level, from 2 to 4,096.</param>
    /// <param name="metric">The metric.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, <paramref name="m"/> is less than 2 or greater than 4,096, or <paramref name="metric"/> is not a metric or is <see cref="MetricType.Lp"/>.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version does not have <paramref name="metric"/>.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexHNSWFlat(int dimension, int m = DefaultLinks, MetricType metric = MetricType.L2)
        : base(New(dimension, m, "Flat", metric), Describe(m, "Flat"))
    {
    }

    internal IndexHNSWFlat(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }
}
