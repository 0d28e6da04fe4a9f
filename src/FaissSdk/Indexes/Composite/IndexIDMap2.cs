using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>As <see cref="IndexIDMap"/>, and finds a vector by its label, which <see cref="FaissIndex.Reconstruct(long)"/> needs.</summary>
public sealed unsafe class IndexIDMap2 : IndexIDMap
{
    /// <summary>Makes an index of another one.</summary>
    /// <param name="index">The index that holds the vectors, without any; it is kept alive, and changed through this one from now on.</param>
    /// <param name="takeOwnership">Whether <paramref name="index"/> is given away: it is disposed then, and freed with this one.</param>
    /// <exception cref="ArgumentException"><paramref name="index"/> holds vectors.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="index"/> is to be given away, and another index is made of it.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="index"/> is disposed.</exception>
    public IndexIDMap2(FaissIndex index, bool takeOwnership = false)
        : base(New(index, &Create), index, takeOwnership, &FaissNative.faiss_IndexIDMap2_set_own_fields)
    {
    }

    internal IndexIDMap2(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Builds the table from labels to vectors anew.</summary>
    /// <remarks>Must run alone.</remarks>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void ConstructReverseMap()
    {
        using var index = Handle.Acquire(this);
        Mend(index.Pointer);
    }

    // FAISS keeps the table when it empties the index.
    private protected override void Mend(Interop.FaissIndex* index) => Status.ThrowIfFailed(FaissNative.faiss_IndexIDMap2_construct_rev_map(index));

    private protected override Interop.FaissIndex* SubIndexCore(Interop.FaissIndex* index) => FaissNative.faiss_IndexIDMap2_sub_index(index);

    private protected override int OwnFieldsCore(Interop.FaissIndex* index) => FaissNative.faiss_IndexIDMap2_own_fields(index);

    private protected override ReadOnlySpan<long> IdsCore(Interop.FaissIndex* index)
    {
        long* ids;
        nuint size;
        FaissNative.faiss_IndexIDMap2_id_map(index, &ids, &size);
        return new ReadOnlySpan<long>(ids, checked((int)size));
    }

    private static Interop.FaissIndex* Create(Interop.FaissIndex* inner)
    {
        Interop.FaissIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexIDMap2_new(&created, inner));
        return created;
    }
}
