namespace FaissSdk;

/// <summary>Batches the single queries of many concurrent requests into native calls, which take less time per query.</summary>
/// <remarks>
/// A query that arrives while no call is under way is searched at once. Queries that arrive meanwhile wait, and the next call takes all
/// of them, up to <see cref="QueryBatcherOptions.MaxBatch"/>. So a batch grows with the load, and a single client never waits for others. A
/// dedicated thread makes the calls, one at a time; FAISS shares the queries of a call among its threads. All members may be called concurrently.
/// </remarks>
public sealed class QueryBatcher : IDisposable, IAsyncDisposable
{
    private delegate void SearchCall(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids);

    private readonly SearchCall _search;
    private readonly int _dimension;
    private readonly QueryBatcherOptions _options;
    private readonly SemaphoreSlim _room;
    private readonly Queue<QueuedQuery> _queue = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _disposed;
    private long _calls;
    private long _queries;

    /// <summary>Initializes a new instance for an index, which must not be changed meanwhile.</summary>
    /// <param name="index">The index; it is not disposed with this object.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public QueryBatcher(FaissIndex index, QueryBatcherOptions? options = null)
        : this(index is null ? throw new ArgumentNullException(nameof(index)) : index.Search, index.Dimension, options)
    {
    }

    /// <summary>Initializes a new instance for an index that other calls change: the calls of this instance wait for those.</summary>
    /// <param name="index">The index; it is not disposed with this object.</param>
    /// <param name="options">The options, or <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public QueryBatcher(ConcurrentIndex index, QueryBatcherOptions? options = null)
        : this(index is null ? throw new ArgumentNullException(nameof(index)) : (queries, k, distances, ids) => index.Search(queries, k, distances, ids), index.Dimension, options)
    {
    }

    private QueryBatcher(SearchCall search, int dimension, QueryBatcherOptions? options)
    {
        (_search, _dimension, _options) = (search, dimension, options ?? new QueryBatcherOptions());
        if (_options.MaxBatch < 1 || _options.Capacity < 1 || _options.MaxDelay < TimeSpan.Zero || _options.MaxDelay > TimeSpan.FromDays(1))
        {
            throw new ArgumentException(
                $"{nameof(_options.MaxBatch)} is {_options.MaxBatch}, {nameof(_options.Capacity)} {_options.Capacity} and {nameof(_options.MaxDelay)} {_options.MaxDelay}; the numbers must be at least 1, and the delay from zero to a day.",
                nameof(options));
        }

        _room = new SemaphoreSlim(_options.Capacity);
        new Thread(Work) { IsBackground = true, Name = "FaissSdk batches" }.UnsafeStart();
    }

    /// <summary>Gets the number of native calls that were made.</summary>
    public long CallCount => Interlocked.Read(ref _calls);

    /// <summary>Gets the number of queries in these calls.</summary>
    public long QueryCount => Interlocked.Read(ref _queries);

    /// <summary>Finds the k nearest vectors of a query, nearest first, in one call with other queries for the same number of neighbors.</summary>
    /// <param name="query">The query (d); it must not change until the task has ended.</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="cancellationToken">The token that cancels the wait; a call that has begun goes on for the other queries.</param>
    /// <returns>Ids and distances (1 × k).</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="query"/> is not the dimension, or the query has no distances by the metric of the index.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or is changed by another call.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">This object or the index is disposed.</exception>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    public Task<SearchResult> SearchAsync(ReadOnlyMemory<float> query, int k, CancellationToken cancellationToken = default)
    {
        VectorShape.CheckLength(query.Length, _dimension, nameof(query));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, Array.MaxLength);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<SearchResult>(cancellationToken);
        }

        var queued = new QueuedQuery(query, k, cancellationToken);
        var room = _room.WaitAsync(cancellationToken);
        return room.IsCompletedSuccessfully ? Enqueue(queued) : EnqueueAfter(room, queued);
    }

    /// <summary>Waits until all accepted queries are answered, and stops.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Stops after all accepted queries are answered.</summary>
    /// <returns>The task that completes when the last of them is answered.</returns>
    public ValueTask DisposeAsync()
    {
        lock (_queue)
        {
            _disposed = true;
            Monitor.PulseAll(_queue);
        }

        return new ValueTask(_ended.Task);
    }

    private async Task<SearchResult> EnqueueAfter(Task room, QueuedQuery queued)
    {
        await room.ConfigureAwait(false);
        return await Enqueue(queued).ConfigureAwait(false);
    }

    private Task<SearchResult> Enqueue(QueuedQuery queued)
    {
        lock (_queue)
        {
            if (_disposed)
            {
                _room.Release();
                queued.SetException(new ObjectDisposedException(nameof(QueryBatcher)));
                return queued.Task;
            }

            _queue.Enqueue(queued);
            Monitor.Pulse(_queue);
        }

        return queued.Task;
    }

    private void Work()
    {
        // Any number of queries may be allowed, and memory for that many need not be there.
        var batch = new List<QueuedQuery>();
        while (Take(batch))
        {
            SearchAll(batch);
            batch.Clear();
        }

        _ended.SetResult();
    }

    // An exception that left the thread would end the process.
    private void SearchAll(List<QueuedQuery> batch)
    {
        try
        {
            batch.RemoveAll(query => query.Task.IsCompleted);
            foreach (var group in batch.GroupBy(query => query.K))
            {
                Search([.. group]);
            }
        }
#pragma warning disable CA1031 // The exception reaches the requests.
        catch (Exception e)
#pragma warning restore CA1031
        {
            batch.ForEach(query => query.SetException(e));
        }
    }

    /// <summary>Waits for queries, and takes them from the queue. Returns <see langword="false"/> at the end.</summary>
    private bool Take(List<QueuedQuery> batch)
    {
        lock (_queue)
        {
            while (_queue.Count == 0 && !_disposed)
            {
                Monitor.Wait(_queue);
            }

            if (_queue.Count == 0)
            {
                return false;
            }

            var end = Environment.TickCount64 + (long)Math.Ceiling(_options.MaxDelay.TotalMilliseconds);
            while (_queue.Count < Math.Min(_options.MaxBatch, _options.Capacity) && !_disposed && end - Environment.TickCount64 is > 0 and var left)
            {
                Monitor.Wait(_queue, (int)left);
            }

            while (batch.Count < _options.MaxBatch && _queue.TryDequeue(out var query))
            {
                batch.Add(query);
            }
        }

        _room.Release(batch.Count);
        return true;
    }

    private void Search(QueuedQuery[] batch)
    {
        var k = batch[0].K;
        try
        {
            VectorShape.ArrayLength(batch.Length, k, nameof(k));
            var queries = new float[batch.Length * _dimension];
            for (var i = 0; i < batch.Length; i++)
            {
                batch[i].Query.Span.CopyTo(queries.AsSpan(i * _dimension));
            }

            var (distances, ids) = (new float[batch.Length * k], new long[batch.Length * k]);
            Interlocked.Increment(ref _calls);
            Interlocked.Add(ref _queries, batch.Length);
            _search(queries, k, distances, ids);
            for (var i = 0; i < batch.Length; i++)
            {
                batch[i].SetResult(batch.Length == 1 ? new SearchResult(k, distances, ids) : new SearchResult(k, distances[(i * k)..((i + 1) * k)], ids[(i * k)..((i + 1) * k)]));
            }
        }
#pragma warning disable CA1031 // The exception reaches the request that caused it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // A single query can make the whole batch fail.
            if (batch.Length == 1)
            {
                batch[0].SetException(e);
                return;
            }

            foreach (var query in batch)
            {
                Search([query]);
            }
        }
    }
}
