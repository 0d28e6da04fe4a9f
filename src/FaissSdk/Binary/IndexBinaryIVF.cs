using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a binary index whose vectors are in inverted lists: a coarse quantizer, itself a binary index, assigns each vector to a list (FAISS: <c>IndexBinaryIVF</c>; factory string <c>BIVF256</c>).</summary>
/// <remarks>FAISS before 1.12.0 has no functions for it; there an index of this kind is a plain <see cref="IndexBinary"/>.</remarks>
public sealed unsafe class IndexBinaryIVF : IndexBinary
{
    // The maximum number of values that FAISS allocates for the queries of one call: for their lists and, without a heap, for their counters.
    private const long NumbersPerCall = 1 << 24;

    private static readonly OptionalFunction Functions = new(nameof(FaissNative.faiss_IndexBinaryIVF_cast));

    internal IndexBinaryIVF(BinaryIndexHandle handle)
        : base(handle) => Functions.Require();

    /// <summary>Gets the number of inverted lists (FAISS: <c>nlist</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int NList
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return checked((int)FaissNative.faiss_IndexBinaryIVF_nlist(index.Pointer));
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
            return checked((int)FaissNative.faiss_IndexBinaryIVF_nprobe(index.Pointer));
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            using var index = Handle.AcquireAnytime(this);
            using var settings = Handle.WriteSettings(ReadsSettingsTwice);
            FaissNative.faiss_IndexBinaryIVF_set_nprobe(index.Pointer, (nuint)value);
        }
    }

    /// <summary>Gets the coarse quantizer, whose vectors are the centroids of the lists; it is disposed with this index.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public IndexBinary Quantizer
    {
        get
        {
            using var index = Handle.Acquire(this);
            return View(FaissNative.faiss_IndexBinaryIVF_quantizer(index.Pointer));
        }
    }

    /// <summary>Gets a value indicating whether the quantizer is freed with this index (FAISS: <c>own_fields</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool OwnsParts
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexBinaryIVF_own_fields(index.Pointer) != 0;
        }
    }

    /// <summary>Gets or sets the number of codes after which a search stops, or 0 for no limit (FAISS: <c>max_codes</c>); range searches have none.</summary>
    /// <remarks>Setting it throws an <see cref="InvalidOperationException"/> beside another call on the index.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    /// <exception cref="InvalidOperationException">The value is 0 without <see cref="UseHeap"/>, or another with <see cref="PerInvertedListSearch"/>.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long MaxCodes
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return checked((long)FaissNative.faiss_IndexBinaryIVF_max_codes(index.Pointer));
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            using var index = Handle.AcquireToChange(this);
            CheckMaxCodes(value, FaissNative.faiss_IndexBinaryIVF_use_heap(index.Pointer) != 0, FaissNative.faiss_IndexBinaryIVF_per_invlist_search(index.Pointer) != 0);
            FaissNative.faiss_IndexBinaryIVF_set_max_codes(index.Pointer, (nuint)value);
        }
    }

    /// <summary>Gets or sets a value indicating whether a search keeps the nearest vectors in a heap (the default) instead of counting the vectors at each distance (FAISS: <c>use_heap</c>).</summary>
    /// <remarks>Setting it throws an <see cref="InvalidOperationException"/> beside another call on the index. Counting takes (d + 1) × k ids of memory for each query, and needs <see cref="MaxCodes"/> to be set: FAISS then treats 0 as no codes.</remarks>
    /// <exception cref="InvalidOperationException">The value is <see langword="false"/>, and <see cref="MaxCodes"/> is 0.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool UseHeap
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexBinaryIVF_use_heap(index.Pointer) != 0;
        }

        set
        {
            using var index = Handle.AcquireToChange(this);
            CheckMaxCodes((long)FaissNative.faiss_IndexBinaryIVF_max_codes(index.Pointer), value, listByList: false);
            FaissNative.faiss_IndexBinaryIVF_set_use_heap(index.Pointer, value ? 1 : 0);
        }
    }

    /// <summary>Gets or sets a value indicating whether a search visits the lists one by one, each for all queries that probe it (FAISS: <c>per_invlist_search</c>).</summary>
    /// <remarks>Setting it throws an <see cref="InvalidOperationException"/> beside another call on the index. Such a search needs as many queries as there are lists at the same time, and one more if <see cref="NProbe"/> is 1.</remarks>
    /// <exception cref="NotSupportedException">The quantizer is not flat, so that it may find fewer lists than it is asked for.</exception>
    /// <exception cref="InvalidOperationException">The value is <see langword="true"/>, and <see cref="MaxCodes"/> is not 0.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool PerInvertedListSearch
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexBinaryIVF_per_invlist_search(index.Pointer) != 0;
        }

        set
        {
            using var index = Handle.AcquireToChange(this);
            if (KnownDefects.BinarySearchVariants.IsPresent && value && !Quantizer.Parts.IsFlat)
            {
                throw new NotSupportedException($"Searching list by list needs a flat quantizer; this is '{Quantizer.Parts.Code}'.");
            }

            CheckMaxCodes((long)FaissNative.faiss_IndexBinaryIVF_max_codes(index.Pointer), heap: true, value);
            FaissNative.faiss_IndexBinaryIVF_set_per_invlist_search(index.Pointer, value ? 1 : 0);
        }
    }

    /// <summary>Gets the imbalance of the lists: k·Σ hᵢ² / (Σ hᵢ)² over their sizes hᵢ, 1 if all are equal; NaN for an empty index.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public double ImbalanceFactor
    {
        get
        {
            using var index = Handle.Acquire(this);
            return FaissNative.faiss_IndexBinaryIVF_imbalance_factor(index.Pointer);
        }
    }

    /// <summary>Returns the number of vectors in a list.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="list">The list, from 0 to <see cref="NList"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such list.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long GetListSize(int list)
    {
        using var index = Handle.Acquire(this);
        ArgumentOutOfRangeException.ThrowIfNegative(list);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((nuint)list, FaissNative.faiss_IndexBinaryIVF_nlist(index.Pointer), nameof(list));
        return (long)FaissNative.faiss_IndexBinaryIVF_get_list_size(index.Pointer, (nuint)list);
    }

    /// <summary>Prints a histogram of the sizes of the lists, to the listeners of <see cref="FaissDiagnostics.MessagePrinted"/> or, without one, to <see cref="Console.Out"/>.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void PrintStats()
    {
        using var index = Handle.Acquire(this);
        PrintedMessages.ShowReports(true);
        FaissNative.faiss_IndexBinaryIVF_print_stats(index.Pointer);
    }

    /// <summary>Moves the vectors of another index to this one; the other is empty afterwards.</summary>
    /// <remarks>Requires exclusive access to both indexes: if another call on one of them is running, the later call throws an <see cref="InvalidOperationException"/>.</remarks>
    /// <param name="other">An index of the same shape with the same centroids.</param>
    /// <param name="addId">The number added to the ids.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this index, of another shape, or has other centroids.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id would be negative or beyond 64 bits.</exception>
    /// <exception cref="InvalidOperationException">An index is not trained, another index is made of it, or it was read with options that do not permit changes.</exception>
    /// <exception cref="FaissException">The indexes are incompatible, or one has a direct map.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public void MergeFrom(IndexBinaryIVF other, long addId = 0)
    {
        ArgumentNullException.ThrowIfNull(other);
        using var index = Handle.AcquireToChange(this);
        if (other.Handle.Refers(index.Pointer))
        {
            throw new ArgumentException("other is this index.", nameof(other));
        }

        using var source = other.Handle.AcquireToChange(other);

        if (other.Dimension != Dimension || other.NList != NList)
        {
            throw new ArgumentException($"other has dimension {other.Dimension} and {other.NList} lists, expected {Dimension} and {NList}.", nameof(other));
        }

        CheckChangeable(index.Pointer);
        other.CheckChangeable(source.Pointer);
        Encoders.CheckEqualCentroids(index.Pointer, source.Pointer, nameof(other));
        CheckShiftedListIds(other.Parts.Encoder, source.Pointer, addId);
        Status.ThrowIfFailed(FaissNative.faiss_IndexBinaryIVF_merge_from(index.Pointer, source.Pointer, addId));
        Memory.Take(other.Memory);
    }

    /// <summary>Searches the given lists instead of those that the quantizer finds.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="lists">The lists for each query (n × p, p the lesser of <see cref="NProbe"/>, or that of <paramref name="parameters"/>, and <see cref="NList"/>); −1 for none.</param>
    /// <param name="centroidDistances">The Hamming distances of each query to the centroids of those lists (n × p).</param>
    /// <param name="distances">Receives the Hamming distances (n × k); with id −1 the largest number.</param>
    /// <param name="ids">Receives the ids (n × k); −1 where fewer than k were found.</param>
    /// <param name="storePairs"><see langword="true"/> to return the position of each vector, list × 2³² + offset, instead of its id.</param>
    /// <param name="parameters">How this search is done, without a selector; <see langword="null"/> for as the index says.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, the spans overlap, or <paramref name="parameters"/> select.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative, or there is no such list.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    public void SearchPreassigned(
        ReadOnlySpan<byte> queries,
        int k,
        ReadOnlySpan<long> lists,
        ReadOnlySpan<int> centroidDistances,
        Span<int> distances,
        Span<long> ids,
        bool storePairs = false,
        SearchParametersIVF? parameters = null)
    {
        if (parameters is null)
        {
            SearchPreassigned(queries, k, lists, centroidDistances, distances, ids, storePairs, null, null);
            return;
        }

        using var lease = parameters.Handle.Acquire(parameters);
        if (parameters.Selector is not null)
        {
            throw new ArgumentException("parameters select, which FAISS would ignore here.", nameof(parameters));
        }

        using var index = Handle.Acquire(this);
        using var own = CreateNative(parameters);
        using var native = own.Acquire(parameters);
        SearchPreassigned(queries, k, lists, centroidDistances, distances, ids, storePairs, parameters, native.Pointer);
    }

    /// <summary>Creates the table that finds a vector by its id, which <see cref="IndexBinary.Reconstruct(long)"/> needs, or drops it.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="IndexBinary.AsConcurrent"/> waits instead. The table needs ids from 0 to <see cref="IndexBinary.Count"/> − 1; after a failure there is no table.</remarks>
    /// <param name="maintain"><see langword="true"/> to create the table; <see langword="false"/> to drop it.</param>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, or it was read with options that do not permit changes.</exception>
    /// <exception cref="FaissException">An id is not between 0 and <see cref="IndexBinary.Count"/> − 1.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void MakeDirectMap(bool maintain = true)
    {
        using var index = Handle.AcquireToChange(this);
        CheckChangeable(index.Pointer);
        try
        {
            Status.ThrowIfFailed(FaissNative.faiss_IndexBinaryIVF_make_direct_map(index.Pointer, maintain ? 1 : 0));
        }
        catch when (KnownDefects.BinaryDirectMap.IsPresent)
        {
            _ = FaissNative.faiss_IndexBinaryIVF_make_direct_map(index.Pointer, 0);
            throw;
        }
    }

    /// <summary>Gets a value indicating whether the library has the functions of binary inverted lists.</summary>
    internal static bool IsSupported => Functions.IsPresent;

    /// <summary>Checks whether lists, of this class or within another index, can be searched as they are set up.</summary>
    internal static void CheckListsSearchable(FaissIndexBinary* index, int count, SearchParameters? parameters)
    {
        var maxCodes = parameters is SearchParametersIVF ivf ? ivf.MaxCodes : (long)FaissNative.faiss_IndexBinaryIVF_max_codes(index);
        var listByList = FaissNative.faiss_IndexBinaryIVF_per_invlist_search(index) != 0;
        CheckMaxCodes(maxCodes, FaissNative.faiss_IndexBinaryIVF_use_heap(index) != 0, listByList);
        if (count > 0 && count < LeastQueries(index, parameters))
        {
            throw new InvalidOperationException(
                $"Searching list by list needs as many queries as lists ({FaissNative.faiss_IndexBinaryIVF_nlist(index)}), and one more with a single probe; there are {count}, with {Probes(index, parameters)} probes. Search with {LeastQueries(index, parameters)} or more, or set {nameof(PerInvertedListSearch)} to false.");
        }
    }

    internal static void CheckListsRangeSearchable(FaissIndexBinary* index, int count, string parameter)
    {
        if (KnownDefects.BinarySearchVariants.IsPresent && count * Probes(index, null) > int.MaxValue)
        {
            throw new ArgumentException($"{parameter} has {count} queries, each with {Probes(index, null)} probes; FAISS counts at most {int.MaxValue} in all. Search with fewer queries at a time.", parameter);
        }
    }

    internal static int QueriesPerListsCall(FaissIndexBinary* index, int dimension, int k, SearchParameters? parameters)
    {
        var probes = Probes(index, parameters);
        return (int)Math.Max(1, FaissNative.faiss_IndexBinaryIVF_per_invlist_search(index) != 0 ? int.MaxValue / probes
            : FaissNative.faiss_IndexBinaryIVF_use_heap(index) != 0 ? NumbersPerCall / probes
            : Math.Min(NumbersPerCall / probes, NumbersPerCall / (dimension + 1L) / k));
    }

    /// <summary>Returns the least number of queries of a call: a search list by list has room for as many lists as there are queries, and needs more queries × probes than lists.</summary>
    internal static int LeastQueries(FaissIndexBinary* index, SearchParameters? parameters) =>
        KnownDefects.BinarySearchVariants.IsPresent && FaissNative.faiss_IndexBinaryIVF_per_invlist_search(index) != 0
            ? (int)Math.Min(int.MaxValue, (long)FaissNative.faiss_IndexBinaryIVF_nlist(index) + (Probes(index, parameters) == 1 ? 1 : 0))
            : 1;

    /// <summary>Returns the number of queries in the next call: at most a block, and so that the least number or none remains.</summary>
    internal static int NextBlock(int left, int block, int least) => left > block && left - block < least ? left / 2 : Math.Min(left, block);

    private static long Probes(FaissIndexBinary* index, SearchParameters? parameters) => (long)Math.Max(
        1,
        Math.Min(FaissNative.faiss_IndexBinaryIVF_nlist(index), parameters is SearchParametersIVF { NProbe: { } given } ? (nuint)given : FaissNative.faiss_IndexBinaryIVF_nprobe(index)));

    private static void CheckMaxCodes(long maxCodes, bool heap, bool listByList)
    {
        if (!KnownDefects.BinarySearchVariants.IsPresent)
        {
            return;
        }

        if (listByList && maxCodes != 0)
        {
            throw new InvalidOperationException($"{nameof(MaxCodes)} is {maxCodes}; searching list by list needs it to be 0.");
        }

        if (!listByList && !heap && maxCodes == 0)
        {
            throw new InvalidOperationException($"{nameof(MaxCodes)} is 0; searching without a heap needs it to be set, to {nameof(Count)} for all.");
        }
    }

    private void SearchPreassigned(
        ReadOnlySpan<byte> queries,
        int k,
        ReadOnlySpan<long> lists,
        ReadOnlySpan<int> centroidDistances,
        Span<int> distances,
        Span<long> ids,
        bool storePairs,
        SearchParametersIVF? parameters,
        FaissSearchParameters* native)
    {
        using var index = Handle.Acquire(this);
        var count = CountCodes(queries, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);

        // FAISS reads as many lists of each query as are probed.
        using var settings = Handle.ReadSettings(ReadsSettingsTwice);
        var probes = (int)Probes(index.Pointer, parameters);
        VectorShape.CheckLength(lists.Length, (long)count * probes, nameof(lists));
        VectorShape.CheckLength(centroidDistances.Length, (long)count * probes, nameof(centroidDistances));
        VectorShape.CheckLength(distances.Length, (long)count * k, nameof(distances));
        VectorShape.CheckLength(ids.Length, (long)count * k, nameof(ids));
        VectorShape.CheckDisjoint<byte, int>(queries, distances, nameof(distances));
        VectorShape.CheckDisjoint<int, int>(centroidDistances, distances, nameof(distances));
        VectorShape.CheckDisjoint<long, int>(lists, distances, nameof(distances));
        VectorShape.CheckDisjoint<byte, long>(queries, ids, nameof(ids));
        VectorShape.CheckDisjoint<int, long>(centroidDistances, ids, nameof(ids));
        VectorShape.CheckDisjoint<long, long>(lists, ids, nameof(ids));
        VectorShape.CheckDisjoint<int, long>(distances, ids, nameof(ids));
        CheckSearchable(index.Pointer, count, parameters);

        // A search list by list treats −1 as the number of a list.
        var least = FaissNative.faiss_IndexBinaryIVF_per_invlist_search(index.Pointer) != 0 ? 0 : -1;
        var all = (long)FaissNative.faiss_IndexBinaryIVF_nlist(index.Pointer);
        foreach (var list in lists)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(list, least, nameof(lists));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(list, all, nameof(lists));
        }

        ids.Fill(-1);
        distances.Fill(int.MaxValue);
        var (block, fewest) = (QueriesPerListsCall(index.Pointer, Dimension, k, parameters), LeastQueries(index.Pointer, parameters));
        for (int start = 0, rows; start < count; start += rows)
        {
            rows = NextBlock(count - start, block, fewest);
            fixed (byte* x = queries[(start * CodeSize)..])
            fixed (long* assign = lists[(start * probes)..], id = ids[(start * k)..])
            fixed (int* centroid = centroidDistances[(start * probes)..], distance = distances[(start * k)..])
            {
                Status.ThrowIfFailed(FaissNative.faiss_IndexBinaryIVF_search_preassigned(
                    index.Pointer, rows, x, k, assign, centroid, distance, id, storePairs ? 1 : 0, native));
            }
        }

        FillUnfound(distances, ids);
    }
}
