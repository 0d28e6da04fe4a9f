using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>The labels that are in at least one of two selectors.</summary>
public sealed unsafe class IDSelectorOr : IDSelector
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_IDSelectorOr_new));

    /// <summary>Selects what one of the two, or both, select.</summary>
    /// <param name="left">A selector; it is kept alive.</param>
    /// <param name="right">Another one; it is kept alive.</param>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.7.4.</exception>
    /// <exception cref="ObjectDisposedException">A selector is disposed.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public IDSelectorOr(IDSelector left, IDSelector right)
        : base(Combine(left, right, NewFunction, &Create))
    {
    }

    private static FaissIDSelector* Create(FaissIDSelector* left, FaissIDSelector* right)
    {
        FaissIDSelectorOr* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IDSelectorOr_new(&created, left, right));
        return (FaissIDSelector*)created;
    }
}
