using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Searches that reconstruct vectors.</content>
public abstract unsafe partial class FaissIndex
{
    // FAISS allocates memory for each query and each list that it visits.
    private const int QueriesToReconstruct = 4096;

    /// <summary>Finds the k nearest vectors of every query, and reconstructs them; approximately if the index compresses.</summary>
    /// <remarks>May run concurrently with other calls that only read. Inverted lists for ordinary scans and ID maps need no direct map.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="distances">Receives the distances (n × k), as in a search.</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <param name="vectors">Receives the vectors found (n × k × d); NaN where the id is −1.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, the spans overlap, or a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or its fast-scan codes are equally far from a query.</exception>
    /// <exception cref="NotSupportedException">FAISS finds the codes in the wrong place (fast-scan blocks of more than 32 vectors), the library cannot restore what decoding needs, or the loaded FAISS version fails on shards of which one is empty, or on an NNDescent graph.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or needs a direct map.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void SearchAndReconstruct(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, Span<float> vectors)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors(queries, Dimension, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        VectorShape.CheckLength(vectors.Length, (long)count * k * Dimension, nameof(vectors));
        VectorShape.CheckDisjoint<float, float>(queries, vectors, nameof(vectors));
        VectorShape.CheckDisjoint<float, float>(distances, vectors, nameof(vectors));
        VectorShape.CheckDisjoint<long, float>(ids, vectors, nameof(vectors));
        CheckReconstruction();
        if (ReconstructsWhatItFinds && SearchAndReconstructFunction.IsPresent)
        {
            SearchWithVectors(index.Pointer, queries, count, k, distances, ids, vectors);
            return;
        }

        Search(index.Pointer, queries, k, default, distances, ids);
        vectors.Fill(float.NaN);
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] >= 0)
            {
                ReconstructCore(index.Pointer, ids.Slice(i, 1), vectors.Slice(i * Dimension, Dimension));
            }
        }
    }

    /// <summary>Finds the k nearest vectors of every query, and reconstructs them; approximately if the index compresses.</summary>
    /// <remarks>May run concurrently with other calls that only read. Inverted lists for ordinary scans and ID maps need no direct map.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="vectors">The vectors found (n × k × d); NaN where fewer than k were found.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, n × k × d is more than an array can hold, or a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or its fast-scan codes are equally far from a query.</exception>
    /// <exception cref="NotSupportedException">FAISS finds the codes in the wrong place (fast-scan blocks of more than 32 vectors), the library cannot restore what decoding needs, or the loaded FAISS version fails on shards of which one is empty, or on an NNDescent graph.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or needs a direct map.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public SearchResult SearchAndReconstruct(ReadOnlySpan<float> queries, int k, out float[] vectors)
    {
        var size = VectorShape.ResultLength(queries, Dimension, k, nameof(queries));
        vectors = new float[VectorShape.ArrayLength(size, Dimension, nameof(k))];
        var (distances, ids) = (new float[size], new long[size]);
        SearchAndReconstruct(queries, k, distances, ids, vectors);
        return new SearchResult(k, distances, ids);
    }

    /// <summary>Finds the k vectors nearest to each of some vectors of the index, without these themselves.</summary>
    /// <remarks>May run concurrently with other calls that only read. The queries are the reconstructed vectors. Inverted lists need <see cref="MakeDirectMap(bool)"/> first.</remarks>
    /// <param name="ids">The ids of the vectors (n).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentOutOfRangeException">An id is not the id of a vector; the message contains its position. Or <paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException">n × (k + 1) or n × d is more than an array can hold, or a vector has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or its fast-scan codes are equally far from a vector.</exception>
    /// <exception cref="NotSupportedException">FAISS finds the codes in the wrong place (fast-scan blocks of more than 32 vectors), the library cannot restore what decoding needs, or the loaded FAISS version fails on shards of which one is empty, or on an NNDescent graph.</exception>
    /// <exception cref="FaissException">This kind of index cannot reconstruct, or needs a direct map.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public SearchResult SearchById(ReadOnlySpan<long> ids, int k)
    {
        using var index = Handle.Acquire(this);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        VectorShape.ArrayLength(ids.Length, k + 1L, nameof(k));
        var (distances, found) = (new float[ids.Length * k], new long[ids.Length * k]);
        if (!ids.IsEmpty)
        {
            var all = Search(Reconstruct(ids), k + 1);
            StoredQueries.LeaveOut(ids, k, all.Ids, all.Distances, found, distances);
        }

        return new SearchResult(k, distances, found);
    }

    /// <summary>Gets a value indicating whether a search can reconstruct what it finds where a table from ids to vectors may be missing.</summary>
    private bool ReconstructsWhatItFinds
    {
        get
        {
            var inner = Parts.Innermost;
            return inner.HoldsLists
                ? !inner.HoldsFastScanLists && inner.Class != "IndexIVFFlatDedup" && !(KnownDefects.PositionsInAdditiveLists.IsPresent && KnownDefects.PositionsInAdditiveLists.Kinds.Contains(inner.Code))
                : Parts.IsIDMap && !Parts.IsIDMap2;
        }
    }

    private void SearchWithVectors(NativeIndex* index, ReadOnlySpan<float> queries, int count, int k, Span<float> distances, Span<long> ids, Span<float> vectors)
    {
        CheckSearch(index, queries, count, k, distances, ids);
        using var call = ObservedCall.Start("search", this, count, k);
        ids.Fill(-1);
        distances.Fill(Metric.IsSimilarity() ? float.MinValue : float.MaxValue);
        vectors.Fill(float.NaN);

        // FAISS takes time and memory in proportion to k, even if the index holds fewer vectors.
        var found = (int)Math.Min(k, FaissNative.faiss_Index_ntotal(index));
        var block = Math.Min(QueriesPerCall(index, count, k), found < k ? 1 : QueriesToReconstruct);
        for (var start = 0; start < count && found > 0; start += block)
        {
            var rows = Math.Min(block, count - start);
            var (from, size) = (start * k, rows * found);
            SearchWithVectors(index, queries.Slice(start * Dimension, rows * Dimension), found, distances.Slice(from, size), ids.Slice(from, size), vectors.Slice(from * Dimension, size * Dimension));
        }

        call?.Succeed();
    }

    private void SearchWithVectors(NativeIndex* index, ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, Span<float> vectors)
    {
        var count = queries.Length / Dimension;
        fixed (float* x = queries, distance = distances, vector = vectors)
        fixed (long* id = ids)
        {
            using var settings = Handle.ReadSettings(ReadsSettingsTwice);
            using var one = LimitOneQuery(count);
            Status.ThrowIfFailed(FaissNative.faiss_sdk_search_and_reconstruct(index, count, x, k, distance, id, vector), ErrorAdvice.MakeDirectMap);
        }

        if (MayDivideByZero)
        {
            CheckTies(queries, k, findsAny: true, distances, ids);
        }

        DropFarthest(k, distances, ids);
        DropRepeated(k, distances, ids, vectors, Dimension);
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0)
            {
                vectors.Slice(i * Dimension, Dimension).Fill(float.NaN);
            }
        }
    }
}
