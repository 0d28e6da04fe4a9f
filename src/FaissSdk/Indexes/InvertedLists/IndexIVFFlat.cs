using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that stores vectors unchanged, in inverted lists (FAISS: <c>IndexIVFFlat</c>).</summary>
public sealed unsafe class IndexIVFFlat : IndexIVF
{
    /// <summary>Initializes a new instance without vectors, which is trained already if the quantizer holds the centroids of the lists.</summary>
    /// <param name="quantizer">The index that assigns vectors to lists. It is kept alive, and changed through this one from now on.</param>
    /// <param name="lists">The number of lists (FAISS: <c>nlist</c>).</param>
    /// <param name="metric">The metric.</param>
    /// <param name="takeOwnership"><see langword="true"/> to transfer <paramref name="quantizer"/> to this index, which frees it; the object is disposed.</param>
    /// <exception cref="ArgumentException"><paramref name="quantizer"/> compares otherwise than by L2 or inner product, or has ids that are not list numbers.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lists"/> is less than 1, or <paramref name="metric"/> is not L2 or inner product.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="quantizer"/> is to be transferred, and another index is made of it.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="quantizer"/> is disposed.</exception>
    public IndexIVFFlat(FaissIndex quantizer, int lists, MetricType metric = MetricType.L2, bool takeOwnership = false)
        : base(New(quantizer, lists, metric), quantizer, takeOwnership)
    {
    }

    internal IndexIVFFlat(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Adds vectors to given lists.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater; empty to number them from <see cref="FaissIndex.Count"/>.</param>
    /// <param name="lists">The list of each vector (n).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or a vector is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such list, or an id is negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, or it has a hash table (<see cref="DirectMapType"/>).</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void AddToLists(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, ReadOnlySpan<long> lists)
    {
        using var index = Handle.AcquireToChange(this);
        var count = CheckAddWithLists(index.Pointer, vectors, ids, lists);
        if (count == 0)
        {
            return;
        }

        fixed (float* x = vectors)
        fixed (long* xids = ids, assign = lists)
        {
            Status.ThrowIfFailed(FaissNative.faiss_IndexIVFFlat_add_core(index.Pointer, count, x, xids, assign));
        }

        Memory.Add(count);
    }

    private protected override void UpdateCore(NativeIndex* index, ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids)
    {
        if (Updates)
        {
            base.UpdateCore(index, vectors, ids);
            return;
        }

        var held = FaissNative.faiss_Index_ntotal(index);
        foreach (var id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, held, nameof(ids));
        }

        CheckComplete(index);
        fixed (long* xids = ids)
        fixed (float* x = vectors)
        {
            Status.ThrowIfFailed(FaissNative.faiss_IndexIVFFlat_update_vectors(index, ids.Length, xids, x));
        }
    }

    private protected override bool CanSaveUntrained(NativeIndex* index) => HasFlatQuantizer(index);

    private static IndexHandle New(FaissIndex quantizer, int lists, MetricType metric)
    {
        using var coarse = AcquireQuantizer(quantizer, lists, metric);
        CheckQuantizer(coarse.Pointer, lists, encodesResiduals: false, metric, quantizer.Metric);
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexIVFFlat_new_with_metric(&created, coarse.Pointer, (nuint)quantizer.Dimension, (nuint)lists, (FaissMetricType)metric));
        return new IndexHandle(created, &FaissNative.faiss_IndexIVFFlat_free);
    }
}
