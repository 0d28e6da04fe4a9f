using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a binary index that compares every query with all vectors: exact search (FAISS: <c>IndexBinaryFlat</c>; factory string <c>BFlat</c>).</summary>
public sealed unsafe class IndexBinaryFlat : IndexBinary
{
    /// <summary>Initializes a new instance without vectors.</summary>
    /// <param name="dimension">The number of bits of a vector, d, a multiple of 8.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is not a positive multiple of 8.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.9.0.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexBinaryFlat(int dimension)
        : this(IndexFactory.Own(New(dimension, "BFlat")))
    {
    }

    internal IndexBinaryFlat(BinaryIndexHandle handle)
        : base(handle)
    {
    }
}
