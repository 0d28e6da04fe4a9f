using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Searching.</content>
public abstract unsafe partial class IndexBinary
{
    private static readonly OptionalFunction SearchWithParameters = new(nameof(FaissNative.faiss_IndexBinary_search_with_params), "Searching binary indexes with search parameters");

    private static readonly OptionalFunction WidthFunction = new(nameof(FaissNative.faiss_sdk_binary_search_width));

    private nint? _lists;

    /// <summary>Finds the k nearest vectors of every query, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="distances">Receives the Hamming distances (n × k); with id −1 the largest number.</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Search(ReadOnlySpan<byte> queries, int k, Span<int> distances, Span<long> ids)
    {
        using var index = Handle.Acquire(this);
        Search(index.Pointer, queries, k, null, null, distances, ids);
    }

    /// <summary>Finds the k nearest vectors of every query with search parameters, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, which other searches may use at the same time.</param>
    /// <param name="distances">Receives the Hamming distances (n × k); with id −1 the largest number.</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.0, or ignores the selector in such a search.</exception>
    /// <exception cref="FaissException">This kind of index does not accept parameters, or not of this type.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    public void Search(ReadOnlySpan<byte> queries, int k, SearchParameters parameters, Span<int> distances, Span<long> ids)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var index = Handle.Acquire(this);
        using var lease = parameters.Handle.Acquire(parameters);
        SearchWithParameters.Require();
        CheckSelector(parameters);
        using var calls = PredicateCalls.Begin(parameters.Selector, Handle.SettingsOf(ReadsSettingsTwice));
        using var own = CreateNative(parameters);
        using var native = own.Acquire(parameters);
        Search(index.Pointer, queries, k, parameters, native.Pointer, distances, ids);
        calls.ThrowIfFailed();
    }

    /// <summary>Finds the k nearest vectors of every query, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">One query (d / 8 bytes) or several, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">How this search is done; <see langword="null"/> for as the index says.</param>
    /// <returns>Ids and Hamming distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>, or n × k is too large for an array.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="NotSupportedException">There are parameters, and the loaded FAISS is older than 1.14.0.</exception>
    /// <exception cref="FaissException">FAISS rejected the call, for example the parameters.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    public BinarySearchResult Search(ReadOnlySpan<byte> queries, int k, SearchParameters? parameters = null)
    {
        var size = ResultLength(queries, k);
        var distances = new int[size];
        var ids = new long[size];
        if (parameters is null)
        {
            Search(queries, k, distances, ids);
        }
        else
        {
            Search(queries, k, parameters, distances, ids);
        }

        return new BinarySearchResult(k, distances, ids);
    }

    /// <summary>Finds the ids of the k nearest vectors of every query, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Assign(ReadOnlySpan<byte> queries, int k, Span<long> ids)
    {
        using var index = Handle.Acquire(this);
        var count = CountCodes(queries, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        VectorShape.CheckLength(ids.Length, (long)count * k, nameof(ids));
        VectorShape.CheckDisjoint<byte, long>(queries, ids, nameof(ids));
        CheckSearchable(index.Pointer, count, null);
        ids.Fill(-1);
        if (k > FaissNative.faiss_IndexBinary_ntotal(index.Pointer))
        {
            Search(index.Pointer, queries, k, null, null, new int[ids.Length], ids);
            return;
        }

        using var call = ObservedCall.Start("search", this, count, k);
        var (block, least) = (QueriesPerCall(k, null), LeastQueries(null));
        for (int start = 0, rows; start < count; start += rows)
        {
            rows = IndexBinaryIVF.NextBlock(count - start, block, least);
            fixed (byte* x = QueryBlock(queries, start, rows))
            fixed (long* id = ids[(start * k)..])
            {
                using var settings = Handle.ReadSettings(ReadsSettingsTwice);
                using var one = LimitOneQuery(count);
                Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_assign(index.Pointer, rows, x, id, k));
            }
        }

        call?.Succeed();
    }

    /// <summary>Finds the ids of the k nearest vectors of every query, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <returns>The ids (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>, or n × k is too large for an array.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or set up for searches of another kind.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long[] Assign(ReadOnlySpan<byte> queries, int k = 1)
    {
        var ids = new long[ResultLength(queries, k)];
        Assign(queries, k, ids);
        return ids;
    }

    /// <summary>Finds all vectors nearer to a query than a radius: those with distance &lt; radius.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="radius">The radius, in bits, 0 or greater; nothing is nearer than 0.</param>
    /// <returns>The vectors found for each query, with their Hamming distances.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="radius"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or more vectors were found than an array can hold.</exception>
    /// <exception cref="FaissException">This kind of index has no range search.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public BinaryRangeSearchResult RangeSearch(ReadOnlySpan<byte> queries, int radius)
    {
        using var index = Handle.Acquire(this);
        var count = CountCodes(queries, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        CheckTrained(index.Pointer);
        FaissRangeSearchResult* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchResult_new(&created, count));
        using var handle = new RangeSearchResultHandle(created, &FaissNative.faiss_RangeSearchResult_free);
        if (count > 0 && radius > 0 && FaissNative.faiss_IndexBinary_ntotal(index.Pointer) > 0)
        {
            if (Lists is var lists && lists != null)
            {
                IndexBinaryIVF.CheckListsRangeSearchable(lists, count, nameof(queries));
            }

            using var call = ObservedCall.Start("search", this, count);
            fixed (byte* x = ReadableBeyond(queries))
            {
                using var settings = Handle.ReadSettings(ReadsSettingsTwice);
                using var one = LimitOneQuery(count);
                Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_range_search(index.Pointer, count, x, radius, created));
            }

            call?.Succeed();
        }

        return new RangeResult(created).ToBinaryResult();
    }

    // FAISS also waits for its idle threads, which takes long while other programs use the processors.
    private FaissThreadLimit LimitOneQuery(int count) => count == 1 && Parts.StartsIdleThreads ? FaissThreads.LimitToOne() : default;

    /// <summary>Gets the binary inverted lists of this index or below it, or null if there are none that the library has functions for.</summary>
    private FaissIndexBinary* Lists => (FaissIndexBinary*)(_lists ??= IndexBinaryIVF.IsSupported ? Parts.VectorParts.FirstOrDefault(part => part.IsBinary && part.HoldsLists)?.Object ?? 0 : 0);

    /// <summary>Returns the least number of queries with which the lists can be searched as they are set up.</summary>
    private int LeastQueries(SearchParameters? parameters) => Lists is var lists && lists != null ? IndexBinaryIVF.LeastQueries(lists, parameters) : 1;

    // Memory that FAISS may read follows all blocks but the last ones.
    private ReadOnlySpan<byte> QueryBlock(ReadOnlySpan<byte> queries, int start, int rows)
    {
        var (from, end) = (start * CodeSize, (start + rows) * CodeSize);
        return queries.Length - end < BytesBeyond ? ReadableBeyond(queries[from..end]) : queries[from..end];
    }

    /// <summary>Checks whether the index can be searched.</summary>
    private protected void CheckSearchable(FaissIndexBinary* index, int count, SearchParameters? parameters)
    {
        CheckTrained(index);
        if (Lists is var lists && lists != null)
        {
            IndexBinaryIVF.CheckListsSearchable(lists, count, parameters);
        }
    }

    /// <summary>Returns how many queries one call of FAISS may contain: some kinds allocate memory for each.</summary>
    private protected int QueriesPerCall(int k, SearchParameters? parameters) =>
        Lists is var lists && lists != null ? IndexBinaryIVF.QueriesPerListsCall(lists, Dimension, k, parameters) : 1 << 16;

    /// <summary>Sets the distances of unfilled slots: some kinds convert the greatest float, which marks them, to an arbitrary integer.</summary>
    private protected static void FillUnfound(Span<int> distances, ReadOnlySpan<long> ids)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0)
            {
                distances[i] = int.MaxValue;
            }
        }
    }

    /// <summary>Creates native parameters for a single search.</summary>
    private protected SearchParametersHandle CreateNative(SearchParameters parameters)
    {
        if (parameters.Inner is not null || parameters is not (SearchParametersHNSW or SearchParametersIVF) && parameters.GetType() != typeof(SearchParameters)
            || parameters is SearchParametersIVFPQ or SearchParametersIVFRaBitQ)
        {
            throw new ArgumentException($"parameters are {parameters.GetType().Name}{(parameters.Inner is null ? "" : " with parameters of a part")}; binary indexes take {nameof(SearchParameters)}, {nameof(SearchParametersIVF)} and {nameof(SearchParametersHNSW)}.", nameof(parameters));
        }

        nuint breadth = 1;
        if (parameters is SearchParametersIVF { NProbe: var probes })
        {
            if (probes is null && Lists == null && Parts.MayHoldLists)
            {
                throw new ArgumentException($"parameters leave the number of probes to the lists within this index, which FAISS's C API cannot read; set {nameof(SearchParametersIVF.NProbe)}.", nameof(parameters));
            }

            breadth = probes is { } given ? (nuint)given : Lists is var lists && lists != null ? FaissNative.faiss_IndexBinaryIVF_nprobe(lists) : 0;
        }
        else if (parameters is SearchParametersHNSW { EfSearch: var width })
        {
            breadth = (nuint)(width ?? GraphWidth());
        }

        if (parameters.Selector is not { } selector)
        {
            return parameters.Create(null, breadth);
        }

        using var chosen = selector.Handle.AcquireAlive();
        return parameters.Create(chosen.Pointer, breadth);
    }

    // Parts share the parameters, so that the largest number has to serve all of them.
    private int GraphWidth()
    {
        var width = 1;
        foreach (var part in Parts.VectorParts)
        {
            if (part.IsGraph && WidthFunction.IsPresent)
            {
                width = Math.Max(width, FaissNative.faiss_sdk_binary_search_width((FaissIndexBinary*)part.Object));
            }
            else if (part.IsGraph || !part.IsKnown)
            {
                throw new ArgumentException($"parameters leave efSearch to the index, and this FAISS library does not show it; set {nameof(SearchParametersHNSW.EfSearch)}, or use {nameof(SearchParameters)}, with which FAISS keeps that of the index.", "parameters");
            }
        }

        return width;
    }

    private void CheckSelector(SearchParameters parameters)
    {
        if (KnownDefects.SelectorOfUnboundedQueue.IsPresent && !Parts.IsFlat && parameters is SearchParametersHNSW { BoundedQueue: false, Selector: not null })
        {
            throw new NotSupportedException(
                $"FAISS ignores the selector in a search of a graph without a bounded queue: leave {nameof(SearchParametersHNSW.BoundedQueue)} set, or search without a selector and drop the other ids.");
        }
    }

    private int ResultLength(ReadOnlySpan<byte> queries, int k)
    {
        var count = CountCodes(queries, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        return VectorShape.ArrayLength(count, k, nameof(k));
    }

    private void Search(
        FaissIndexBinary* index, ReadOnlySpan<byte> queries, int k, SearchParameters? parameters, FaissSearchParameters* native, Span<int> distances, Span<long> ids)
    {
        var count = CountCodes(queries, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        VectorShape.CheckLength(distances.Length, (long)count * k, nameof(distances));
        VectorShape.CheckLength(ids.Length, (long)count * k, nameof(ids));
        VectorShape.CheckDisjoint<byte, int>(queries, distances, nameof(distances));
        VectorShape.CheckDisjoint<byte, long>(queries, ids, nameof(ids));
        VectorShape.CheckDisjoint<int, long>(distances, ids, nameof(ids));
        CheckSearchable(index, count, parameters);
        ids.Fill(-1);
        distances.Fill(int.MaxValue);

        // FAISS takes time and memory in proportion to k, even if the index holds fewer vectors.
        var found = (int)Math.Min(k, FaissNative.faiss_IndexBinary_ntotal(index));
        if (count == 0 || found == 0)
        {
            return;
        }

        using var call = ObservedCall.Start("search", this, count, k);
        if (found == k)
        {
            SearchBlocks(index, queries, count, k, parameters, native, distances, ids);
            call?.Succeed();
            return;
        }

        var (foundDistances, foundIds) = (new int[count * found], new long[count * found]);
        SearchBlocks(index, queries, count, found, parameters, native, foundDistances, foundIds);
        for (var i = 0; i < count; i++)
        {
            foundDistances.AsSpan(i * found, found).CopyTo(distances[(i * k)..]);
            foundIds.AsSpan(i * found, found).CopyTo(ids[(i * k)..]);
        }

        call?.Succeed();
    }

    private void SearchBlocks(
        FaissIndexBinary* index, ReadOnlySpan<byte> queries, int count, int k, SearchParameters? parameters, FaissSearchParameters* native, Span<int> distances, Span<long> ids)
    {
        var (block, least) = (QueriesPerCall(k, parameters), LeastQueries(parameters));
        for (int start = 0, rows; start < count; start += rows)
        {
            rows = IndexBinaryIVF.NextBlock(count - start, block, least);
            fixed (byte* x = QueryBlock(queries, start, rows))
            fixed (int* distance = distances[(start * k)..])
            fixed (long* id = ids[(start * k)..])
            {
                using var settings = Handle.ReadSettings(ReadsSettingsTwice);
                using var one = LimitOneQuery(count);
                Status.ThrowIfFailed(native == null
                    ? FaissNative.faiss_IndexBinary_search(index, rows, x, k, distance, id)
                    : FaissNative.faiss_IndexBinary_search_with_params(index, rows, x, k, native, distance, id), ErrorAdvice.DropParameters);
            }
        }

        FillUnfound(distances, ids);
    }
}
