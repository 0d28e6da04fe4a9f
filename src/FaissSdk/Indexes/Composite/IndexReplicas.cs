using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that stores the same vectors in several indexes and distributes the queries over them (FAISS: <c>IndexReplicas</c>).</summary>
public sealed unsafe class IndexReplicas : IndexOfParts
{
    private static readonly OptionalFunction OwnFieldsFunction = new(nameof(FaissNative.faiss_IndexReplicas_own_fields));

    /// <summary>Initializes a new instance without replicas.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="threaded"><see langword="true"/> to run every replica on a thread of its own.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexReplicas(int dimension, bool threaded = true)
        : base(New(dimension, threaded))
    {
    }

    /// <summary>Gets the number of replicas.</summary>
    public int ReplicaCount => Members.Count;

    /// <summary>Gets a value indicating whether the replicas were transferred to this index, which frees them.</summary>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.2, which has no function for it.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool OwnsParts
    {
        get
        {
            OwnFieldsFunction.Require();
            using var index = Handle.AcquireAnytime(this);
            return IsOwner(index.Pointer);
        }
    }

    /// <summary>Gets a replica.</summary>
    /// <param name="replica">The replica's number, from 0 to <see cref="ReplicaCount"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="replica"/> is not the number of a replica.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex this[int replica] => GetPart(replica, nameof(replica));

    /// <summary>Adds a replica.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <param name="replica">The index, with as many vectors as the others. It is kept alive, and changed through this index from now on.</param>
    /// <exception cref="ArgumentException"><paramref name="replica"/> is this index or a replica already, or differs from the others in kind, dimension, metric, training or count.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one, or the replicas were transferred.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public void AddReplica(FaissIndex replica) => AddPart(replica, nameof(replica));

    /// <summary>Removes a replica, which can be changed and made part of another index again.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <param name="replica">A replica of this index.</param>
    /// <exception cref="ArgumentException"><paramref name="replica"/> is not a replica of this index.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one, or the replicas were transferred.</exception>
    /// <exception cref="ObjectDisposedException">The index or the replica is disposed.</exception>
    public void RemoveReplica(FaissIndex replica) => RemovePart(replica, nameof(replica));

    /// <summary>Transfers the replicas to this index, which frees them: their objects are disposed, and <see cref="this[int]"/> returns views.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead. No replica can be added or removed afterwards.</remarks>
    /// <exception cref="InvalidOperationException">Another index is made of a replica.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.2, which has no function for it.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void TakeOwnership()
    {
        OwnFieldsFunction.Require();
        TransferParts();
    }

    private protected override NativeIndex* PartAt(NativeIndex* index, int number) => FaissNative.faiss_IndexReplicas_at(index, number);

    private protected override int AddNative(NativeIndex* index, NativeIndex* part) => FaissNative.faiss_IndexReplicas_add_replica(index, part);

    private protected override int RemoveNative(NativeIndex* index, NativeIndex* part) => FaissNative.faiss_IndexReplicas_remove_replica(index, part);

    private protected override bool IsOwner(NativeIndex* index) => OwnFieldsFunction.IsPresent && FaissNative.faiss_IndexReplicas_own_fields(index) != 0;

    private protected override void OwnParts(NativeIndex* index) => FaissNative.faiss_IndexReplicas_set_own_fields(index, 1);

    private protected override void CheckNewPart(FaissIndex part, string parameter)
    {
        if (Members is [var first, ..] && part.Count != CountOf(first))
        {
            throw new ArgumentException($"{parameter} holds {part.Count} vectors, the others hold {CountOf(first)}.", parameter);
        }

        if (Members is [var other, ..] && part.Parts.Shape != other.Parts.Shape)
        {
            throw new ArgumentException($"{parameter} is of another kind than the other replicas ({part.Parts.Shape}, expected {other.Parts.Shape}), so that a query's result would depend on the replica.", parameter);
        }
    }

    private static IndexHandle New(int dimension, bool threaded)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexReplicas_new_with_options(&created, dimension, threaded ? 1 : 0));
        return new IndexHandle(created, &FaissNative.faiss_IndexReplicas_free);
    }
}
