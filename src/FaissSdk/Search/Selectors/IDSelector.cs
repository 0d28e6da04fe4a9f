using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>A set of labels, to search among or to remove (FAISS: <c>IDSelector</c>).</summary>
/// <remarks>It never changes, and may be used by any number of threads. What is made of it, such as search parameters, keeps it alive.</remarks>
public abstract unsafe class IDSelector : IDisposable
{
    private protected IDSelector(IDSelectorHandle handle) => Handle = handle;

    internal IDSelectorHandle Handle { get; }

    /// <summary>Makes a selector of two that it keeps alive.</summary>
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

    /// <summary>Whether a label belongs to the set.</summary>
    /// <param name="label">The label.</param>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public bool Contains(long label)
    {
        using var selector = Handle.Acquire(this);
        return FaissNative.faiss_IDSelector_is_member(selector.Pointer, label) != 0;
    }

    /// <summary>Frees the native selector, once nothing needs it any more.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }
}
