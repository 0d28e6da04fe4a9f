using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an exact index of numbers, kept in order, so that a query is a binary search (FAISS: <c>IndexFlat1D</c>).</summary>
/// <remarks>Searches and range searches measure the difference |x − y|, which is not squared; <see cref="IndexFlat.ComputeDistanceSubset"/> squares it.</remarks>
public sealed unsafe class IndexFlat1D : IndexFlat
{
    /// <summary>Initializes a new instance without vectors, of dimension 1 and <see cref="MetricType.L2"/>.</summary>
    /// <param name="continuousUpdate"><see langword="true"/> to sort the numbers after every change; <see langword="false"/> to leave that to <see cref="UpdatePermutation"/>.</param>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexFlat1D(bool continuousUpdate = true)
        : base(New(continuousUpdate)) => IsAlwaysSorted = continuousUpdate;

    internal IndexFlat1D(IndexHandle handle)
        : base(handle) => IsAlwaysSorted = true;

    /// <summary>Gets a value indicating whether the numbers are sorted after every change, as those of a file are.</summary>
    internal bool IsAlwaysSorted { get; }

    /// <summary>Sorts the numbers, which a search needs after a change.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void UpdatePermutation()
    {
        using var index = Handle.AcquireToChange(this);
        Status.ThrowIfFailed(FaissNative.faiss_IndexFlat1D_update_permutation(index.Pointer));
    }

    // NaN cannot be ordered.
    private protected override bool NeedsFinite => true;

    private protected override FaissIndex CloneCore(NativeIndex* index)
    {
        if (!KnownDefects.OneDimensionalFiles.IsPresent)
        {
            return base.CloneCore(index);
        }

        var copy = new IndexFlat1D();
        copy.Add(CopyVectors());
        return copy;
    }

    private static IndexHandle New(bool continuousUpdate)
    {
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexFlat1D_new_with(&created, continuousUpdate ? 1 : 0));
        return new IndexHandle(created, &FaissNative.faiss_IndexFlat1D_free);
    }
}
