using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Spreads vectors over several indexes, searches all of them and merges what they find.</summary>
public sealed unsafe class IndexShards : FaissIndex
{
    private static readonly OptionalFunction OwnIndicesFunction = new(nameof(FaissNative.faiss_IndexShards_own_indices));
    private static readonly OptionalFunction OwnFieldsFunction = new(nameof(FaissNative.faiss_IndexShards_own_fields));

    private readonly List<FaissIndex> _shards = [];

    /// <summary>Makes an index without a shard yet.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="threaded">Whether every shard works on a thread of its own.</param>
    /// <param name="successiveIds">Whether labels number the vectors of one shard after those of the one before; otherwise the shards keep the labels.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public IndexShards(int dimension, bool threaded = false, bool successiveIds = true)
        : base(New(dimension, threaded, successiveIds))
    {
    }

    /// <summary>The number of shards.</summary>
    public int ShardCount => _shards.Count;

    /// <summary>Whether labels number the vectors of one shard after those of the one before.</summary>
    /// <remarks>Setting it must run alone.</remarks>
    /// <exception cref="InvalidOperationException">It is set, and there are vectors already.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool SuccessiveIds
    {
        get
        {
            using var index = Handle.Acquire(this);
            return FaissNative.faiss_IndexShards_successive_ids(index.Pointer) != 0;
        }

        set
        {
            using var index = Handle.Acquire(this);
            if (FaissNative.faiss_Index_ntotal(index.Pointer) != 0)
            {
                throw new InvalidOperationException("Vectors have their labels already.");
            }

            FaissNative.faiss_IndexShards_set_successive_ids(index.Pointer, value ? 1 : 0);
        }
    }

    /// <summary>Whether the shards are freed with this index, to which they were given away then (FAISS: <c>own_indices</c>, before 1.14.2 <c>own_fields</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool OwnsShards
    {
        get
        {
            using var index = Handle.Acquire(this);
            return (OwnIndicesFunction.IsPresent ? FaissNative.faiss_IndexShards_own_indices(index.Pointer) : OwnFields(index.Pointer)) != 0;
        }
    }

    /// <summary>A shard.</summary>
    /// <param name="shard">Its number, from 0 to <see cref="ShardCount"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such shard.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex this[int shard]
    {
        get
        {
            using var index = Handle.Acquire(this);
            ArgumentOutOfRangeException.ThrowIfNegative(shard);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, _shards.Count);
            var native = FaissNative.faiss_IndexShards_at(index.Pointer, shard);
            return _shards[shard] is { Handle.IsDisposed: false } given ? given : View(native);
        }
    }

    /// <summary>Adds a shard.</summary>
    /// <remarks>Must run alone.</remarks>
    /// <param name="shard">The index; it is kept alive, and changed through this one from now on.</param>
    /// <exception cref="ArgumentException"><paramref name="shard"/> is this index or a shard already, or differs from the others in dimension, metric or training.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one, or of a shard that is to be given away.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public void AddShard(FaissIndex shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        using var index = Handle.Acquire(this);
        using var added = shard.Handle.Acquire(shard);
        CheckNotHeld();
        IndexParts.CheckNew(this, _shards, shard, added.Pointer, nameof(shard));
        if (shard.Metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentException($"shard compares by {shard.Metric}; FAISS merges what shards find by L2 or inner product.", nameof(shard));
        }

        Status.ThrowIfFailed(FaissNative.faiss_IndexShards_add_shard(index.Pointer, added.Pointer));
        Handle.Borrow(shard.Handle);
        _shards.Add(shard);
        Refresh(index.Pointer);
    }

    /// <summary>Removes a shard with its vectors.</summary>
    /// <remarks>Must run alone.</remarks>
    /// <param name="shard">A shard; it is free again.</param>
    /// <exception cref="ArgumentException"><paramref name="shard"/> is no shard.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one, or the shards were given away.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void RemoveShard(FaissIndex shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        using var index = Handle.Acquire(this);
        CheckNotHeld();
        var number = _shards.IndexOf(shard);
        if (number < 0)
        {
            throw new ArgumentException("shard is no shard of this index.", nameof(shard));
        }

        if (OwnsShards)
        {
            throw new InvalidOperationException("The shards were given away to this index.");
        }

        Status.ThrowIfFailed(FaissNative.faiss_IndexShards_remove_shard(index.Pointer, FaissNative.faiss_IndexShards_at(index.Pointer, number)));
        _shards.RemoveAt(number);
        Handle.Return(shard.Handle);
    }

    /// <summary>Gives the shards away to the native index, which frees them: their objects are disposed, and <see cref="this[int]"/> gives views.</summary>
    /// <remarks>Must run alone. No shard can be added or removed afterwards.</remarks>
    /// <exception cref="InvalidOperationException">Another index is made of a shard.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void TakeOwnership()
    {
        using var index = Handle.Acquire(this);
        IndexParts.GiveAway(Handle, _shards);
        if (OwnIndicesFunction.IsPresent)
        {
            FaissNative.faiss_IndexShards_set_own_indices(index.Pointer, 1);
        }
        else
        {
            OwnFieldsFunction.Require();
            FaissNative.faiss_IndexShards_set_own_fields(index.Pointer, 1);
        }
    }

    private protected override void CheckParameters(SearchParameters parameters)
    {
        if (parameters.Selector is IDSelectorRange)
        {
            throw new NotSupportedException("FAISS reads beyond the vectors of a shard by a range of labels; select by another selector, such as the range and itself (IDSelectorAnd).");
        }
    }

    // FAISS forgets in Reset that its shards are trained, and looks at them again when there is another.
    private protected override void Mend(Interop.FaissIndex* index)
    {
        if (_shards.Count > 0 && !OwnsShards)
        {
            var last = FaissNative.faiss_IndexShards_at(index, _shards.Count - 1);
            Status.ThrowIfFailed(FaissNative.faiss_IndexShards_remove_shard(index, last));
            Status.ThrowIfFailed(FaissNative.faiss_IndexShards_add_shard(index, last));
        }
    }

    private protected override void CheckTrained(Interop.FaissIndex* index) => IndexParts.CheckTrained(this, _shards);

    private protected override void CheckSearchable(Interop.FaissIndex* index)
    {
        base.CheckSearchable(index);
        IndexParts.CheckNoneIsEmpty(_shards, FaissNative.faiss_Index_ntotal(index));
    }

    private static int OwnFields(Interop.FaissIndex* index)
    {
        OwnFieldsFunction.Require();
        return FaissNative.faiss_IndexShards_own_fields(index);
    }

    private static IndexHandle New(int dimension, bool threaded, bool successiveIds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        Interop.FaissIndex* created = null;
        Status.ThrowIfFailed(!threaded && successiveIds
            ? FaissNative.faiss_IndexShards_new(&created, dimension)
            : FaissNative.faiss_IndexShards_new_with_options(&created, dimension, threaded ? 1 : 0, successiveIds ? 1 : 0));
        return new IndexHandle(created, &FaissNative.faiss_IndexShards_free);
    }
}
