using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Gives the vectors of another index labels of the caller's.</summary>
public unsafe class IndexIDMap : FaissIndex
{
    private readonly FaissIndex? _index;

    /// <summary>Makes an index of another one.</summary>
    /// <param name="index">The index that holds the vectors, without any; it is kept alive, and changed through this one from now on.</param>
    /// <param name="takeOwnership">Whether <paramref name="index"/> is given away: it is disposed then, and freed with this one.</param>
    /// <exception cref="ArgumentException"><paramref name="index"/> holds vectors.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="index"/> is to be given away, and another index is made of it.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="index"/> is disposed.</exception>
    public IndexIDMap(FaissIndex index, bool takeOwnership = false)
        : this(New(index, &Create), index, takeOwnership, &FaissNative.faiss_IndexIDMap_set_own_fields)
    {
    }

    internal IndexIDMap(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    private protected IndexIDMap(IndexHandle handle, FaissIndex index, bool takeOwnership, delegate*<Interop.FaissIndex*, int, void> setOwnFields)
        : base(handle)
    {
        _index = takeOwnership ? null : index;
        Hold(index, takeOwnership, setOwnFields);
    }

    /// <summary>The index that holds the vectors; it is disposed with this one unless it was made apart.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex Index
    {
        get
        {
            using var index = Handle.Acquire(this);
            return _index is { Handle.IsDisposed: false } given ? given : View(SubIndexCore(index.Pointer));
        }
    }

    /// <summary>Whether that index is freed with this one.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool OwnsFields
    {
        get
        {
            using var index = Handle.Acquire(this);
            return OwnFieldsCore(index.Pointer) != 0;
        }
    }

    /// <summary>A copy of the labels, by position.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long[] CopyIds()
    {
        using var index = Handle.Acquire(this);
        return IdsCore(index.Pointer).ToArray();
    }

    /// <summary>Lets <paramref name="create"/> make a map of an empty index.</summary>
    private protected static IndexHandle New(FaissIndex index, delegate*<Interop.FaissIndex*, Interop.FaissIndex*> create)
    {
        ArgumentNullException.ThrowIfNull(index);
        using var inner = index.Handle.Acquire(index);
        return index.Count == 0
            ? new IndexHandle(create(inner.Pointer), &FaissNative.faiss_Index_free)
            : throw new ArgumentException($"index holds {index.Count} vectors; it must be empty.", nameof(index));
    }

    private protected virtual Interop.FaissIndex* SubIndexCore(Interop.FaissIndex* index) => FaissNative.faiss_IndexIDMap_sub_index(index);

    private protected virtual int OwnFieldsCore(Interop.FaissIndex* index) => FaissNative.faiss_IndexIDMap_own_fields(index);

    private protected virtual ReadOnlySpan<long> IdsCore(Interop.FaissIndex* index)
    {
        long* ids;
        nuint size;
        FaissNative.faiss_IndexIDMap_id_map(index, &ids, &size);
        return new ReadOnlySpan<long>(ids, checked((int)size));
    }

    private static Interop.FaissIndex* Create(Interop.FaissIndex* inner)
    {
        Interop.FaissIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexIDMap_new(&created, inner));
        return created;
    }
}
