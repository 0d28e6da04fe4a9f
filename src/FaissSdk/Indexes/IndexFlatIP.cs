using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Exact search by inner product.</summary>
public sealed unsafe class IndexFlatIP : IndexFlat
{
    /// <summary>Makes an empty index.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
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
        Interop.FaissIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexFlatIP_new_with(&created, dimension));
        return new IndexHandle(created, &FaissNative.faiss_IndexFlatIP_free);
    }
}
