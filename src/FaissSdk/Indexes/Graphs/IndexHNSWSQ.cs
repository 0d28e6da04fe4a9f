using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an HNSW graph of vectors of which each component is stored in few bits (FAISS: <c>IndexHNSWSQ</c>; factory string <c>HNSW32,SQ8</c>).</summary>
public sealed class IndexHNSWSQ : IndexHNSW
{
    /// <summary>Initializes a new instance without vectors, which has to be trained unless the type needs no training.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="type">The type, which determines how a component is stored; FAISS has no graphs of the uniform types, TurboQuant or EDEN.</param>
    /// <param name="m">The number of links of a vector in each level, from 2 to 4,096.</param>
    /// <param name="metric">The metric.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, <paramref name="type"/> is not a member of <see cref="ScalarQuantizerType"/> or has no graph, <paramref name="m"/> is less than 2 or greater than 4,096, or <paramref name="metric"/> is not L2 or inner product.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS does not support <paramref name="type"/>.</exception>
    /// <exception cref="FaissException">The type does not support the dimension.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexHNSWSQ(int dimension, ScalarQuantizerType type, int m = DefaultLinks, MetricType metric = MetricType.L2)
        : base(New(dimension, type, m, metric), Describe(m, FactoryName.OfScalars(type) ?? ""))
    {
    }

    internal IndexHNSWSQ(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    private static IndexHandle New(int dimension, ScalarQuantizerType type, int m, MetricType metric)
    {
        ScalarQuantizer.CheckType(type, nameof(type));
        if (type is ScalarQuantizerType.ZeroBit or >= ScalarQuantizerType.TurboQuant2Bit || FactoryName.OfScalars(type) is not { } storage)
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, "FAISS creates no HNSW graph of this type; use EightBit, FourBit, SixBit or Float16.");
        }

        if (metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, "Scalar quantizers compare by L2 or inner product.");
        }

        return New(dimension, m, storage, metric);
    }
}
