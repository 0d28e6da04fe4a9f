using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Calls that can be canceled.</content>
public abstract unsafe partial class FaissIndex
{
    // For 20 queries or more, FAISS multiplies matrices, which is faster.
    private const int MinQueries = 32;
    private const int MinVectors = 256;

    private static readonly OptionalFunction TrainUntilStopped = new(nameof(FaissNative.faiss_sdk_train));

    /// <summary>Finds the k nearest vectors of every query, nearest first, until it is canceled. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>The search is cut into blocks of queries, each of which takes about 40 ms, or of 32 queries where these take longer.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="distances">Receives the distances (n × k), as in a search that cannot be canceled.</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <param name="cancellationToken">The token that cancels the search; what the spans hold then is undefined.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, the spans overlap, or a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or its fast-scan codes are equally far from a query.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails on shards of which one is empty, or on an NNDescent graph.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The search was canceled.</exception>
    public void Search(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, CancellationToken cancellationToken) =>
        SearchInBlocks(queries, k, null, distances, ids, cancellationToken);

    /// <summary>Finds the k nearest vectors of every query, nearest first, until it is canceled. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>The search is cut into blocks of queries, each of which takes about 40 ms, or of 32 queries where these take longer.</remarks>
    /// <param name="queries">One query (d) or several, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <param name="cancellationToken">The token that cancels the search.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, n × k is too large for an array, a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>, or the parameters are of another kind of index.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or its fast-scan codes are equally far from a query.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version cannot search this kind of index by a selector, or by these parameters, or fails on shards of which one is empty, or on an NNDescent graph.</exception>
    /// <exception cref="Exception">A predicate of the selector (<see cref="IDSelectorPredicate"/>) threw it.</exception>
    /// <exception cref="FaissException">FAISS rejected the call, for example the parameters.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    /// <exception cref="OperationCanceledException">The search was canceled.</exception>
    public SearchResult Search(ReadOnlySpan<float> queries, int k, SearchParameters? parameters, CancellationToken cancellationToken)
    {
        var size = VectorShape.ResultLength(queries, Dimension, k, nameof(queries));
        var (distances, ids) = (new float[size], new long[size]);
        SearchInBlocks(queries, k, parameters, distances, ids, cancellationToken);
        return new SearchResult(k, distances, ids);
    }

    /// <summary>Finds all vectors within a radius of every query, until it is canceled.</summary>
    /// <remarks>The search is cut into blocks of queries, each of which takes about 40 ms, or of 32 queries where these take longer.</remarks>
    /// <param name="queries">One query (d) or several, row-major (n × d).</param>
    /// <param name="radius">The largest distance (squared for <see cref="MetricType.L2"/>), or the least inner product.</param>
    /// <param name="cancellationToken">The token that cancels the search.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="radius"/> is NaN, or negative for a distance.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, its fast-scan codes are equally far from a query, or more vectors were found than an array can hold.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails on shards of which one is empty.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The search was canceled.</exception>
    public RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius, CancellationToken cancellationToken)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors(queries, Dimension, nameof(queries));
        var (counts, ids, distances) = (new int[count], new List<long>(), new List<float>());
        if (count == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return RangeSearch(queries, radius);
        }

        var blocks = new CallBlocks(count, MinQueries, cancellationToken);
        while (blocks.Next(out var start, out var length))
        {
            var found = RangeSearch(queries.Slice(start * Dimension, length * Dimension), radius);
            if (length == count)
            {
                return found;
            }

            for (var i = 0; i < length; i++)
            {
                counts[start + i] = found[i].Ids.Length;
            }

            ids.AddRange(found.Ids);
            distances.AddRange(found.Distances);
        }

        return RangeSearchResult.Create(counts, [.. ids], [.. distances]);
    }

    /// <summary>Trains the index on vectors that are distributed like those to be added, until it is canceled.</summary>
    /// <remarks>
    /// Requires exclusive access, as the training that cannot be canceled does. It ends at the next step of FAISS, such as an iteration of a k-means; after
    /// that the index can be trained again, where transforms and the quantizers that are trained in their own way (<c>IMI…</c>, lists) keep
    /// what they have learned. A library that was not built by FaissSdk ends it only before the start.
    /// </remarks>
    /// <param name="vectors">The training vectors, row-major (n × d), at least one.</param>
    /// <param name="cancellationToken">The token that cancels the training.</param>
    /// <exception cref="ArgumentException">The length is 0 or not a multiple of <see cref="Dimension"/>, or a vector is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one, it is mapped from its file, or it holds vectors whose codes training would change.</exception>
    /// <exception cref="FaissException">FAISS rejected the call, for example because there are too few vectors.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The training was canceled.</exception>
    public void Train(ReadOnlySpan<float> vectors, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TrainUntil(vectors, cancellationToken);
    }

    /// <summary>Adds vectors, with consecutive ids from <see cref="Count"/> on, until it is canceled.</summary>
    /// <remarks>
    /// The vectors are added in blocks, each of which takes about 40 ms, or of 256 vectors where these take longer; another call may use
    /// the index between two blocks. The vectors of an NSG graph and of shards are added at once.
    /// </remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="progress">Receives the number of vectors that were added, after each block; its exceptions end the addition.</param>
    /// <param name="cancellationToken">The token that cancels the addition.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a vector is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or another index is made of it.</exception>
    /// <exception cref="NotSupportedException">The index was loaded, and the library cannot restore what encoding needs, or it would never finish an NSG graph of these vectors.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="AddCanceledException">The addition was canceled.</exception>
    public void Add(ReadOnlySpan<float> vectors, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (vectors.IsEmpty || (progress is null && !cancellationToken.CanBeCanceled))
        {
            Add(vectors);
            return;
        }

        CheckAddition(vectors);
        var blocks = BlocksToAdd(vectors, cancellationToken);
        while (NextToAdd(ref blocks, cancellationToken, out var start, out var length))
        {
            Add(vectors.Slice(start * Dimension, length * Dimension));
            progress?.Report(start + (long)length);
        }
    }

    /// <summary>Adds vectors with ids chosen by the caller, until it is canceled.</summary>
    /// <remarks>
    /// The vectors are added in blocks, each of which takes about 40 ms, or of 256 vectors where these take longer; another call may use
    /// the index between two blocks. The vectors of an NSG graph and of shards are added at once.
    /// </remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater: −1 stands for no vector in results.</param>
    /// <param name="progress">Receives the number of vectors that were added, after each block; its exceptions end the addition.</param>
    /// <param name="cancellationToken">The token that cancels the addition.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or a vector is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    /// <exception cref="NotSupportedException">This kind of index numbers vectors itself; the index was loaded, and the library cannot restore what encoding needs; or it would never finish an NSG graph of these vectors.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or another index is made of it.</exception>
    /// <exception cref="FaissException">This kind of index does not store ids (wrap it: <c>IDMap,Flat</c>).</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    /// <exception cref="AddCanceledException">The addition was canceled.</exception>
    public void AddWithIds(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (vectors.IsEmpty || (progress is null && !cancellationToken.CanBeCanceled))
        {
            AddWithIds(vectors, ids);
            return;
        }

        CheckAddition(vectors);
        VectorShape.CheckLength(ids.Length, vectors.Length / Dimension, nameof(ids));
        CheckIds(ids);
        var blocks = BlocksToAdd(vectors, cancellationToken);
        while (NextToAdd(ref blocks, cancellationToken, out var start, out var length))
        {
            AddWithIds(vectors.Slice(start * Dimension, length * Dimension), ids.Slice(start, length));
            progress?.Report(start + (long)length);
        }
    }

    private void SearchInBlocks(ReadOnlySpan<float> queries, int k, SearchParameters? parameters, Span<float> distances, Span<long> ids, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            SearchWith(queries, k, parameters, distances, ids);
            return;
        }

        // No other call changes the index between two blocks.
        using var index = Handle.Acquire(this);
        var size = VectorShape.ResultLength(queries, Dimension, k, nameof(queries));
        VectorShape.CheckLength(distances.Length, size, nameof(distances));
        VectorShape.CheckLength(ids.Length, size, nameof(ids));
        CheckQueries(queries);
        var blocks = new CallBlocks(queries.Length / Dimension, MinQueries, cancellationToken);
        while (blocks.Next(out var start, out var length))
        {
            SearchWith(queries.Slice(start * Dimension, length * Dimension), k, parameters, distances.Slice(start * k, length * k), ids.Slice(start * k, length * k));
        }
    }

    private void SearchWith(ReadOnlySpan<float> queries, int k, SearchParameters? parameters, Span<float> distances, Span<long> ids)
    {
        if (parameters is null)
        {
            Search(queries, k, distances, ids);
        }
        else
        {
            Search(queries, k, parameters, distances, ids);
        }
    }

    /// <summary>Checks all vectors, so that a wrong one is not found after others were added.</summary>
    private void CheckAddition(ReadOnlySpan<float> vectors)
    {
        using var index = Handle.Acquire(this);
        VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        CheckFinite(vectors);
    }

    private CallBlocks BlocksToAdd(ReadOnlySpan<float> vectors, CancellationToken cancellationToken)
    {
        var count = vectors.Length / Dimension;
        return new CallBlocks(count, TakesAllAtOnce ? Math.Max(1, count) : MinVectors, cancellationToken);
    }

    private static bool NextToAdd(ref CallBlocks blocks, CancellationToken cancellationToken, out int start, out int length)
    {
        try
        {
            return blocks.Next(out start, out length);
        }
        catch (OperationCanceledException)
        {
            throw new AddCanceledException(blocks.Done, cancellationToken);
        }
    }

    /// <summary>Trains the native index; if that fails or the token is canceled, leaves its quantizers as if they had never been trained, as far as FAISS can empty them.</summary>
    private void TrainNative(NativeIndex* index, int count, float* vectors, CancellationToken cancellationToken)
    {
        using var turn = LocalSearch.EnterToTrain(Parts);
        var quantizers = UntrainedQuantizers.Of(Parts);
        try
        {
            if (!cancellationToken.CanBeCanceled || !TrainUntilStopped.IsPresent)
            {
                Status.ThrowIfFailed(FaissNative.faiss_Index_train(index, count, vectors));
                return;
            }

            using var stop = new StopFlag(cancellationToken);
            Status.ThrowIfFailed(FaissNative.faiss_sdk_train(index, count, vectors, stop.Pointer));
        }
        catch (FaissException)
        {
            quantizers.Empty();
            if (cancellationToken.IsCancellationRequested && TrainUntilStopped.IsPresent)
            {
                throw new OperationCanceledException("The training was canceled.", cancellationToken);
            }

            throw;
        }
    }
}
