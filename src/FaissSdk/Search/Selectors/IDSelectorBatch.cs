using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Labels that are listed one by one, behind a Bloom filter and a hash table.</summary>
public sealed unsafe class IDSelectorBatch : IDSelector
{
    /// <summary>Selects the labels given.</summary>
    /// <param name="labels">The labels, in any order; they are copied.</param>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public IDSelectorBatch(params ReadOnlySpan<long> labels)
        : base(New(labels))
    {
    }

    /// <summary>The number of bits of a label that the Bloom filter looks at.</summary>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public int FilterBits
    {
        get
        {
            using var selector = Handle.Acquire(this);
            return FaissNative.faiss_IDSelectorBatch_nbits((FaissIDSelectorBatch*)selector.Pointer);
        }
    }

    /// <summary>The mask that cuts those bits out of a label.</summary>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public long FilterMask
    {
        get
        {
            using var selector = Handle.Acquire(this);
            return FaissNative.faiss_IDSelectorBatch_mask((FaissIDSelectorBatch*)selector.Pointer);
        }
    }

    private static IDSelectorHandle New(ReadOnlySpan<long> labels)
    {
        FaissIDSelectorBatch* created = null;
        fixed (long* ids = labels)
        {
            Status.ThrowIfFailed(FaissNative.faiss_IDSelectorBatch_new(&created, (nuint)labels.Length, ids));
        }

        return new IDSelectorHandle((FaissIDSelector*)created, &FaissNative.faiss_IDSelector_free);
    }
}
