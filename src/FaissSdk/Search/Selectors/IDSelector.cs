using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a set of ids to search among or to remove (FAISS: <c>IDSelector</c>).</summary>
/// <remarks>A selector is immutable and may be used by any number of threads. Objects created from it, such as search parameters, keep it alive.</remarks>
public abstract unsafe class IDSelector : IDisposable
{
    private protected IDSelector(IDSelectorHandle handle, params PredicateState[] predicates)
    {
        Handle = handle;
        Predicates = predicates;
    }

    internal IDSelectorHandle Handle { get; }

    /// <summary>Gets the predicates that the selector calls, itself or through the selectors that it is made of.</summary>
    internal PredicateState[] Predicates { get; }

    /// <summary>Creates a selector of the ids of a filter.</summary>
    /// <param name="filter">The filter; its ids are copied.</param>
    /// <returns>The selector.</returns>
    /// <exception cref="NotSupportedException">The loaded FAISS has no selector by bitmap (before 1.11.0) or by predicate, and is not from a FaissSdk package.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public static IDSelector Create(IdFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return filter switch
        {
            IdListFilter list => new IDSelectorBatch(list.Ids),
            IdRangeFilter range => new IDSelectorRange(range.Start, range.End),
            IdBitmapFilter bitmap => new IDSelectorBitmap(bitmap.Bitmap),
            _ => new IDSelectorPredicate(filter.Contains),
        };
    }

    /// <summary>Creates a selector from two others, and keeps them alive.</summary>
    /// <param name="left">The first selector.</param>
    /// <param name="right">The second selector.</param>
    /// <param name="function">The function of FAISS's C API.</param>
    /// <param name="ownFunction">The function of the libraries of the FaissSdk packages.</param>
    /// <param name="create">Creates the selector by that function.</param>
    /// <param name="createOwn">Creates the selector by a function of the libraries of the FaissSdk packages, for versions without that function.</param>
    private protected static IDSelectorHandle Combine(
        IDSelector left,
        IDSelector right,
        OptionalFunction function,
        OptionalFunction ownFunction,
        delegate*<FaissIDSelector*, FaissIDSelector*, FaissIDSelector*> create,
        delegate*<FaissIDSelector**, FaissIDSelector*, FaissIDSelector*, int> createOwn)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var isOwn = IsOwn(function, ownFunction);
        using var first = left.Handle.Acquire(left);
        using var second = right.Handle.Acquire(right);
        FaissIDSelector* created = null;
        if (isOwn)
        {
            Status.ThrowIfFailed(createOwn(&created, first.Pointer, second.Pointer));
        }
        else
        {
            created = create(first.Pointer, second.Pointer);
        }

        var handle = new IDSelectorHandle(created, &FaissNative.faiss_IDSelector_free);
        handle.KeepAlive(left.Handle, left);
        handle.KeepAlive(right.Handle, right);
        return handle;
    }

    /// <summary>Returns whether a selector is created by a function of the libraries of the FaissSdk packages, because the C API lacks one.</summary>
    /// <exception cref="NotSupportedException">The library has neither function.</exception>
    private protected static bool IsOwn(OptionalFunction function, OptionalFunction ownFunction)
    {
        if (!function.IsPresent && ownFunction.IsPresent)
        {
            return true;
        }

        function.Require();
        return false;
    }

    /// <summary>Returns a value indicating whether the set contains an id.</summary>
    /// <param name="id">The id.</param>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    /// <exception cref="Exception">A predicate of the selector (<see cref="IDSelectorPredicate"/>) threw it.</exception>
    public bool Contains(long id)
    {
        using var selector = Handle.Acquire(this);
        using var calls = PredicateCalls.Begin(this);
        var contains = FaissNative.faiss_IDSelector_is_member(selector.Pointer, id) != 0;
        calls.ThrowIfFailed();
        return contains;
    }

    /// <summary>Frees the native selector, once no other object needs it.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }
}
