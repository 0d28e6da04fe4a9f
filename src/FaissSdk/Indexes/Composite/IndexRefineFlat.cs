using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Searches another index for more neighbours than asked for, and keeps the nearest by exact distances (FAISS: <c>IndexRefineFlat</c>).</summary>
public sealed unsafe class IndexRefineFlat : FaissIndex
{
    private readonly FaissIndex? _base;

    /// <summary>Makes an index that refines what <paramref name="baseIndex"/> finds.</summary>
    /// <param name="baseIndex">The index that is searched first, without vectors; it is kept alive, and changed through this one from now on.</param>
    /// <param name="takeOwnership">Whether <paramref name="baseIndex"/> is given away: it is disposed then, and freed with this index.</param>
    /// <exception cref="ArgumentException"><paramref name="baseIndex"/> holds vectors.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="baseIndex"/> is disposed.</exception>
    public IndexRefineFlat(FaissIndex baseIndex, bool takeOwnership = false)
        : base(New(baseIndex))
    {
        _base = takeOwnership ? null : baseIndex;
        Hold(baseIndex, takeOwnership, &FaissNative.faiss_IndexRefineFlat_set_own_fields);
    }

    internal IndexRefineFlat(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>The index that is searched first, where it was given and not given away: FAISS's C API does not tell it otherwise.</summary>
    public FaissIndex? BaseIndex => _base;

    /// <summary>Whether the index that is searched first is freed with this one.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool OwnsFields
    {
        get
        {
            using var index = Handle.Acquire(this);
            return FaissNative.faiss_IndexRefineFlat_own_fields(index.Pointer) != 0;
        }
    }

    /// <summary>How many times as many neighbours the other index is asked for, 1 or more (FAISS: <c>k_factor</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1, or not finite.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public float KFactor
    {
        get
        {
            using var index = Handle.Acquire(this);
            return FaissNative.faiss_IndexRefineFlat_k_factor(index.Pointer);
        }

        set
        {
            if (!(value >= 1) || value > int.MaxValue)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The factor must be a number of 1 or more.");
            }

            using var index = Handle.Acquire(this);
            FaissNative.faiss_IndexRefineFlat_set_k_factor(index.Pointer, value);
        }
    }

    // Older versions take more for less than nothing.
    private protected override void CheckQueries(Interop.FaissIndex* index, ReadOnlySpan<float> queries, int k)
    {
        base.CheckQueries(index, queries, k);
        var factor = FaissNative.faiss_IndexRefineFlat_k_factor(index);
        var considered = Math.Min(k, FaissNative.faiss_Index_ntotal(index)) * (double)factor * (queries.Length / Dimension);
        if (!(factor >= 1) || considered > int.MaxValue)
        {
            throw new InvalidOperationException($"A factor of {factor} would have {considered:G3} neighbours considered, more than FAISS can; set {nameof(KFactor)}, or search with fewer queries at a time.");
        }
    }

    private static IndexHandle New(FaissIndex baseIndex)
    {
        ArgumentNullException.ThrowIfNull(baseIndex);
        using var index = baseIndex.Handle.Acquire(baseIndex);
        if (baseIndex.Count != 0)
        {
            throw new ArgumentException($"baseIndex holds {baseIndex.Count} vectors; it must be empty.", nameof(baseIndex));
        }

        if (IndexStructure.Of(index.Pointer, baseIndex.Metric, baseIndex.Description).TranslatesLabels)
        {
            throw new ArgumentException("baseIndex has labels of its own; an ID map goes around the refining index.", nameof(baseIndex));
        }

        Interop.FaissIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexRefineFlat_new(&created, index.Pointer));
        return new IndexHandle(created, &FaissNative.faiss_IndexRefineFlat_free);
    }
}
