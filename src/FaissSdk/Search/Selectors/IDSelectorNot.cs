using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Selects all ids that another selector does not contain (FAISS: <c>IDSelectorNot</c>).</summary>
public sealed unsafe class IDSelectorNot : IDSelector
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_IDSelectorNot_new), nameof(IDSelectorNot));
    private static readonly OptionalFunction OwnFunction = new(nameof(FaissNative.faiss_sdk_selector_not));

    /// <summary>Initializes a selector of all ids that <paramref name="selector"/> does not contain.</summary>
    /// <param name="selector">The selector to invert; the new one keeps it alive.</param>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.7.4, and is not from a FaissSdk package.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="selector"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IDSelectorNot(IDSelector selector)
        : base(New(selector), selector.Predicates)
    {
    }

    private static IDSelectorHandle New(IDSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        var isOwn = IsOwn(NewFunction, OwnFunction);
        using var inner = selector.Handle.Acquire(selector);
        FaissIDSelector* created = null;
        Status.ThrowIfFailed(isOwn
            ? FaissNative.faiss_sdk_selector_not(&created, inner.Pointer)
            : FaissNative.faiss_IDSelectorNot_new((FaissIDSelectorNot**)&created, inner.Pointer));
        var handle = new IDSelectorHandle(created, &FaissNative.faiss_IDSelector_free);
        handle.KeepAlive(selector.Handle, selector);
        return handle;
    }
}
