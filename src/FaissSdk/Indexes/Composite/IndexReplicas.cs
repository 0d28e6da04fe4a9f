using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Keeps the same vectors in several indexes and spreads queries over them.</summary>
public sealed unsafe class IndexReplicas : FaissIndex
{
    private static readonly OptionalFunction OwnFieldsFunction = new(nameof(FaissNative.faiss_IndexReplicas_own_fields));

    private readonly List<FaissIndex> _replicas = [];

    /// <summary>Makes an index without a replica yet.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="threaded">Whether every replica works on a thread of its own.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public IndexReplicas(int dimension, bool threaded = true)
        : base(New(dimension, threaded))
    {
    }

    /// <summary>The number of replicas.</summary>
    public int ReplicaCount => _replicas.Count;

    /// <summary>Whether the replicas are freed with this index, to which they were given away then.</summary>
    /// <exception cref="NotSupportedException">The loaded FAISS does not tell (1.14.2 or later).</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool OwnsReplicas
    {
        get
        {
            OwnFieldsFunction.Require();
            using var index = Handle.Acquire(this);
            return FaissNative.faiss_IndexReplicas_own_fields(index.Pointer) != 0;
        }
    }

    /// <summary>A replica.</summary>
    /// <param name="replica">Its number, from 0 to <see cref="ReplicaCount"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such replica.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex this[int replica]
    {
        get
        {
            using var index = Handle.Acquire(this);
            ArgumentOutOfRangeException.ThrowIfNegative(replica);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(replica, _replicas.Count);
            var native = FaissNative.faiss_IndexReplicas_at(index.Pointer, replica);
            return _replicas[replica] is { Handle.IsDisposed: false } given ? given : View(native);
        }
    }

    /// <summary>Adds a replica.</summary>
    /// <remarks>Must run alone.</remarks>
    /// <param name="replica">The index, with as many vectors as the others; it is kept alive, and changed through this one from now on.</param>
    /// <exception cref="ArgumentException"><paramref name="replica"/> is this index or a replica already, or differs from the others in dimension, metric, training or count.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public void AddReplica(FaissIndex replica)
    {
        ArgumentNullException.ThrowIfNull(replica);
        using var index = Handle.Acquire(this);
        using var added = replica.Handle.Acquire(replica);
        CheckNotHeld();
        IndexParts.CheckNew(this, _replicas, replica, added.Pointer, nameof(replica));
        if (_replicas.Count > 0 && replica.Count != IndexParts.Count(_replicas[0]))
        {
            throw new ArgumentException($"replica holds {replica.Count} vectors, the others hold {IndexParts.Count(_replicas[0])}.", nameof(replica));
        }

        Status.ThrowIfFailed(FaissNative.faiss_IndexReplicas_add_replica(index.Pointer, added.Pointer));
        Handle.Borrow(replica.Handle);
        _replicas.Add(replica);
        Refresh(index.Pointer);
    }

    /// <summary>Removes a replica.</summary>
    /// <remarks>Must run alone.</remarks>
    /// <param name="replica">A replica; it is free again.</param>
    /// <exception cref="ArgumentException"><paramref name="replica"/> is no replica.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one, or the replicas were given away.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void RemoveReplica(FaissIndex replica)
    {
        ArgumentNullException.ThrowIfNull(replica);
        using var index = Handle.Acquire(this);
        CheckNotHeld();
        var number = _replicas.IndexOf(replica);
        if (number < 0)
        {
            throw new ArgumentException("replica is no replica of this index.", nameof(replica));
        }

        if (OwnFieldsFunction.IsPresent && OwnsReplicas)
        {
            throw new InvalidOperationException("The replicas were given away to this index.");
        }

        Status.ThrowIfFailed(FaissNative.faiss_IndexReplicas_remove_replica(index.Pointer, FaissNative.faiss_IndexReplicas_at(index.Pointer, number)));
        _replicas.RemoveAt(number);
        Handle.Return(replica.Handle);
    }

    /// <summary>Gives the replicas away to the native index, which frees them: their objects are disposed, and <see cref="this[int]"/> gives views.</summary>
    /// <remarks>Must run alone. No replica can be added or removed afterwards.</remarks>
    /// <exception cref="InvalidOperationException">Another index is made of a replica.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS does not have it (1.14.2 or later).</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void TakeOwnership()
    {
        OwnFieldsFunction.Require();
        using var index = Handle.Acquire(this);
        IndexParts.GiveAway(Handle, _replicas);
        FaissNative.faiss_IndexReplicas_set_own_fields(index.Pointer, 1);
    }

    // FAISS forgets in Reset that its replicas are trained, and looks at them again when there is another.
    private protected override void Mend(Interop.FaissIndex* index)
    {
        if (_replicas.Count > 0 && !(OwnFieldsFunction.IsPresent && OwnsReplicas))
        {
            var last = FaissNative.faiss_IndexReplicas_at(index, _replicas.Count - 1);
            Status.ThrowIfFailed(FaissNative.faiss_IndexReplicas_remove_replica(index, last));
            Status.ThrowIfFailed(FaissNative.faiss_IndexReplicas_add_replica(index, last));
        }
    }

    private protected override void CheckTrained(Interop.FaissIndex* index) => IndexParts.CheckTrained(this, _replicas);

    private static IndexHandle New(int dimension, bool threaded)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        Interop.FaissIndex* created = null;
        Status.ThrowIfFailed(threaded ? FaissNative.faiss_IndexReplicas_new(&created, dimension) : FaissNative.faiss_IndexReplicas_new_with_options(&created, dimension, 0));
        return new IndexHandle(created, &FaissNative.faiss_IndexReplicas_free);
    }
}
