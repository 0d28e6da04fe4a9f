using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that searches another one for more than k candidates, and keeps the k nearest by the distances of a third one, which is more precise (FAISS: <c>IndexRefine</c>; factory string <c>PQ16,Refine(SQ8)</c>).</summary>
public unsafe class IndexRefine : FaissIndex
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_sdk_refine_new), $"Constructing an {nameof(IndexRefine)}");

    private readonly FaissIndex? _base;
    private readonly FaissIndex? _refine;

    /// <summary>Initializes a new instance that refines the results of <paramref name="baseIndex"/> by the distances of <paramref name="refineIndex"/>.</summary>
    /// <param name="baseIndex">The index that is searched first, which must be empty. It is kept alive, and changed through this one from now on.</param>
    /// <param name="refineIndex">The index by whose distances the nearest are chosen, which must be empty. It is kept alive, and changed through this one from now on.</param>
    /// <param name="takeOwnership"><see langword="true"/> to transfer both to this index, which frees them; the objects are disposed.</param>
    /// <exception cref="ArgumentException">An index holds vectors or compares otherwise than by L2 or inner product, both are the same or of different dimensions or metrics, <paramref name="baseIndex"/> contains an ID map, or <paramref name="refineIndex"/> is not an <see cref="IndexFlat"/>, <see cref="IndexScalarQuantizer"/> or <see cref="IndexPQ"/>.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of one of them.</exception>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public IndexRefine(FaissIndex baseIndex, FaissIndex refineIndex, bool takeOwnership = false)
        : base(New(baseIndex, refineIndex))
    {
        (_base, _refine) = takeOwnership ? (null, null) : (baseIndex, refineIndex);
        if (takeOwnership)
        {
            Give(baseIndex, refineIndex);
        }
        else
        {
            Hold(baseIndex, owned: false, null);
            Hold(refineIndex, owned: false, null);
        }
    }

    internal IndexRefine(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Initializes an index that was created with <paramref name="baseIndex"/>, and owns its refinement.</summary>
    private protected IndexRefine(IndexHandle handle, FaissIndex baseIndex, bool takeOwnership)
        : base(handle)
    {
        _base = takeOwnership ? null : baseIndex;
        Hold(baseIndex, takeOwnership, &FaissNative.faiss_IndexRefineFlat_set_own_fields);
    }

    /// <summary>Gets the index that is searched first, or <see langword="null"/> if it was transferred or read from a file, and the library was not built with FaissSdk's functions. It is disposed with this one, unless the caller created it and still owns it.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex? BaseIndex => Part(_base, "base");

    /// <summary>Gets the index by whose distances the nearest are chosen, or <see langword="null"/> if the library was not built with FaissSdk's functions. It is disposed with this one, unless the caller created it and still owns it.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex? RefineIndex => Part(_refine, "refine");

    /// <summary>Gets a value indicating whether the index that is searched first is freed with this one (FAISS: <c>own_fields</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool OwnsParts
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return IsFlat(index.Pointer) ? FaissNative.faiss_IndexRefineFlat_own_fields(index.Pointer) != 0 : IndexSettings.Read(index.Pointer, IndexSetting.OwnsBase) != 0;
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
            return IsFlat(index.Pointer) ? FaissNative.faiss_IndexRefineFlat_k_factor(index.Pointer) : NativeParts.Factor(index.Pointer);
        }

        set
        {
            if (!(value >= 1) || value > int.MaxValue)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The factor must be a number of 1 or more.");
            }

            using var index = Handle.AcquireAnytime(this);
            if (IsFlat(index.Pointer))
            {
                FaissNative.faiss_IndexRefineFlat_set_k_factor(index.Pointer, value);
            }
            else
            {
                IndexSettings.Write(index.Pointer, IndexSetting.Factor, value);
            }
        }
    }

    /// <summary>Checks the index that is searched first.</summary>
    private protected static void CheckBase(FaissIndex baseIndex, NativeIndex* index)
    {
        if (baseIndex.Count != 0)
        {
            throw new ArgumentException($"baseIndex holds {baseIndex.Count} vectors; it must be empty.", nameof(baseIndex));
        }

        if (KnownDefects.OtherMetrics.IsPresent && baseIndex.Metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentException($"baseIndex compares by {baseIndex.Metric}; FAISS refines by L2 or inner product.", nameof(baseIndex));
        }

        if (NativeParts.Of(index).TranslatesIds)
        {
            throw new ArgumentException("baseIndex contains an ID map; put the map around the refining index instead.", nameof(baseIndex));
        }
    }

    private static bool IsFlat(NativeIndex* index) => FaissNative.faiss_IndexRefineFlat_cast(index) != null;

    private FaissIndex? Part(FaissIndex? given, string role)
    {
        using var index = Handle.Acquire(this);
        return given is { Handle.IsDisposed: false } ? given
            : NativeParts.DescribesFloats ? PartOf(role)
            : null;
    }

    private void Give(FaissIndex baseIndex, FaissIndex refineIndex)
    {
        try
        {
            // Both are acquired before the first is transferred.
            using var given = refineIndex.Handle.AcquireToChange(refineIndex, Composition);
            Hold(baseIndex, owned: true, &Own);
            refineIndex.Handle.TransferTo(Handle);
            WriteSetting(IndexSetting.OwnsRefinement, 1);
            refineIndex.Dispose();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private static void Own(NativeIndex* index, int owns) => IndexSettings.Write(index, IndexSetting.OwnsBase, owns);

    private static IndexHandle New(FaissIndex baseIndex, FaissIndex refineIndex)
    {
        ArgumentNullException.ThrowIfNull(baseIndex);
        ArgumentNullException.ThrowIfNull(refineIndex);
        CheckCanBecomePart(baseIndex);
        CheckCanBecomePart(refineIndex);
        using var searched = baseIndex.Handle.Acquire(baseIndex, Composition);
        using var refining = refineIndex.Handle.Acquire(refineIndex, Composition);
        CheckBase(baseIndex, searched.Pointer);
        CheckRefinement(baseIndex, refineIndex);
        NewFunction.Require();
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_sdk_refine_new(&created, searched.Pointer, refining.Pointer));
        return IndexCreation.Checked(created, nameof(IndexRefine), baseIndex.Metric, nameof(refineIndex));
    }

    private static void CheckRefinement(FaissIndex baseIndex, FaissIndex refineIndex)
    {
        if (ReferenceEquals(baseIndex, refineIndex))
        {
            throw new ArgumentException("refineIndex is baseIndex; use two indexes.", nameof(refineIndex));
        }

        // FAISS computes single distances within a parallel region, where it cannot fail without ending the process.
        if (refineIndex is not (IndexFlat or IndexScalarQuantizer or IndexPQ) or IndexFlat1D)
        {
            throw new ArgumentException($"refineIndex is {refineIndex}; use an {nameof(IndexFlat)}, {nameof(IndexScalarQuantizer)} or {nameof(IndexPQ)}.", nameof(refineIndex));
        }

        if (refineIndex.Count != 0)
        {
            throw new ArgumentException($"refineIndex holds {refineIndex.Count} vectors; it must be empty.", nameof(refineIndex));
        }

        if (refineIndex.Dimension != baseIndex.Dimension || refineIndex.Metric != baseIndex.Metric)
        {
            throw new ArgumentException(
                $"refineIndex has dimension {refineIndex.Dimension} and compares by {refineIndex.Metric}, baseIndex has dimension {baseIndex.Dimension} and compares by {baseIndex.Metric}; both must be equal.", nameof(refineIndex));
        }
    }
}
