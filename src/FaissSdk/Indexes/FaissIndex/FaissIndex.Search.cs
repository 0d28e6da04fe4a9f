using System.Buffers;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Searching.</content>
public abstract unsafe partial class FaissIndex
{
    // The maximum number of candidates for which FAISS allocates memory in one call.
    private const long CandidatesPerCall = 1 << 24;

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
        if (k > FaissNative.faiss_Index_ntotal(index.Pointer) || !VectorValues.HasFiniteDistances(queries) || MayNameFirst(k) || Parts.Gain > 1 || MayDivideByZero || MayRepeatNeighbors)
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

        if (MayRepeatNeighbors)
        {
            ReplaceRepeated(index, queries, k, selection, distances, ids);
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

    /// <summary>Returns the maximum number of queries in a call of FAISS. A refining index allocates memory for every candidate, even for more candidates than vectors, and fast-scan codes in blocks of more than 32 vectors accept one query.</summary>
    private int QueriesPerCall(NativeIndex* index, int count, long k, bool limitsCandidates = false)
    {
        if (Parts.FlatBlock > 0 && Quantizers.TakesOneQuery(Parts))
        {
            return 1;
        }

        if (!Parts.Refines || !KnownDefects.RefineCandidates.IsPresent)
        {
            return count;
        }

        var held = FaissNative.faiss_Index_ntotal(index);
        var candidates = Candidates(Parts, Math.Min(k, held), limitsCandidates);
        return candidates <= Math.Max(CandidatesPerCall, held) ? (int)Math.Clamp(CandidatesPerCall / Math.Max(1, candidates), 1, int.MaxValue)
            : throw new InvalidOperationException(
                $"The refining index searches for {candidates:G3} candidates per query, and holds {held} vectors; set its number of candidates per neighbor ({nameof(IndexRefineFlat.KFactor)}, k_factor_rf or k_factor) to {Math.Max(1, held / Math.Max(1, k))}, which considers all vectors.");
    }

    /// <summary>Returns whether a search for all vectors would have more candidates than a call may have.</summary>
    private bool ExceedsCandidates(long held) => Parts.Refines && Candidates(Parts, held) > Math.Max(CandidatesPerCall, held);

    private static double Candidates(IndexPart part, double k, bool areLimited = false)
    {
        if (!part.Refines)
        {
            return k;
        }

        var factor = areLimited && part.Class is "IndexRefine" or "IndexRefineFlat" ? 1 : part.Factor;
        k = factor >= 1 ? k * factor : factor > 0 ? k : double.PositiveInfinity;

        // Enumerating the list would allocate at every search.
        var candidates = k;
        for (var i = 0; i < part.Parts.Count; i++)
        {
            if (part.Parts[i] is { HoldsVectors: true, Role: not "refine" } inner)
            {
                candidates = Math.Max(candidates, Candidates(inner, k, areLimited));
            }
        }

        return candidates;
    }
}
