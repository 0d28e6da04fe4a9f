using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>The labels that are in exactly one of two selectors.</summary>
public sealed unsafe class IDSelectorXOr : IDSelector
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_IDSelectorXOr_new));

    /// <summary>Selects what exactly one of the two selects.</summary>
    /// <param name="left">A selector; it is kept alive.</param>
    /// <param name="right">Another one; it is kept alive.</param>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.7.4.</exception>
    /// <exception cref="ObjectDisposedException">A selector is disposed.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public IDSelectorXOr(IDSelector left, IDSelector right)
        : base(Combine(left, right, NewFunction, &Create))
    {
    }

    private static FaissIDSelector* Create(FaissIDSelector* left, FaissIDSelector* right)
    {
        FaissIDSelectorXOr* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IDSelectorXOr_new(&created, left, right));
        return (FaissIDSelector*)created;
    }
}
