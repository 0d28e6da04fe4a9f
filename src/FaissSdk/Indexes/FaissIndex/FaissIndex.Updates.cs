using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Changes of vectors by their ids.</content>
public abstract unsafe partial class FaissIndex
{
    private static readonly OptionalFunction AddFunction = new(nameof(FaissNative.faiss_sdk_add));
    private static readonly OptionalFunction RemoveFunction = new(nameof(FaissNative.faiss_sdk_remove_ids));
    private static readonly OptionalFunction UpdateFunction = new(nameof(FaissNative.faiss_sdk_update), "Replacing vectors");

    /// <summary>Replaces vectors, all or none; inverted lists need a direct map (<see cref="MakeDirectMap(DirectMapType)"/>).</summary>
    /// <remarks>
    /// Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>;
    /// <see cref="AsConcurrent"/> waits instead. For inverted lists, flat indexes, scalar and product quantizers, and for transforms, ID maps
    /// and refinements of these. An ID map of the type IDMap2 finds the vectors without a scan of all ids.
    /// </remarks>
    /// <param name="vectors">The new vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), each once.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, an id occurs twice, or a vector is not finite where the index needs it to be.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not the id of a vector; nothing is replaced then.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, or it is mapped from its file.</exception>
    /// <exception cref="NotSupportedException">This kind of index does not replace vectors, such as fast-scan lists or graphs, or the library is not from a FaissSdk package.</exception>
    /// <exception cref="FaissException">There is no direct map.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void UpdateVectors(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids)
    {
        using var index = Handle.AcquireToChange(this);
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        VectorShape.CheckLength(ids.Length, count, nameof(ids));
        CheckChangeable(index.Pointer);
        CheckFinite(vectors);
        var seen = new HashSet<long>(count);
        foreach (var id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
            if (!seen.Add(id))
            {
                throw new ArgumentException($"ids has {id} twice.", nameof(ids));
            }
        }

        CheckQuantizersFindLists();
        if (count > 0)
        {
            UpdateCore(index.Pointer, vectors, ids);
            RefreshDerivedState(index.Pointer);
        }
    }

    private protected virtual void UpdateCore(NativeIndex* index, ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids)
    {
        UpdateFunction.Require();
        long absent;
        fixed (long* keys = ids)
        fixed (float* x = vectors)
        {
            using var settings = Handle.ReadSettings(ReadsSettingsTwice);
            using var turn = LocalSearch.EnterToEncode(Parts);
            ThrowIfRefused(FaissNative.faiss_sdk_update(index, ids.Length, keys, x, &absent), "Replacing vectors");
        }

        if (absent >= 0)
        {
            throw Absent(ids, (int)absent);
        }
    }

    /// <summary>Gets a value indicating whether the library replaces vectors of any index.</summary>
    private protected static bool Updates => UpdateFunction.IsPresent;

    private void AddCore(NativeIndex* index, int count, float* vectors, long* ids)
    {
        CheckShardsStoreIds();
        using var turn = LocalSearch.EnterToEncode(Parts);
        if (!_mayHoldLists || !AddFunction.IsPresent)
        {
            Status.ThrowIfFailed(
                ids == null ? FaissNative.faiss_Index_add(index, count, vectors) : FaissNative.faiss_Index_add_with_ids(index, count, vectors, ids), ErrorAdvice.StoreIds);
            return;
        }

        long taken;
        Status.ThrowIfFailed(FaissNative.faiss_sdk_add(index, count, vectors, ids, &taken), ErrorAdvice.StoreIds);
        if (taken >= 0)
        {
            throw ids == null ? GivesTakenId(FaissNative.faiss_Index_ntotal(index) + taken, nameof(AddWithIds)) : IsTakenId(ids[taken], taken, nameof(ids));
        }
    }

    private static InvalidOperationException GivesTakenId(long id, string advice) =>
        new($"The index would give the id {id} to a vector, which another one has in its hash table: choose the ids ({advice}).");

    private static ArgumentException IsTakenId(long id, long position, string name) =>
        new($"{name} has {id} at position {position}, and a vector of this id is there already; an index with a hash table accepts each id once. Replace it ({nameof(UpdateVectors)}), or remove it first.", name);

    /// <summary>Throws if some shards would add their share of the vectors before another one refuses its ids.</summary>
    private void CheckShardsStoreIds()
    {
        if (Parts.Shards.Count > 0 && Parts.Shards.Where(part => part.Fact("successive", 1) == 0).SelectMany(part => part.Parts).FirstOrDefault(shard => !shard.StoresIds) is { } other)
        {
            throw new FaissException($"A shard ({other.Innermost.Class}) does not store ids, which are not successive here: make each shard an ID map, such as IDMap2,Flat. No shard was changed.");
        }
    }

    private static long RemoveCore(NativeIndex* index, FaissIDSelector* selector, bool mayHoldLists)
    {
        nuint removed;
        Status.ThrowIfFailed(
            mayHoldLists && RemoveFunction.IsPresent ? FaissNative.faiss_sdk_remove_ids(index, selector, &removed) : FaissNative.faiss_Index_remove_ids(index, selector, &removed),
            ErrorAdvice.KeepRemoved);
        return (long)removed;
    }

    /// <summary>Throws an exception about lists of which single entries cannot be replaced, or about another failure.</summary>
    private static void ThrowIfRefused(int code, string operation)
    {
        if (code != 0 && Status.Refusal(code, "no such lists: ") is var (kind, reason))
        {
            throw new NotSupportedException($"{operation} is not for {kind}: {reason}.");
        }

        Status.ThrowIfFailed(code, ErrorAdvice.MakeDirectMap);
    }
}
