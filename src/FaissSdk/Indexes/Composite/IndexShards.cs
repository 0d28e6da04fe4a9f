using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that distributes vectors over several indexes, searches all of them and merges their results (FAISS: <c>IndexShards</c>).</summary>
public sealed unsafe class IndexShards : IndexOfParts
{
    private static readonly OptionalFunction OwnIndicesFunction = new(nameof(FaissNative.faiss_IndexShards_own_indices));
    private static readonly OptionalFunction OwnFieldsFunction = new(nameof(FaissNative.faiss_IndexShards_own_fields));

    private readonly bool _threaded;

    /// <summary>Initializes a new instance without shards.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="threaded"><see langword="true"/> to run every shard on a thread of its own.</param>
    /// <param name="successiveIds"><see langword="true"/> to number the vectors of each shard after those of the previous one; <see langword="false"/> to keep the ids of the shards.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexShards(int dimension, bool threaded = false, bool successiveIds = true)
        : base(New(dimension, threaded, successiveIds))
    {
        _threaded = threaded;
    }

    /// <summary>Gets the number of shards.</summary>
    public int ShardCount => Members.Count;

    /// <summary>Gets or sets a value indicating whether ids number the vectors of one shard after those of the one before.</summary>
    /// <remarks>Setting it throws an <see cref="InvalidOperationException"/> beside another call on the index.</remarks>
    /// <exception cref="InvalidOperationException">The value is set, and the index holds vectors already, or another index is made of it.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool SuccessiveIds
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexShards_successive_ids(index.Pointer) != 0;
        }

        set
        {
            using var index = Handle.AcquireToChange(this);
            if (FaissNative.faiss_Index_ntotal(index.Pointer) is not 0 and var held)
            {
                throw new InvalidOperationException($"{nameof(SuccessiveIds)} cannot be changed while the index holds vectors ({held}); set it before the first {nameof(Add)}, or call {nameof(Reset)}.");
            }

            if (KnownDefects.RefinedProductQuantizerIds.IsPresent && !value && Parts.RefinesByPosition)
            {
                throw new InvalidOperationException("A shard refines by position, and numbers its vectors itself; it cannot keep ids.");
            }

            FaissNative.faiss_IndexShards_set_successive_ids(index.Pointer, value ? 1 : 0);
            Refresh(index.Pointer);
        }
    }

    /// <summary>Gets a value indicating whether the shards were transferred to this index, which frees them (FAISS: <c>own_indices</c>, before 1.14.2 <c>own_fields</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool OwnsParts
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return IsOwner(index.Pointer);
        }
    }

    /// <summary>Gets a shard.</summary>
    /// <param name="shard">The shard's number, from 0 to <see cref="ShardCount"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="shard"/> is not the number of a shard.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex this[int shard] => GetPart(shard, nameof(shard));

    /// <summary>Adds a shard.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <param name="shard">The index. It is kept alive, and changed through this index from now on.</param>
    /// <exception cref="ArgumentException"><paramref name="shard"/> is this index or a shard already, compares otherwise than by L2 or inner product, differs from the others in dimension, metric, training or unit of distances, or has ids other than 0 to n − 1 while ids are successive.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one, or the shards were transferred.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public void AddShard(FaissIndex shard) => AddPart(shard, nameof(shard));

    /// <summary>Removes a shard with its vectors; it can be changed and made part of another index again.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <param name="shard">A shard of this index.</param>
    /// <exception cref="ArgumentException"><paramref name="shard"/> is not a shard of this index.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one, or the shards were transferred.</exception>
    /// <exception cref="ObjectDisposedException">The index or the shard is disposed.</exception>
    public void RemoveShard(FaissIndex shard) => RemovePart(shard, nameof(shard));

    /// <summary>Transfers the shards to this index, which frees them: their objects are disposed, and <see cref="this[int]"/> returns views.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead. No shard can be added or removed afterwards.</remarks>
    /// <exception cref="InvalidOperationException">Another index is made of a shard.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void TakeOwnership() => TransferParts();

    private protected override NativeIndex* PartAt(NativeIndex* index, int number) => FaissNative.faiss_IndexShards_at(index, number);

    private protected override int AddNative(NativeIndex* index, NativeIndex* part) => FaissNative.faiss_IndexShards_add_shard(index, part);

    private protected override int RemoveNative(NativeIndex* index, NativeIndex* part) => FaissNative.faiss_IndexShards_remove_shard(index, part);

    private protected override bool IsOwner(NativeIndex* index)
    {
        if (OwnIndicesFunction.IsPresent)
        {
            return FaissNative.faiss_IndexShards_own_indices(index) != 0;
        }

        OwnFieldsFunction.Require();
        return FaissNative.faiss_IndexShards_own_fields(index) != 0;
    }

    private protected override void OwnParts(NativeIndex* index)
    {
        if (OwnIndicesFunction.IsPresent)
        {
            FaissNative.faiss_IndexShards_set_own_indices(index, 1);
        }
        else
        {
            OwnFieldsFunction.Require();
            FaissNative.faiss_IndexShards_set_own_fields(index, 1);
        }
    }

    private protected override void CheckNewPart(FaissIndex part, string parameter)
    {
        if (KnownDefects.ShardsOfOtherMetrics.IsPresent && part.Metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentException($"{parameter} compares by {part.Metric}; FAISS merges results of shards by L2 or inner product.", parameter);
        }

        if (KnownDefects.RefinedProductQuantizerIds.IsPresent && !SuccessiveIds && part.Parts.RefinesByPosition)
        {
            throw new ArgumentException($"{parameter} refines by position, and numbers its vectors itself; set {nameof(SuccessiveIds)} first.", parameter);
        }

        if (Members is [var first, ..] && part.Parts.DistanceUnit != first.Parts.DistanceUnit)
        {
            throw new ArgumentException($"{parameter} ({part.Parts.Innermost.Class}) has distances in another unit ({part.Parts.DistanceUnit}) than the other shards ({first.Parts.Innermost.Class}, {first.Parts.DistanceUnit}).", parameter);
        }

        if (SuccessiveIds && part.Count > 0 && part.Parts.VectorParts.Any(index => !Quantizers.NumbersFrom0(index, part.Count)))
        {
            throw new ArgumentException($"{parameter} has ids other than 0 to {part.Count - 1}, to which the numbers of vectors in other shards would be added; create the index with successiveIds: false.", parameter);
        }
    }

    // A library that does not describe its parts hides those of shards, which are known here.
    private protected override FilteredSearch DescribeFilteredSearch() => new(
        Parts,
        Parts.IsShards ? Parts : new IndexPart(
            Parts.Role,
            nameof(IndexShards),
            new Dictionary<string, string>(Parts.Facts) { ["successive"] = SuccessiveIds ? "1" : "0" },
            [.. Members.Select(shard => new IndexPart("shard", shard.Parts.Class, shard.Parts.Facts, shard.Parts.Parts))]),
        inTurn: !_threaded);

    private static IndexHandle New(int dimension, bool threaded, bool successiveIds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexShards_new_with_options(&created, dimension, threaded ? 1 : 0, successiveIds ? 1 : 0));
        return new IndexHandle(created, &FaissNative.faiss_IndexShards_free);
    }
}
