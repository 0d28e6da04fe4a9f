using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that stores vectors as product codes, which hold the number of the nearest centroid for each part of a vector, and compares every query with all codes (FAISS: <c>IndexPQ</c>; factory string <c>PQ16</c>; Jégou, Douze and Schmid, 2011).</summary>
public sealed class IndexPQ : FaissIndex
{
    /// <summary>Initializes a new instance without vectors, which has to be trained.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="m">The number of parts of a vector that are coded separately, M; it divides d.</param>
    /// <param name="nBits">The number of bits of the code of a part, from 1 to 24.</param>
    /// <param name="metric">The metric.</param>
    /// <exception cref="ArgumentException"><paramref name="m"/> does not divide <paramref name="dimension"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> or <paramref name="m"/> is 0 or negative, <paramref name="nBits"/> is less than 1, greater than 24 or too large for the memory of the machine, or <paramref name="metric"/> is not L2 or inner product.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexPQ(int dimension, int m, int nBits = ProductCodes.DefaultBits, MetricType metric = MetricType.L2)
        : base(New(dimension, m, nBits, metric), ProductCodes.Describe(m, nBits))
    {
    }

    internal IndexPQ(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Gets the number of parts of a vector that are coded separately, M.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int M => (int)ReadSetting(IndexSetting.Subquantizers);

    /// <summary>Gets the number of bits of the code of a part.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int NBits => (int)ReadSetting(IndexSetting.CodeBits);

    /// <summary>Gets or sets a value indicating whether training orders the centroids so that codes of near vectors differ in few bits (FAISS: <c>do_polysemous_training</c>), which takes more than ten times as long and which only the parameter <c>ht</c> needs. It is <see langword="false"/> for a constructor, and <see langword="true"/> for the factory string <c>PQ16</c>.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool PolysemousTraining
    {
        get => ReadSetting(IndexSetting.PolysemousTraining) != 0;
        set => WriteSetting(IndexSetting.PolysemousTraining, value ? 1 : 0);
    }

    private static IndexHandle New(int dimension, int m, int nBits, MetricType metric)
    {
        ProductCodes.Check(dimension, m, nBits, nameof(m));
        if (metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, "Product quantizers compare by L2 or inner product.");
        }

        return IndexCreation.FromFactory(dimension, ProductCodes.Describe(m, nBits) + "np", metric);
    }
}
