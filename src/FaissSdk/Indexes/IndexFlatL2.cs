using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an exact index by squared Euclidean distance (FAISS: <c>IndexFlatL2</c>).</summary>
public sealed unsafe class IndexFlatL2 : IndexFlat
{
    /// <summary>Initializes a new instance without vectors.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexFlatL2(int dimension)
        : this(New(dimension))
    {
    }

    internal IndexFlatL2(IndexHandle handle)
        : base(handle)
    {
    }

    private static IndexHandle New(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexFlatL2_new_with(&created, dimension));
        return new IndexHandle(created, &FaissNative.faiss_IndexFlatL2_free);
    }
}
