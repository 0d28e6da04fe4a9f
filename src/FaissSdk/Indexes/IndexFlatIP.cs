using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an exact index by inner product (FAISS: <c>IndexFlatIP</c>).</summary>
public sealed unsafe class IndexFlatIP : IndexFlat
{
    /// <summary>Initializes a new instance without vectors.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexFlatIP(int dimension)
        : this(New(dimension))
    {
    }

    internal IndexFlatIP(IndexHandle handle)
        : base(handle)
    {
    }

    private static IndexHandle New(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexFlatIP_new_with(&created, dimension));
        return new IndexHandle(created, &FaissNative.faiss_IndexFlatIP_free);
    }
}
