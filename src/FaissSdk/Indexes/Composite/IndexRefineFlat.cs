using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that searches another one for more than k candidates, and keeps the k nearest by exact distances (FAISS: <c>IndexRefineFlat</c>; factory string <c>PQ16,RFlat</c>).</summary>
public sealed unsafe class IndexRefineFlat : IndexRefine
{
    /// <summary>Initializes a new instance that refines the results of <paramref name="baseIndex"/>.</summary>
    /// <param name="baseIndex">The index that is searched first, which must be empty. It is kept alive, and changed through this one from now on.</param>
    /// <param name="takeOwnership"><see langword="true"/> to transfer <paramref name="baseIndex"/> to this index, which frees it; the object is disposed.</param>
    /// <exception cref="ArgumentException"><paramref name="baseIndex"/> holds vectors, contains an ID map, or compares otherwise than by L2 or inner product.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="baseIndex"/> is disposed.</exception>
    public IndexRefineFlat(FaissIndex baseIndex, bool takeOwnership = false)
        : base(New(baseIndex), baseIndex, takeOwnership)
    {
    }

    internal IndexRefineFlat(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    private static IndexHandle New(FaissIndex baseIndex)
    {
        ArgumentNullException.ThrowIfNull(baseIndex);
        CheckCanBecomePart(baseIndex);
        using var index = baseIndex.Handle.Acquire(baseIndex, Composition);
        CheckBase(baseIndex, index.Pointer);
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexRefineFlat_new(&created, index.Pointer));
        return new IndexHandle(created, &FaissNative.faiss_IndexRefineFlat_free);
    }
}
