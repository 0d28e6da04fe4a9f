using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that stores each component of a vector, less the mean of all, in one or a few bits, and compares every query with all codes (FAISS: <c>IndexRaBitQ</c>; factory string <c>RaBitQ</c>; Gao and Long, 2024). Rotate the vectors first, as in <c>RR64,RaBitQ</c>.</summary>
public sealed class IndexRaBitQ : FaissIndex
{
    /// <summary>Initializes a new instance without vectors, which has to be trained.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="nBits">The number of bits of a component, from 1 to 9; more than 1 needs FAISS 1.13.1.</param>
    /// <param name="metric">The metric.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, <paramref name="nBits"/> is less than 1 or greater than 9, or <paramref name="metric"/> is not L2 or inner product.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.11.0, or older than 1.13.1 and <paramref name="nBits"/> is not 1.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexRaBitQ(int dimension, int nBits = 1, MetricType metric = MetricType.L2)
        : base(New(dimension, nBits, metric), RaBitCodes.Describe(nBits))
    {
    }

    internal IndexRaBitQ(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Gets the number of bits of a component.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int NBits => (int)ReadSetting(IndexSetting.CodeBits);

    /// <summary>Gets or sets the number of bits of a component of a query, from 1 to 8, or 0 to compare queries as they are (FAISS: <c>qb</c>; 4 by default). It may be set at any time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or greater than 8.</exception>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int QueryBits
    {
        get => (int)ReadSetting(IndexSetting.QueryBits);
        set
        {
            RaBitCodes.CheckQueryBits(value);
            WriteSetting(IndexSetting.QueryBits, value);
        }
    }

    private static IndexHandle New(int dimension, int nBits, MetricType metric)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        RaBitCodes.Check(nBits, metric);
        return IndexCreation.FromFactory(dimension, RaBitCodes.Describe(nBits), metric);
    }
}
