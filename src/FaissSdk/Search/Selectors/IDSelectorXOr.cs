using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Selects the ids that exactly one of two selectors contains (FAISS: <c>IDSelectorXOr</c>).</summary>
public sealed unsafe class IDSelectorXOr : IDSelector
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_IDSelectorXOr_new), nameof(IDSelectorXOr));
    private static readonly OptionalFunction OwnFunction = new(nameof(FaissNative.faiss_sdk_selector_xor));

    /// <summary>Initializes a selector of the ids that exactly one of the selectors contains.</summary>
    /// <param name="left">The first selector; the new one keeps it alive.</param>
    /// <param name="right">The second selector; the new one keeps it alive.</param>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.7.4, and is not from a FaissSdk package.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="left"/> or <paramref name="right"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IDSelectorXOr(IDSelector left, IDSelector right)
        : base(Combine(left, right, NewFunction, OwnFunction, &Create, &FaissNative.faiss_sdk_selector_xor), [.. left.Predicates, .. right.Predicates])
    {
    }

    private static FaissIDSelector* Create(FaissIDSelector* left, FaissIDSelector* right)
    {
        FaissIDSelectorXOr* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IDSelectorXOr_new(&created, left, right));
        return (FaissIDSelector*)created;
    }
}
