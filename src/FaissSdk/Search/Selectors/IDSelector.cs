using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a set of ids to search among or to remove (FAISS: <c>IDSelector</c>).</summary>
/// <remarks>A selector is immutable and may be used by any number of threads. Objects created from it, such as search parameters, keep it alive.</remarks>
public abstract unsafe class IDSelector : IDisposable
{
    private protected IDSelector(IDSelectorHandle handle) => Handle = handle;

    internal IDSelectorHandle Handle { get; }

    /// <summary>Creates a selector from two others, and keeps them alive.</summary>
    private protected static IDSelectorHandle Combine(
        IDSelector left, IDSelector right, OptionalFunction function, delegate*<FaissIDSelector*, FaissIDSelector*, FaissIDSelector*> create)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        function.Require();
        using var first = left.Handle.Acquire(left);
        using var second = right.Handle.Acquire(right);
        var handle = new IDSelectorHandle(create(first.Pointer, second.Pointer), &FaissNative.faiss_IDSelector_free);
        handle.KeepAlive(left.Handle);
        handle.KeepAlive(right.Handle);
        return handle;
    }

    /// <summary>Returns a value indicating whether the set contains an id.</summary>
    /// <param name="id">The id.</param>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public bool Contains(long id)
    {
        using var selector = Handle.Acquire(this);
        return FaissNative.faiss_IDSelector_is_member(selector.Pointer, id) != 0;
    }

    /// <summary>Frees the native selector, once no other object needs it.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }
}
