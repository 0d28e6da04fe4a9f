using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Selects ids from a list, by a Bloom filter and a hash table (FAISS: <c>IDSelectorBatch</c>).</summary>
public sealed unsafe class IDSelectorBatch : IDSelector
{
    /// <summary>Initializes a selector of the given ids.</summary>
    /// <param name="ids">The ids, in any order; they are copied.</param>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IDSelectorBatch(params ReadOnlySpan<long> ids)
        : base(New(ids))
    {
    }

    /// <summary>Initializes a selector of the given ids, such as those of a <see cref="HashSet{T}"/> or of a query.</summary>
    /// <param name="ids">The ids, in any order; they are copied.</param>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IDSelectorBatch(IEnumerable<long> ids)
        : base(New(Copy(ids)))
    {
    }

    /// <summary>Gets the number of low bits of an id that the Bloom filter uses.</summary>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public int FilterBits
    {
        get
        {
            using var selector = Handle.Acquire(this);
            return FaissNative.faiss_IDSelectorBatch_nbits((FaissIDSelectorBatch*)selector.Pointer);
        }
    }

    /// <summary>Gets the mask that extracts these bits from an id.</summary>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public long FilterMask
    {
        get
        {
            using var selector = Handle.Acquire(this);
            return FaissNative.faiss_IDSelectorBatch_mask((FaissIDSelectorBatch*)selector.Pointer);
        }
    }

    private static long[] Copy(IEnumerable<long> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return ids as long[] ?? [.. ids];
    }

    private static IDSelectorHandle New(ReadOnlySpan<long> ids)
    {
        FaissIDSelectorBatch* created = null;
        fixed (long* i = ids)
        {
            Status.ThrowIfFailed(FaissNative.faiss_IDSelectorBatch_new(&created, (nuint)ids.Length, i));
        }

        // A hash table with a node for each id.
        var handle = new IDSelectorHandle((FaissIDSelector*)created, &FaissNative.faiss_IDSelector_free);
        handle.AddMemory(4 * sizeof(long) * (long)ids.Length);
        return handle;
    }
}
