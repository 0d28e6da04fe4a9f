using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that searches another one for more than k candidates, and keeps the k nearest by exact distances (FAISS: <c>IndexRefineFlat</c>).</summary>
public sealed unsafe class IndexRefineFlat : FaissIndex
{
    private readonly FaissIndex? _base;

    /// <summary>Initializes a new instance that refines the results of <paramref name="baseIndex"/>.</summary>
    /// <param name="baseIndex">The index that is searched first, which must be empty. It is kept alive, and changed through this one from now on.</param>
    /// <param name="takeOwnership"><see langword="true"/> to transfer <paramref name="baseIndex"/> to this index, which frees it; the object is disposed.</param>
    /// <exception cref="ArgumentException"><paramref name="baseIndex"/> holds vectors, contains an ID map, or compares otherwise than by L2 or inner product.</exception>
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

    /// <summary>Gets the index that is searched first, or <see langword="null"/> if it was transferred or read from a file: the C API has no function that returns it.</summary>
    public FaissIndex? BaseIndex => _base;

    /// <summary>Gets a value indicating whether the index that is searched first is freed with this one (FAISS: <c>own_fields</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool OwnsParts
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexRefineFlat_own_fields(index.Pointer) != 0;
        }
    }

    /// <summary>Gets or sets the number of candidates per neighbor, 1 or more (FAISS: <c>k_factor</c>): the other index is searched for k times as many. A search for more than 2²⁴ candidates per query, and more than the index holds, is refused.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1, or not finite.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public float KFactor
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexRefineFlat_k_factor(index.Pointer);
        }

        set
        {
            if (!(value >= 1) || value > int.MaxValue)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The factor must be a number of 1 or more.");
            }

            using var index = Handle.AcquireAnytime(this);
            FaissNative.faiss_IndexRefineFlat_set_k_factor(index.Pointer, value);
        }
    }

    private static IndexHandle New(FaissIndex baseIndex)
    {
        ArgumentNullException.ThrowIfNull(baseIndex);
        CheckCanBecomePart(baseIndex);
        using var index = baseIndex.Handle.Acquire(baseIndex, Composition);
        if (baseIndex.Count != 0)
        {
            throw new ArgumentException($"baseIndex holds {baseIndex.Count} vectors; it must be empty.", nameof(baseIndex));
        }

        if (KnownDefects.OtherMetrics.IsPresent && baseIndex.Metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentException($"baseIndex compares by {baseIndex.Metric}; FAISS refines by L2 or inner product.", nameof(baseIndex));
        }

        if (NativeParts.Of(index.Pointer).TranslatesIds)
        {
            throw new ArgumentException("baseIndex contains an ID map; put the map around the refining index instead.", nameof(baseIndex));
        }

        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexRefineFlat_new(&created, index.Pointer));
        return new IndexHandle(created, &FaissNative.faiss_IndexRefineFlat_free);
    }
}
