using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Selects the ids that both of two selectors contain (FAISS: <c>IDSelectorAnd</c>).</summary>
public sealed unsafe class IDSelectorAnd : IDSelector
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_IDSelectorAnd_new), nameof(IDSelectorAnd));
    private static readonly OptionalFunction OwnFunction = new(nameof(FaissNative.faiss_sdk_selector_and));

    /// <summary>Initializes a selector of the ids that both selectors contain.</summary>
    /// <param name="left">The first selector; the new one keeps it alive.</param>
    /// <param name="right">The second selector; the new one keeps it alive.</param>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.7.4, and is not from a FaissSdk package.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="left"/> or <paramref name="right"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IDSelectorAnd(IDSelector left, IDSelector right)
        : base(Combine(left, right, NewFunction, OwnFunction, &Create, &FaissNative.faiss_sdk_selector_and), [.. left.Predicates, .. right.Predicates])
    {
    }

    private static FaissIDSelector* Create(FaissIDSelector* left, FaissIDSelector* right)
    {
        FaissIDSelectorAnd* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IDSelectorAnd_new(&created, left, right));
        return (FaissIDSelector*)created;
    }
}
