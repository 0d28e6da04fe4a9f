using System.Runtime.InteropServices;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index whose vectors are in inverted lists: a coarse quantizer, itself an index, assigns each vector to a list (FAISS: <c>IndexIVF</c>).</summary>
public unsafe partial class IndexIVF : FaissIndex
{
    private readonly FaissIndex? _quantizer;

    internal IndexIVF(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Initializes an index that was created with <paramref name="quantizer"/>.</summary>
    private protected IndexIVF(IndexHandle handle, FaissIndex quantizer, bool takeOwnership)
        : base(handle)
    {
        _quantizer = takeOwnership ? null : quantizer;
        Hold(quantizer, takeOwnership, &FaissNative.faiss_IndexIVF_set_own_fields, constantAt: NList);
    }

    /// <summary>Gets the statistics of all searches of inverted lists in this process since the last <see cref="ResetStats"/>.</summary>
    /// <remarks>Concurrent searches may lose counts.</remarks>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public static IndexIVFStats Stats
    {
        get
        {
            var stats = (StatsLayout*)FaissNative.faiss_get_indexIVF_stats();
            return new IndexIVFStats((long)stats->Queries, (long)stats->Lists, (long)stats->Distances, (long)stats->HeapUpdates, stats->QuantizationTime, stats->SearchTime);
        }
    }

    /// <summary>Gets the number of inverted lists (FAISS: <c>nlist</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int NList
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return checked((int)FaissNative.faiss_IndexIVF_nlist(index.Pointer));
        }
    }

    /// <summary>Gets or sets the number of lists that a search visits (FAISS: <c>nprobe</c>); a larger number than <see cref="NList"/> means all.</summary>
    /// <remarks>It may be set at any time, and waits for searches under way; <see cref="SearchParametersIVF"/> sets it for a single search.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int NProbe
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return checked((int)FaissNative.faiss_IndexIVF_nprobe(index.Pointer));
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            using var index = Handle.AcquireAnytime(this);
            using var settings = Handle.WriteSettings(ReadsSettingsTwice);
            FaissNative.faiss_IndexIVF_set_nprobe(index.Pointer, Math.Min((nuint)value, FaissNative.faiss_IndexIVF_nlist(index.Pointer)));
        }
    }

    /// <summary>Gets the coarse quantizer, whose vectors are the centroids of the lists; it is disposed with this index, unless the caller created it and still owns it.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex Quantizer
    {
        get
        {
            using var index = Handle.Acquire(this);
            if (_quantizer is { Handle.IsDisposed: false } given)
            {
                return given;
            }

            var view = View(FaissNative.faiss_IndexIVF_quantizer(index.Pointer));
            view.Handle.ShareAt((long)FaissNative.faiss_IndexIVF_nlist(index.Pointer));
            return view;
        }
    }

    /// <summary>Gets how the quantizer is trained (FAISS: <c>quantizer_trains_alone</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public QuantizerTraining QuantizerTraining
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return (QuantizerTraining)FaissNative.faiss_IndexIVF_quantizer_trains_alone(index.Pointer);
        }
    }

    /// <summary>Gets a value indicating whether the quantizer is freed with this index (FAISS: <c>own_fields</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool OwnsParts
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexIVF_own_fields(index.Pointer) != 0;
        }
    }

    /// <summary>Gets the imbalance of the lists: k·Σ hᵢ² / (Σ hᵢ)² over their sizes hᵢ, 1 if all are equal; NaN for an empty index.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public double ImbalanceFactor
    {
        get
        {
            using var index = Handle.Acquire(this);
            return FaissNative.faiss_IndexIVF_imbalance_factor(index.Pointer);
        }
    }

    /// <summary>Resets the statistics of searches to 0.</summary>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public static void ResetStats() => FaissNative.faiss_IndexIVFStats_reset(FaissNative.faiss_get_indexIVF_stats());

    /// <summary>Returns the number of vectors in a list.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="list">The list, from 0 to <see cref="NList"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such list.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long GetListSize(int list)
    {
        using var index = Handle.Acquire(this);
        CheckList(index.Pointer, list);
        return (long)FaissNative.faiss_IndexIVF_get_list_size(index.Pointer, (nuint)list);
    }

    /// <summary>Returns the ids of the vectors in a list.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="list">The list, from 0 to <see cref="NList"/> − 1.</param>
    /// <returns>The ids, in the order of the list.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such list.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long[] GetListIds(int list)
    {
        using var index = Handle.Acquire(this);
        CheckList(index.Pointer, list);
        var ids = new long[FaissNative.faiss_IndexIVF_get_list_size(index.Pointer, (nuint)list)];
        if (ids.Length > 0)
        {
            fixed (long* xids = ids)
            {
                FaissNative.faiss_IndexIVF_invlists_get_ids(index.Pointer, (nuint)list, xids);
            }
        }

        return ids;
    }

    /// <summary>Prints a histogram of the sizes of the lists, to the listeners of <see cref="FaissDiagnostics.MessagePrinted"/> or, without one, to <see cref="Console.Out"/>.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void PrintStats()
    {
        using var index = Handle.Acquire(this);
        PrintedMessages.ShowReports(true);
        FaissNative.faiss_IndexIVF_print_stats(index.Pointer);
    }

    private protected override HashSet<long> FindSharedIds()
    {
        var (seen, repeated) = (new HashSet<long>(), new HashSet<long>());
        for (var list = 0; list < NList; list++)
        {
            foreach (var id in GetListIds(list))
            {
                if (!seen.Add(id))
                {
                    repeated.Add(id);
                }
            }
        }

        return repeated;
    }

    private protected override bool ReconstructsInOrder => true;

    private protected override bool IdsEndAtCount => true;

    /// <summary>Returns whether the quantizer is flat: only then can FAISS read lists that were written before training.</summary>
    private protected static bool HasFlatQuantizer(NativeIndex* index) => FaissNative.faiss_IndexFlat_cast(FaissNative.faiss_IndexIVF_quantizer(index)) != null;

    private protected static TypedHandle<NativeIndex>.Lease AcquireQuantizer(FaissIndex quantizer, int lists, MetricType metric)
    {
        ArgumentNullException.ThrowIfNull(quantizer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lists);
        MemoryLimit.CheckLists(lists, "There would be", nameof(lists));
        if (metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, "Inverted lists compare by L2 or inner product.");
        }

        if (KnownDefects.OtherMetrics.IsPresent && quantizer.Metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentException($"quantizer compares by {quantizer.Metric}; a quantizer of lists by L2 or inner product compares by one of the two.", nameof(quantizer));
        }

        // Inverted lists do not change a quantizer that holds their centroids, so that several indexes can share it.
        CheckCanBecomePart(quantizer, constantAt: lists);
        return quantizer.Handle.Acquire(quantizer, Composition);
    }

    /// <summary>Checks whether lists can have a quantizer.</summary>
    private protected static void CheckQuantizer(NativeIndex* quantizer, int lists, bool encodesResiduals, MetricType metric, MetricType ownMetric)
    {
        var parts = NativeParts.Of(quantizer);
        if (parts.All.Any(part => part.HoldsHashtable))
        {
            throw new ArgumentException($"quantizer has a hash table, which centroids would enter by wrong ids; drop it first ({nameof(MakeDirectMap)}).", nameof(quantizer));
        }

        if (Quantizers.FaultOf(parts, encodesResiduals, lists) is { } fault)
        {
            throw new ArgumentException(fault, nameof(quantizer));
        }

        if (KnownDefects.UnsuitableQuantizers.IsPresent && encodesResiduals && metric != ownMetric)
        {
            throw new ArgumentException($"quantizer compares by {ownMetric}, and the lists by {metric}: distances to differences from centroids are computed from those of the quantizer, so that both need the same metric.", nameof(quantizer));
        }
    }

    /// <summary>Throws if codes are differences from centroids that the quantizer does not hold.</summary>
    private void CheckResidualsHaveCentroids(NativeIndex* index)
    {
        if (KnownDefects.MissingCentroids.IsPresent && Parts.Fact("by_residual", 1) != 0)
        {
            CheckHoldsCentroids(index);
        }
    }

    private static void CheckList(NativeIndex* index, int list)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(list);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(list, (long)FaissNative.faiss_IndexIVF_nlist(index), nameof(list));
    }

    /// <summary>Checks that every number is that of a list, or <paramref name="minimum"/>.</summary>
    private static void CheckLists(NativeIndex* index, ReadOnlySpan<long> lists, long minimum)
    {
        var count = (long)FaissNative.faiss_IndexIVF_nlist(index);
        foreach (var list in lists)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(list, minimum, nameof(lists));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(list, count, nameof(lists));
        }
    }

    /// <summary>Mirrors the layout of the opaque type; the build of the library asserts it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct StatsLayout
    {
        public nuint Queries;
        public nuint Lists;
        public nuint Distances;
        public nuint HeapUpdates;
        public double QuantizationTime;
        public double SearchTime;
    }
}
