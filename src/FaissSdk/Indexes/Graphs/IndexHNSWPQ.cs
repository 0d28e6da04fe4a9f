using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an HNSW graph of vectors that are stored as product codes, by L2 (FAISS: <c>IndexHNSWPQ</c>; factory string <c>HNSW32,PQ16</c>).</summary>
public sealed class IndexHNSWPQ : IndexHNSW
{
    /// <summary>Initializes a new instance without vectors, which has to be trained.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="subquantizers">The number of parts of a vector that are coded separately; it divides d.</param>
    /// <param name="m">The number of links of a vector in each level, from 2 to 4,096.</param>
    /// <param name="nBits">The number of bits of the code of a part, from 1 to 24; FAISS before 1.8.0 has 8 only.</param>
    /// <exception cref="ArgumentException"><paramref name="subquantizers"/> does not divide <paramref name="dimension"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/>, <paramref name="subquantizers"/>, <paramref name="m"/> or <paramref name="nBits"/> is too small or too large.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.8.0, and <paramref name="nBits"/> is not 8.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexHNSWPQ(int dimension, int subquantizers, int m = DefaultLinks, int nBits = ProductCodes.DefaultBits)
        : base(New(dimension, m, Codes(dimension, subquantizers, nBits), MetricType.L2), Describe(m, Codes(dimension, subquantizers, nBits)))
    {
    }

    internal IndexHNSWPQ(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    private static string Codes(int dimension, int subquantizers, int nBits)
    {
        ProductCodes.Check(dimension, subquantizers, nBits, nameof(subquantizers));
        return ProductCodes.Describe(subquantizers, nBits);
    }
}
