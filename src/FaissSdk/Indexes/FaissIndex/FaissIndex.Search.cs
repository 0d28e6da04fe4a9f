using System.Buffers;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Searching.</content>
public abstract unsafe partial class FaissIndex
{
    /// <summary>Finds the k nearest vectors of every query, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="distances">Receives the distances (n × k), squared for <see cref="MetricType.L2"/>, or the inner products; with id −1 the largest number, or the least for <see cref="MetricType.InnerProduct"/>.</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, the spans overlap, or a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or its fast-scan codes are equally far from a query.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails on shards of which one is empty, or on an NNDescent graph.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Search(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids)
    {
        using var index = Handle.Acquire(this);
        Search(index.Pointer, queries, k, default, distances, ids);
    }

    /// <summary>Finds the k nearest vectors of every query, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">One query (d) or several, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, n × k is too large for an array, a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>, or the parameters are of another kind of index.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or its fast-scan codes are equally far from a query.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version cannot search this kind of index by a selector, or by these parameters, or fails on shards of which one is empty, or on an NNDescent graph.</exception>
    /// <exception cref="Exception">A predicate of the selector (<see cref="IDSelectorPredicate"/>) threw it.</exception>
    /// <exception cref="FaissException">FAISS rejected the call, for example the parameters.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    public SearchResult Search(ReadOnlySpan<float> queries, int k, SearchParameters? parameters = null)
    {
        var size = VectorShape.ResultLength(queries, Dimension, k, nameof(queries));
        var distances = new float[size];
        var ids = new long[size];
        if (parameters is null)
        {
            Search(queries, k, distances, ids);
        }
        else
        {
            Search(queries, k, parameters, distances, ids);
        }

        return new SearchResult(k, distances, ids);
    }

    /// <summary>Finds the ids of the k nearest vectors of every query, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, the spans overlap, or a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or its fast-scan codes are equally far from a query.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails on shards of which one is empty, or on an NNDescent graph.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Assign(ReadOnlySpan<float> queries, int k, Span<long> ids)
    {
        using var index = Handle.Acquire(this);
        var size = VectorShape.ResultLength(queries, Dimension, k, nameof(queries));
        VectorShape.CheckLength(ids.Length, size, nameof(ids));
        VectorShape.CheckDisjoint<float, long>(queries, ids, nameof(ids));
        CheckSearchable(index.Pointer);
        CheckQueries(queries);
        CheckGraphs(index.Pointer, k);

        // Unfilled slots can only be recognized by their distance, so search with distances.
        if (k > FaissNative.faiss_Index_ntotal(index.Pointer) || !VectorValues.HasFiniteDistances(queries) || MayNameFirst(k) || Parts.Gain > 1 || MayDivideByZero || MayFindTwins)
        {
            var distances = ArrayPool<float>.Shared.Rent(size);
            Search(index.Pointer, queries, k, default, distances.AsSpan(0, size), ids);
            ArrayPool<float>.Shared.Return(distances);
            return;
        }

        ids.Fill(-1);
        if (size > 0)
        {
            using var call = ObservedCall.Start("search", this, queries.Length / Dimension, k);
            fixed (float* x = queries)
            fixed (long* id = ids)
            {
                using var settings = Handle.ReadSettings(ReadsSettingsTwice);
                var count = queries.Length / Dimension;
                using var one = LimitOneQuery(count);
                var block = QueriesPerCall(index.Pointer, count, k);
                for (var start = 0; start < count; start += block)
                {
                    var offset = (long)start * k;
                    Status.ThrowIfFailed(FaissNative.faiss_Index_assign(index.Pointer, Math.Min(block, count - start), x + ((long)start * Dimension), id + offset, k));
                }
            }

            call?.Succeed();
        }
    }

    /// <summary>Finds the ids of the k nearest vectors of every query, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <returns>The ids (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, n × k is too large for an array, or a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or its fast-scan codes are equally far from a query.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails on shards of which one is empty, or on an NNDescent graph.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long[] Assign(ReadOnlySpan<float> queries, int k = 1)
    {
        var ids = new long[VectorShape.ResultLength(queries, Dimension, k, nameof(queries))];
        Assign(queries, k, ids);
        return ids;
    }

    /// <summary>Finds all vectors within a radius of every query: distance below it, or inner product above it.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="radius">The radius, in the unit of <see cref="Metric"/>: a squared distance for <see cref="MetricType.L2"/>.</param>
    /// <returns>The vectors found for each query.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="radius"/> is NaN, or negative where it is a distance.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, its fast-scan codes are equally far from a query, or more vectors were found than an array can hold.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails on shards of which one is empty.</exception>
    /// <exception cref="FaissException">This kind of index has no range search.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius)
    {
        using var index = Handle.Acquire(this);
        return RangeSearch(index.Pointer, queries, radius, default(SearchSelection));
    }

    private RangeSearchResult RangeSearch(NativeIndex* index, ReadOnlySpan<float> queries, float radius, SearchSelection selection)
    {
        var count = VectorShape.CountVectors(queries, Dimension, nameof(queries));
        if (float.IsNaN(radius) || (radius < 0 && Metric != MetricType.InnerProduct))
        {
            throw new ArgumentOutOfRangeException(nameof(radius), radius, $"A radius by {Metric} is 0 or greater.");
        }

        CheckSearchable(index);
        CheckQueries(queries, inRange: true);
        CheckRanges();
        if ((KnownDefects.FastScanRadius.IsPresent && Parts.MayHold(KnownDefects.FastScanRadius.Kinds)) || (selection.IsDefault && SquaresBadly(radius)))
        {
            return RangeSearchAmongAll(index, queries, count, radius, selection);
        }

        FaissRangeSearchResult* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchResult_new(&created, count));
        using var handle = new RangeSearchResultHandle(created, &FaissNative.faiss_RangeSearchResult_free);
        if (count > 0 && FaissNative.faiss_Index_ntotal(index) > 0)
        {
            using var call = ObservedCall.Start("search", this, count);
            fixed (float* x = queries)
            {
                using var settings = Handle.ReadSettings(ReadsSettingsTwice);
                using var one = LimitOneQuery(count);
                if (selection.IsDefault)
                {
                    Status.ThrowIfFailed(FaissNative.faiss_Index_range_search(index, count, x, NativeRadius(radius), created));
                }
                else
                {
                    selection.RangeSearch(index, count, x, NativeRadius(radius), created);
                }
            }

            call?.Succeed();
        }

        var result = Within(new RangeResult(created).ToResult(), radius);
        return MayFindTwins ? Twins.Drop(result, FindRepeatedIds) : result;
    }

    /// <summary>Sorts all vectors that the index finds, and takes those within the radius.</summary>
    private RangeSearchResult RangeSearchAmongAll(NativeIndex* index, ReadOnlySpan<float> queries, int count, float radius, SearchSelection selection)
    {
        var held = checked((int)FaissNative.faiss_Index_ntotal(index));
        var (ids, distances) = (new long[held], new float[held]);
        var (limits, foundIds, foundDistances) = (new int[count + 1], new List<long>(), new List<float>());

        // FaissSdk's own search has no more candidates than there are vectors.
        var options = new FaissSdkSearchOptions();
        if (selection.IsDefault && ExceedsCandidates(held) && SearchParameters.OwnSearch.IsPresent)
        {
            selection = new SearchSelection(&options);
        }

        for (var query = 0; query < count; query++)
        {
            if (held > 0)
            {
                Search(index, queries.Slice(query * Dimension, Dimension), held, selection, distances, ids);
            }

            for (var i = 0; i < held && ids[i] >= 0 && (Metric.IsSimilarity() ? distances[i] > radius : distances[i] < radius); i++)
            {
                foundIds.Add(ids[i]);
                foundDistances.Add(distances[i]);
            }

            limits[query + 1] = foundIds.Count;
        }

        return new RangeSearchResult(limits, [.. foundDistances], [.. foundIds], bufferSize: 0);
    }

    /// <summary>Checks whether the index can be searched.</summary>
    private protected void CheckSearchable(NativeIndex* index)
    {
        CheckTrained(index);
        if (Parts.Shards.Count > 0)
        {
            CheckShards();
        }

        // Enumerating the list would allocate at every search.
        for (var i = 0; i < Parts.RefiningLists.Count && KnownDefects.RefinementsWithoutDistances.IsPresent; i++)
        {
            Refinements.CheckFindsVectors(Parts.RefiningLists[i]);
        }
    }

    /// <summary>Checks whether a graph would be searched for more vectors than it has.</summary>
    private void CheckGraphs(NativeIndex* index, int k)
    {
        if (Parts.HoldsNNDescent)
        {
            KnownDefects.NNDescentOfFew.ThrowIfPresent("Searching an NNDescent graph");
        }

        // FAISS is not called for an empty index.
        if (Parts.Graphs.Count > 0 && KnownDefects.GraphsOfFewVectors.IsPresent && FaissNative.faiss_Index_ntotal(index) is > 0 and var held)
        {
            GraphLinks.CheckCandidates(Parts, Candidates(Parts, Math.Min(k, held)));
        }
    }

    private void CheckSearch(NativeIndex* index, ReadOnlySpan<float> queries, int count, int k, ReadOnlySpan<float> distances, ReadOnlySpan<long> ids)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        VectorShape.CheckLength(distances.Length, (long)count * k, nameof(distances));
        VectorShape.CheckLength(ids.Length, (long)count * k, nameof(ids));
        VectorShape.CheckDisjoint<float, float>(queries, distances, nameof(distances));
        VectorShape.CheckDisjoint<float, long>(queries, ids, nameof(ids));
        VectorShape.CheckDisjoint<float, long>(distances, ids, nameof(ids));
        if (!Parts.IsPlain)
        {
            CheckSearchable(index);
            CheckQueries(queries);
            CheckGraphs(index, k);
        }
    }

    private void Search(NativeIndex* index, ReadOnlySpan<float> queries, int k, SearchSelection selection, Span<float> distances, Span<long> ids)
    {
        var count = VectorShape.CountVectors(queries, Dimension, nameof(queries));
        CheckSearch(index, queries, count, k, distances, ids);
        using var call = ObservedCall.Start("search", this, count, k);

        // Some FAISS versions do not write the slots for which they find no vector.
        ids.Fill(-1);
        distances.Fill(Metric.IsSimilarity() ? float.MinValue : float.MaxValue);
        var held = FaissNative.faiss_Index_ntotal(index);
        if (k > held)
        {
            SearchAll(index, queries, count, (int)held, k, selection, distances, ids);
        }
        else if (count > 0)
        {
            SearchCore(index, queries, count, k, selection, distances, ids);
        }

        DropFarthest(Math.Min(k, held), distances, ids);
        call?.Succeed();
    }

    // FAISS takes time and memory in proportion to k, even if the index holds fewer vectors.
    private void SearchAll(
        NativeIndex* index, ReadOnlySpan<float> queries, int count, int held, int k, SearchSelection selection, Span<float> distances, Span<long> ids)
    {
        if (count == 0 || held == 0)
        {
            return;
        }

        var (foundDistances, foundIds) = (new float[count * held], new long[count * held]);
        Array.Fill(foundDistances, distances[0]);
        Array.Fill(foundIds, -1);
        SearchCore(index, queries, count, held, selection, foundDistances, foundIds);
        for (var i = 0; i < count; i++)
        {
            foundDistances.AsSpan(i * held, held).CopyTo(distances[(i * k)..]);
            foundIds.AsSpan(i * held, held).CopyTo(ids[(i * k)..]);
        }
    }

    // FAISS also waits for its idle threads, which takes long while other programs use the processors.
    private FaissThreadLimit LimitOneQuery(int count) => count == 1 && Parts.StartsIdleThreads ? FaissThreads.LimitToOne() : default;

    /// <summary>Returns whether a search for one neighbor may name the first vector though none has a finite distance.</summary>
    private bool MayNameFirst(int k) => k == 1 && !NeedsFinite && Metric == MetricType.L2 && KnownDefects.OneNearestNeighbor.IsPresent;

    // In a search for one neighbor, and so in one of an index of one vector, FAISS returns the first vector even at infinite distance.
    private void DropFarthest(long k, Span<float> distances, Span<long> ids)
    {
        if (k != 1 || Metric != MetricType.L2 || !KnownDefects.OneNearestNeighbor.IsPresent)
        {
            return;
        }

        for (var i = 0; i < distances.Length; i++)
        {
            if (float.IsPositiveInfinity(distances[i]))
            {
                (distances[i], ids[i]) = (float.MaxValue, -1);
            }
        }
    }

    private void SearchCore(
        NativeIndex* index, ReadOnlySpan<float> queries, int count, int k, SearchSelection selection, Span<float> distances, Span<long> ids)
    {
        if (Parts.IsPlain && selection.IsDefault)
        {
            SearchPlain(index, queries, count, k, distances, ids);
            return;
        }

        SearchNatively(index, queries, count, k, selection, distances, ids);
        if (MayDivideByZero)
        {
            CheckTies(queries, k, selection.IsDefault, distances, ids);
        }

        if (MayFindTwins)
        {
            ReplaceTwins(index, queries, k, selection, distances, ids);
        }
    }

    private static void SearchPlain(NativeIndex* index, ReadOnlySpan<float> queries, int count, int k, Span<float> distances, Span<long> ids)
    {
        fixed (float* x = queries, distance = distances)
        fixed (long* id = ids)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_search(index, count, x, k, distance, id));
        }
    }

    private void SearchNatively(
        NativeIndex* index, ReadOnlySpan<float> queries, int count, int k, SearchSelection selection, Span<float> distances, Span<long> ids)
    {
        fixed (float* x = queries, distance = distances)
        fixed (long* id = ids)
        {
            using var settings = Handle.ReadSettings(ReadsSettingsTwice);
            using var one = LimitOneQuery(count);
            var block = QueriesPerCall(index, count, k, selection.LimitsCandidates);
            for (var start = 0; start < count; start += block)
            {
                var (rows, offset) = (Math.Min(block, count - start), (long)start * k);
                var query = x + ((long)start * Dimension);
                if (selection.IsDefault)
                {
                    Status.ThrowIfFailed(FaissNative.faiss_Index_search(index, rows, query, k, distance + offset, id + offset));
                }
                else
                {
                    selection.Search(index, rows, query, k, distance + offset, id + offset);
                }
            }
        }
    }
}
