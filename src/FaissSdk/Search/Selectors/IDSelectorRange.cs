using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Selects the ids of a range (FAISS: <c>IDSelectorRange</c>).</summary>
public sealed unsafe class IDSelectorRange : IDSelector
{
    /// <summary>Initializes a selector of the ids with <paramref name="start"/> ≤ id &lt; <paramref name="end"/>.</summary>
    /// <param name="start">The first id.</param>
    /// <param name="end">The exclusive end of the range.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="end"/> is less than <paramref name="start"/>.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IDSelectorRange(long start, long end)
        : base(New(start, end))
    {
    }

    /// <summary>Gets the first id.</summary>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public long Start
    {
        get
        {
            using var selector = Handle.Acquire(this);
            return FaissNative.faiss_IDSelectorRange_imin((FaissIDSelectorRange*)selector.Pointer);
        }
    }

    /// <summary>Gets the exclusive end of the range.</summary>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public long End
    {
        get
        {
            using var selector = Handle.Acquire(this);
            return FaissNative.faiss_IDSelectorRange_imax((FaissIDSelectorRange*)selector.Pointer);
        }
    }

    /// <summary>Returns a value indicating whether the range contains none of the ids from 0 to <paramref name="count"/> − 1. Works after <see cref="IDSelector.Dispose"/> too, while search parameters keep the selector alive.</summary>
    internal bool SelectsNoneOf(long count)
    {
        using var selector = Handle.AcquireAlive();
        var range = (FaissIDSelectorRange*)selector.Pointer;
        var (start, end) = (FaissNative.faiss_IDSelectorRange_imin(range), FaissNative.faiss_IDSelectorRange_imax(range));
        return start >= end || end <= 0 || start >= count;
    }

    private static IDSelectorHandle New(long start, long end)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        FaissIDSelectorRange* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IDSelectorRange_new(&created, start, end));
        return new IDSelectorHandle((FaissIDSelector*)created, &Free);
    }

    private static void Free(FaissIDSelector* selector) => FaissNative.faiss_IDSelectorRange_free((FaissIDSelectorRange*)selector);
}
