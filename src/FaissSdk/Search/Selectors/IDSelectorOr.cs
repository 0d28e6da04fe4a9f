using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Selects the ids that at least one of two selectors contains (FAISS: <c>IDSelectorOr</c>).</summary>
public sealed unsafe class IDSelectorOr : IDSelector
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_IDSelectorOr_new), nameof(IDSelectorOr));
    private static readonly OptionalFunction OwnFunction = new(nameof(FaissNative.faiss_sdk_selector_or));

    /// <summary>Initializes a selector of the ids that at least one of the selectors contains.</summary>
    /// <param name="left">The first selector; the new one keeps it alive.</param>
    /// <param name="right">The second selector; the new one keeps it alive.</param>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.7.4, and is not from a FaissSdk package.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="left"/> or <paramref name="right"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IDSelectorOr(IDSelector left, IDSelector right)
        : base(Combine(left, right, NewFunction, OwnFunction, &Create, &FaissNative.faiss_sdk_selector_or), [.. left.Predicates, .. right.Predicates])
    {
    }

    private static FaissIDSelector* Create(FaissIDSelector* left, FaissIDSelector* right)
    {
        FaissIDSelectorOr* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IDSelectorOr_new(&created, left, right));
        return (FaissIDSelector*)created;
    }
}
