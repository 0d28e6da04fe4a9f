using System.Runtime.InteropServices;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>An index whose vectors are in inverted lists: a coarse quantizer, an index of its own, says which list a vector goes to.</summary>
public unsafe class IndexIVF : FaissIndex
{
    private static readonly OptionalFunction CastFunction = new(nameof(FaissNative.faiss_SearchParametersIVF_cast));
    private static readonly OptionalFunction GraphCastFunction = new(nameof(FaissNative.faiss_SearchParametersHNSW_cast));
    private static readonly OptionalFunction TrainEncoderFunction = new(nameof(FaissNative.faiss_IndexIVF_train_encoder));

    private readonly FaissIndex? _quantizer;
    private bool _hasDirectMap;

    internal IndexIVF(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Initializes an index that was created with <paramref name="quantizer"/>.</summary>
    private protected IndexIVF(IndexHandle handle, FaissIndex quantizer, bool takeOwnership)
        : base(handle)
    {
        _quantizer = takeOwnership ? null : quantizer;
        Hold(quantizer, takeOwnership, &FaissNative.faiss_IndexIVF_set_own_fields);
    }

    /// <summary>Gets the statistics of all searches of inverted lists in this process since the last <see cref="ResetStats"/>.</summary>
    /// <remarks>Searches at the same time may lose counts.</remarks>
    /// <exception cref="FaissLibraryException">The native library is not available.</exception>
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
            using var index = Handle.Acquire(this);
            return checked((int)FaissNative.faiss_IndexIVF_nlist(index.Pointer));
        }
    }

    /// <summary>Gets or sets the number of lists that a search visits (FAISS: <c>nprobe</c>); a larger number than <see cref="NList"/> means all.</summary>
    /// <remarks>Setting it must run alone; <see cref="SearchParametersIVF"/> says it for one search.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int NProbe
    {
        get
        {
            using var index = Handle.Acquire(this);
            return checked((int)FaissNative.faiss_IndexIVF_nprobe(index.Pointer));
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            using var index = Handle.Acquire(this);
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
            return _quantizer is { Handle.IsDisposed: false } given ? given : View(FaissNative.faiss_IndexIVF_quantizer(index.Pointer));
        }
    }

    /// <summary>Gets how the quantizer is trained: 0 by k-means with the quantizer as assigner, 1 by its own training, 2 by k-means on a flat index.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int QuantizerTrainsAlone
    {
        get
        {
            using var index = Handle.Acquire(this);
            return FaissNative.faiss_IndexIVF_quantizer_trains_alone(index.Pointer);
        }
    }

    /// <summary>Gets a value indicating whether the quantizer is freed with this index (FAISS: <c>own_fields</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool OwnsFields
    {
        get
        {
            using var index = Handle.Acquire(this);
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
    /// <exception cref="FaissLibraryException">The native library is not available.</exception>
    public static void ResetStats() => FaissNative.faiss_IndexIVFStats_reset(FaissNative.faiss_get_indexIVF_stats());

    /// <summary>Returns the number of vectors in a list.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <param name="list">The list, from 0 to <see cref="NList"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such list.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long ListSize(int list)
    {
        using var index = Handle.Acquire(this);
        CheckList(index.Pointer, list);
        return (long)FaissNative.faiss_IndexIVF_get_list_size(index.Pointer, (nuint)list);
    }

    /// <summary>Returns the labels of the vectors in a list.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <param name="list">The list, from 0 to <see cref="NList"/> − 1.</param>
    /// <returns>The labels, in the order of the list.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such list.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long[] ListIds(int list)
    {
        using var index = Handle.Acquire(this);
        CheckList(index.Pointer, list);
        var ids = new long[FaissNative.faiss_IndexIVF_get_list_size(index.Pointer, (nuint)list)];
        if (ids.Length > 0)
        {
            fixed (long* labels = ids)
            {
                FaissNative.faiss_IndexIVF_invlists_get_ids(index.Pointer, (nuint)list, labels);
            }
        }

        return ids;
    }

    /// <summary>Prints a histogram of the sizes of the lists to standard output.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void PrintStats()
    {
        using var index = Handle.Acquire(this);
        FaissNative.faiss_IndexIVF_print_stats(index.Pointer);
    }

    /// <summary>Moves the vectors of another index to this one; the other is empty afterwards.</summary>
    /// <remarks>Must run alone on both.</remarks>
    /// <param name="other">An index of the same kind with the same centroids.</param>
    /// <param name="addId">The number added to the labels.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this index, or of another kind or shape.</exception>
    /// <exception cref="InvalidOperationException">An index is not trained, is mapped from its file, or another index is made of it.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails to merge this kind of index.</exception>
    /// <exception cref="FaissException">The indexes do not fit, or one keeps a direct map.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public void MergeFrom(IndexIVF other, long addId = 0)
    {
        using var index = Handle.Acquire(this);
        using var source = AcquireFitting(index.Pointer, other, nameof(other));
        CheckChangeable(index.Pointer);
        other.CheckChangeable(source.Pointer);
        KnownDefects.FastScanLists.ThrowIfPresent(this, "Merging with fast-scan lists");
        Status.ThrowIfFailed(FaissNative.faiss_IndexIVF_merge_from(index.Pointer, source.Pointer, addId));
    }

    /// <summary>Copies some of the vectors to another index.</summary>
    /// <remarks>Must run alone on <paramref name="target"/>.</remarks>
    /// <param name="target">An index of the same kind with the same centroids.</param>
    /// <param name="subset">How the vectors are chosen.</param>
    /// <param name="first">a₁ of <paramref name="subset"/>.</param>
    /// <param name="second">a₂ of <paramref name="subset"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="target"/> is this index, or of another kind or shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="subset"/>, <paramref name="first"/> or <paramref name="second"/> is out of range.</exception>
    /// <exception cref="InvalidOperationException">An index is not trained, another index is made of <paramref name="target"/>, <paramref name="target"/> keeps a direct map or is mapped from its file, or this index counts vectors that are in no list.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails to copy from this kind of index.</exception>
    /// <exception cref="FaissException">The indexes do not fit.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public void CopySubsetTo(IndexIVF target, IndexIVFSubset subset, long first, long second)
    {
        using var index = Handle.Acquire(this);
        using var destination = AcquireFitting(index.Pointer, target, nameof(target));
        CheckTrained(index.Pointer);
        target.CheckChangeable(destination.Pointer);
        CheckSubset(subset, first, second, FaissNative.faiss_Index_ntotal(index.Pointer));
        KnownDefects.FastScanLists.ThrowIfPresent(this, "Copying a subset with fast-scan lists");
        CheckComplete(index.Pointer);
        if (target._hasDirectMap)
        {
            throw new InvalidOperationException($"{nameof(target)} keeps a direct map; drop it first ({nameof(MakeDirectMap)}).");
        }

        if (FaissNative.faiss_Index_ntotal(index.Pointer) > 0)
        {
            Status.ThrowIfFailed(FaissNative.faiss_IndexIVF_copy_subset_to(index.Pointer, destination.Pointer, (int)subset, first, second));
        }
    }

    /// <summary>Searches in given lists instead of those that the quantizer finds.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbours, k, at least 1.</param>
    /// <param name="lists">The lists for each query (n × p, p the lesser of <see cref="NProbe"/> and <see cref="NList"/>); −1 for none.</param>
    /// <param name="centroidDistances">The distances of each query to the centroids of those lists (n × p).</param>
    /// <param name="distances">Receives the distances (n × k).</param>
    /// <param name="labels">Receives the labels (n × k); −1 where fewer than k were found.</param>
    /// <param name="storePairs">Whether a label is not the vector's but its place: list × 2³² + offset.</param>
    /// <exception cref="ArgumentException">A length does not fit, or spans overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is out of range, or there is no such list.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails to do that with this kind of index.</exception>
    /// <exception cref="FaissException">FAISS refused.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void SearchPreassigned(
        ReadOnlySpan<float> queries, int k, ReadOnlySpan<long> lists, ReadOnlySpan<float> centroidDistances, Span<float> distances, Span<long> labels, bool storePairs = false)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors(queries, Dimension, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        var (all, probed) = (FaissNative.faiss_IndexIVF_nlist(index.Pointer), FaissNative.faiss_IndexIVF_nprobe(index.Pointer));
        var probes = (long)Math.Min(all, probed);
        VectorShape.CheckLength(lists.Length, count * probes, nameof(lists));
        VectorShape.CheckLength(centroidDistances.Length, count * probes, nameof(centroidDistances));
        VectorShape.CheckLength(distances.Length, (long)count * k, nameof(distances));
        VectorShape.CheckLength(labels.Length, (long)count * k, nameof(labels));
        VectorShape.CheckDisjoint<float, float>(queries, distances, nameof(distances));
        VectorShape.CheckDisjoint<float, float>(centroidDistances, distances, nameof(distances));
        VectorShape.CheckDisjoint<long, float>(lists, distances, nameof(distances));
        VectorShape.CheckDisjoint<float, long>(queries, labels, nameof(labels));
        VectorShape.CheckDisjoint<float, long>(centroidDistances, labels, nameof(labels));
        VectorShape.CheckDisjoint<long, long>(lists, labels, nameof(labels));
        VectorShape.CheckDisjoint<float, long>(distances, labels, nameof(labels));
        CheckSearchable(index.Pointer);
        KnownDefects.FastScanLists.ThrowIfPresent(this, "Searching preassigned lists with fast-scan lists");
        foreach (var list in lists)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(list, -1, nameof(lists));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(list, (long)all, nameof(lists));
        }

        labels.Fill(-1);
        distances.Fill(Metric == MetricType.InnerProduct ? float.MinValue : float.MaxValue);
        if (count == 0)
        {
            return;
        }

        fixed (float* x = queries, centroid = centroidDistances, distance = distances)
        fixed (long* assign = lists, label = labels)
        {
            Status.ThrowIfFailed(FaissNative.faiss_IndexIVF_search_preassigned(index.Pointer, count, x, k, assign, centroid, distance, label, storePairs ? 1 : 0));
        }
    }

    /// <summary>Creates the table that finds a vector by its label, which <see cref="FaissIndex.Reconstruct(long)"/> needs, or drops it.</summary>
    /// <remarks>Must run alone. The table needs labels from 0 to <see cref="FaissIndex.Count"/> − 1.</remarks>
    /// <param name="maintain">Whether the index keeps a table from now on.</param>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, it is mapped from its file, or a label is not between 0 and <see cref="FaissIndex.Count"/> − 1.</exception>
    /// <exception cref="FaissException">FAISS refused.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void MakeDirectMap(bool maintain = true)
    {
        using var index = Handle.Acquire(this);
        CheckChangeable(index.Pointer);
        if (maintain && KnownDefects.DirectMapLabels.IsPresent)
        {
            CheckLabelsAreConsecutive(index.Pointer);
        }

        Status.ThrowIfFailed(FaissNative.faiss_IndexIVF_make_direct_map(index.Pointer, maintain ? 1 : 0));
        _hasDirectMap = maintain;
    }

    /// <summary>Trains the encoder of the vectors within the lists, apart from the quantizer.</summary>
    /// <remarks>Must run alone.</remarks>
    /// <param name="vectors">Training vectors, row-major (n × d): residuals where the index encodes residuals.</param>
    /// <param name="lists">The list of each vector (n).</param>
    /// <exception cref="ArgumentException">A length does not fit, <paramref name="vectors"/> is empty, or a vector is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such list.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.8.0.</exception>
    /// <exception cref="FaissException">FAISS refused.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void TrainEncoder(ReadOnlySpan<float> vectors, ReadOnlySpan<long> lists)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        VectorShape.CheckLength(lists.Length, count, nameof(lists));
        if (count == 0)
        {
            throw new ArgumentException("vectors is empty; training needs at least one vector.", nameof(vectors));
        }

        CheckNotPartOfOther();
        CheckFinite(vectors);
        foreach (var list in lists)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(list, nameof(lists));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(list, (long)FaissNative.faiss_IndexIVF_nlist(index.Pointer), nameof(lists));
        }

        TrainEncoderFunction.Require();
        fixed (float* x = vectors)
        fixed (long* assign = lists)
        {
            Status.ThrowIfFailed(FaissNative.faiss_IndexIVF_train_encoder(index.Pointer, count, x, assign));
        }
    }

    private protected override bool ReconstructsInOrder => true;

    private protected override bool LabelsEndAtCount => true;

    /// <summary>Returns whether the quantizer is flat: FAISS reads lists back before training then.</summary>
    private protected static bool HasFlatQuantizer(NativeIndex* index) => FaissNative.faiss_IndexFlat_cast(FaissNative.faiss_IndexIVF_quantizer(index)) != null;

    private protected override void CheckParameters(SearchParameters parameters)
    {
        using var native = parameters.Handle.Acquire(parameters);
        if (CastFunction.IsPresent && FaissNative.faiss_SearchParametersIVF_cast(native.Pointer) == null)
        {
            var graph = GraphCastFunction.IsPresent && FaissNative.faiss_SearchParametersHNSW_cast(native.Pointer) != null;
            throw new ArgumentException($"Inverted lists are searched by {nameof(SearchParametersIVF)}; these are {(graph ? "of a graph" : "of any index")}.", nameof(parameters));
        }
    }

    /// <summary>Checks the arguments of adding to given lists, and returns the number of vectors.</summary>
    private protected int CheckAddWithLists(NativeIndex* index, ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, ReadOnlySpan<long> lists)
    {
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        VectorShape.CheckLength(lists.Length, count, nameof(lists));
        if (!ids.IsEmpty)
        {
            VectorShape.CheckLength(ids.Length, count, nameof(ids));
            CheckIds(ids);
        }

        CheckChangeable(index);
        CheckFinite(vectors);
        foreach (var list in lists)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(list, nameof(lists));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(list, (long)FaissNative.faiss_IndexIVF_nlist(index), nameof(lists));
        }

        return count;
    }

    private protected static TypedHandle<NativeIndex>.Lease AcquireQuantizer(FaissIndex quantizer, int lists, MetricType metric)
    {
        ArgumentNullException.ThrowIfNull(quantizer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lists);
        if (metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, "Inverted lists compare by L2 or inner product.");
        }

        return quantizer.Handle.Acquire(quantizer);
    }

    private static void CheckSubset(IndexIVFSubset subset, long first, long second, long count)
    {
        switch (subset)
        {
            case IndexIVFSubset.Range:
                ArgumentOutOfRangeException.ThrowIfLessThan(second, first);
                break;
            case IndexIVFSubset.Remainder:
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(first);
                ArgumentOutOfRangeException.ThrowIfNegative(second);
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(second, first);
                break;
            case IndexIVFSubset.Share:
                ArgumentOutOfRangeException.ThrowIfNegative(first);
                ArgumentOutOfRangeException.ThrowIfLessThan(second, first);
                ArgumentOutOfRangeException.ThrowIfGreaterThan(second, count);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(subset), subset, $"subset is not a {nameof(IndexIVFSubset)}.");
        }
    }

    private static void CheckList(NativeIndex* index, int list)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(list);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(list, (long)FaissNative.faiss_IndexIVF_nlist(index), nameof(list));
    }

    /// <summary>Throws if the index counts vectors that are in no list, as a file can: FAISS would search the lists for them.</summary>
    private protected static void CheckComplete(NativeIndex* index)
    {
        var held = 0L;
        for (nuint list = 0; list < FaissNative.faiss_IndexIVF_nlist(index); list++)
        {
            held += (long)FaissNative.faiss_IndexIVF_get_list_size(index, list);
        }

        if (held != FaissNative.faiss_Index_ntotal(index))
        {
            throw new InvalidOperationException($"The index counts {FaissNative.faiss_Index_ntotal(index)} vectors, but its lists hold {held}.");
        }
    }

    // A direct map is an array with an entry for each label.
    private void CheckLabelsAreConsecutive(NativeIndex* index)
    {
        var count = FaissNative.faiss_Index_ntotal(index);
        for (var list = 0; list < (int)FaissNative.faiss_IndexIVF_nlist(index); list++)
        {
            foreach (var label in ListIds(list))
            {
                if (label < 0 || label >= count)
                {
                    throw new InvalidOperationException($"A direct map needs labels from 0 to {count - 1}, and there is {label}.");
                }
            }
        }
    }

    private TypedHandle<NativeIndex>.Lease AcquireFitting(NativeIndex* index, IndexIVF other, string parameter)
    {
        ArgumentNullException.ThrowIfNull(other, parameter);
        var lease = other.Handle.Acquire(other);
        if (lease.Pointer == index)
        {
            lease.Dispose();
            throw new ArgumentException($"{parameter} is this index.", parameter);
        }

        if (other.GetType() != GetType() || other.Dimension != Dimension || other.Metric != Metric || FaissNative.faiss_IndexIVF_nlist(index) != FaissNative.faiss_IndexIVF_nlist(lease.Pointer)
            || InnermostCode != other.InnermostCode)
        {
            lease.Dispose();
            throw new ArgumentException($"{parameter} is an {other.GetType().Name} of dimension {other.Dimension} by {other.Metric}; it must be of the same kind, dimension, metric and number of lists.", parameter);
        }

        return lease;
    }

    /// <summary>The layout of the opaque type; the build of the library asserts it.</summary>
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
