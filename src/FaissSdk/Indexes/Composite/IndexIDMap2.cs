using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that adds ids chosen by the caller to another index, and finds vectors by id, which <see cref="FaissIndex.Reconstruct(long)"/> needs (FAISS: <c>IndexIDMap2</c>).</summary>
public sealed unsafe class IndexIDMap2 : IndexIDMap
{
    /// <summary>Initializes a new instance around another index.</summary>
    /// <param name="index">The index of the vectors, which must be empty. It is kept alive, and changed through this one from now on.</param>
    /// <param name="takeOwnership"><see langword="true"/> to transfer <paramref name="index"/> to this index, which frees it; the object is disposed.</param>
    /// <exception cref="ArgumentException"><paramref name="index"/> holds vectors.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="index"/> is to be transferred, and another index is made of it.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="index"/> is disposed.</exception>
    public IndexIDMap2(FaissIndex index, bool takeOwnership = false)
        : base(New(index, &FaissNative.faiss_IndexIDMap2_new), index, takeOwnership)
    {
    }

    internal IndexIDMap2(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Rebuilds the table from ids to positions.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <exception cref="InvalidOperationException">Another index is made of this one.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void ConstructReverseMap()
    {
        using var index = Handle.AcquireToChange(this);
        Status.ThrowIfFailed(FaissNative.faiss_IndexIDMap2_construct_rev_map(index.Pointer));
    }
}
