using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>The labels from a first one up to, but not including, a last one.</summary>
public sealed unsafe class IDSelectorRange : IDSelector
{
    /// <summary>Selects the labels with <paramref name="minimum"/> ≤ label &lt; <paramref name="maximum"/>.</summary>
    /// <param name="minimum">The least label.</param>
    /// <param name="maximum">The label after the greatest.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximum"/> is less than <paramref name="minimum"/>.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public IDSelectorRange(long minimum, long maximum)
        : base(New(minimum, maximum))
    {
    }

    /// <summary>The least label.</summary>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public long Minimum
    {
        get
        {
            using var selector = Handle.Acquire(this);
            return FaissNative.faiss_IDSelectorRange_imin((FaissIDSelectorRange*)selector.Pointer);
        }
    }

    /// <summary>The label after the greatest.</summary>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public long Maximum
    {
        get
        {
            using var selector = Handle.Acquire(this);
            return FaissNative.faiss_IDSelectorRange_imax((FaissIDSelectorRange*)selector.Pointer);
        }
    }

    /// <summary>Whether it selects none of the labels from 0 to <paramref name="count"/> − 1; also of a range that lives in parameters only.</summary>
    internal bool SelectsNoneOf(long count)
    {
        using var selector = Handle.AcquireAlive();
        var range = (FaissIDSelectorRange*)selector.Pointer;
        var (minimum, maximum) = (FaissNative.faiss_IDSelectorRange_imin(range), FaissNative.faiss_IDSelectorRange_imax(range));
        return minimum >= maximum || maximum <= 0 || minimum >= count;
    }

    private static IDSelectorHandle New(long minimum, long maximum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, minimum);
        FaissIDSelectorRange* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IDSelectorRange_new(&created, minimum, maximum));
        return new IDSelectorHandle((FaissIDSelector*)created, &Free);
    }

    private static void Free(FaissIDSelector* selector) => FaissNative.faiss_IDSelectorRange_free((FaissIDSelectorRange*)selector);
}
