using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Exact search among numbers, which are kept in order: every query costs a binary search.</summary>
public sealed unsafe class IndexFlat1D : IndexFlat
{
    /// <summary>Makes an empty index of dimension 1 by <see cref="MetricType.L2"/>.</summary>
    /// <param name="continuousUpdate">Whether numbers are put in order after every change; otherwise <see cref="UpdatePermutation"/> does it.</param>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public IndexFlat1D(bool continuousUpdate = true)
        : base(New(continuousUpdate))
    {
    }

    internal IndexFlat1D(IndexHandle handle)
        : base(handle)
    {
    }

    /// <summary>Puts the numbers in order, which a search needs after a change.</summary>
    /// <remarks>Must run alone.</remarks>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void UpdatePermutation()
    {
        using var index = Handle.Acquire(this);
        Status.ThrowIfFailed(FaissNative.faiss_IndexFlat1D_update_permutation(index.Pointer));
    }

    // FAISS keeps the old order when vectors are removed.
    private protected override void Mend(Interop.FaissIndex* index) => Status.ThrowIfFailed(FaissNative.faiss_IndexFlat1D_update_permutation(index));

    private protected override bool NeedsFinite => true;

    private static IndexHandle New(bool continuousUpdate)
    {
        Interop.FaissIndex* created = null;
        Status.ThrowIfFailed(continuousUpdate ? FaissNative.faiss_IndexFlat1D_new(&created) : FaissNative.faiss_IndexFlat1D_new_with(&created, 0));
        return new IndexHandle(created, &FaissNative.faiss_IndexFlat1D_free);
    }
}
