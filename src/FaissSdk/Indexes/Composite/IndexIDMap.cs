using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that adds ids chosen by the caller to another index (FAISS: <c>IndexIDMap</c>).</summary>
public unsafe class IndexIDMap : FaissIndex
{
    private readonly FaissIndex? _index;

    /// <summary>Initializes a new instance around another index.</summary>
    /// <param name="index">The index of the vectors, which must be empty. It is kept alive, and changed through this one from now on.</param>
    /// <param name="takeOwnership"><see langword="true"/> to transfer <paramref name="index"/> to this index, which frees it; the object is disposed.</param>
    /// <exception cref="ArgumentException"><paramref name="index"/> holds vectors.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="index"/> is to be transferred, and another index is made of it.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="index"/> is disposed.</exception>
    public IndexIDMap(FaissIndex index, bool takeOwnership = false)
        : this(New(index, &FaissNative.faiss_IndexIDMap_new), index, takeOwnership)
    {
    }

    internal IndexIDMap(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    private protected IndexIDMap(IndexHandle handle, FaissIndex index, bool takeOwnership)
        : base(handle)
    {
        _index = takeOwnership ? null : index;
        Hold(index, takeOwnership, &FaissNative.faiss_IndexIDMap_set_own_fields);
    }

    /// <summary>Gets the index of the vectors. It is disposed with this one, unless the caller created it and still owns it.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex Index
    {
        get
        {
            using var index = Handle.Acquire(this);
            return _index is { Handle.IsDisposed: false } given ? given : View(FaissNative.faiss_IndexIDMap_sub_index(index.Pointer));
        }
    }

    /// <summary>Gets a value indicating whether the index of the vectors is freed with this one (FAISS: <c>own_fields</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool OwnsParts
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexIDMap_own_fields(index.Pointer) != 0;
        }
    }

    /// <summary>Returns a copy of the ids, by position.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long[] CopyIds()
    {
        using var index = Handle.Acquire(this);
        long* ids;
        nuint size;
        FaissNative.faiss_IndexIDMap_id_map(index.Pointer, &ids, &size);
        return new ReadOnlySpan<long>(ids, checked((int)size)).ToArray();
    }

    /// <summary>Creates the native map of an empty index.</summary>
    private protected static IndexHandle New(FaissIndex index, delegate*<NativeIndex**, NativeIndex*, int> create)
    {
        ArgumentNullException.ThrowIfNull(index);
        CheckCanBecomePart(index);
        using var inner = index.Handle.Acquire(index, Composition);
        if (index.Count != 0)
        {
            throw new ArgumentException($"index holds {index.Count} vectors; it must be empty.", nameof(index));
        }

        NativeIndex* created = null;
        Status.ThrowIfFailed(create(&created, inner.Pointer));
        return new IndexHandle(created, &FaissNative.faiss_Index_free);
    }
}
