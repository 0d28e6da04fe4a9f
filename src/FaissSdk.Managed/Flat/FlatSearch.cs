using System.Numerics;

namespace FaissSdk;

/// <summary>Searches a <see cref="VectorStore"/> with its own buffers, on several threads.</summary>
internal sealed unsafe class FlatSearch
{
    // Results of a block of queries, for all threads.
    private const long MaxEntries = 1 << 21;
    private const int MaxQueries = 4096;

    // For a large part of the vectors, limits are not worth their time.
    private const int MinRowsPerNeighbor = 32;

    // The multiply-adds that are worth another thread.
    private const long WorkPerThread = 1_000_000;

    private readonly VectorStore _store;
    private readonly bool _isProduct;
    private readonly FlatKernel _kernel;
    private readonly List<FlatWorker> _workers = [];
    private readonly Action<int> _prepareChunks;
    private readonly Action<int> _limitQueries;
    private readonly Action<int> _searchChunks;
    private readonly Action<int> _mergeQueries;
    private FlatQueries _queries;
    private ulong[][] _merged = [];
    private RowIds? _ids;
    private IdFilter? _filter;
    private int _k;
    private int _threads;
    private int _next;
    private int _stride;
    private float* _distances;
    private long* _labels;

    public FlatSearch(VectorStore store, bool isProduct, FlatKernel? kernel = null)
    {
        (_store, _isProduct, _kernel) = (store, isProduct, kernel ?? FlatKernel.Fastest);
        _queries = new FlatQueries(1, store.Dimension, isProduct);
        (_searchChunks, _mergeQueries) = (SearchChunks, MergeQueries);
        (_prepareChunks, _limitQueries) = (PrepareChunks, LimitQueries);
    }

    /// <summary>Finds the k nearest vectors of each query.</summary>
    public void Nearest(ReadOnlySpan<float> queries, int k, RowIds? ids, IdFilter? filter, int threads, Span<float> distances, Span<long> labels)
    {
        var count = queries.Length / _store.Dimension;
        var kept = Math.Min(k, Math.Max(1, _store.Count));
        var block = (int)Math.Clamp(MaxEntries / kept, 1, MaxQueries);
        labels.Fill(-1);
        distances.Fill(_isProduct ? float.MinValue : float.MaxValue);
        if (_store.Count == 0)
        {
            return;
        }

        fixed (float* x = queries, distance = distances)
        fixed (long* label = labels)
        {
            for (var start = 0; start < count; start = Blocking.Next(start, block, count))
            {
                var some = Math.Min(block, count - start);
                Run(x + ((long)start * _store.Dimension), some, kept, float.PositiveInfinity, ids, filter, threads);
                _distances = distance + ((long)start * k);
                _labels = label + ((long)start * k);
                _stride = k;
                RunOnThreads(_mergeQueries);
            }
        }

        (_ids, _filter) = (null, null);
    }

    /// <summary>Finds the vectors within a radius of each query.</summary>
    public RangeSearchResult Within(ReadOnlySpan<float> queries, float radius, RowIds? ids, IdFilter? filter, int threads)
    {
        var count = queries.Length / _store.Dimension;
        var limits = new int[count + 1];
        var (labels, distances) = (new List<long>(), new List<float>());

        // Entries at the limit are not within it.
        var limit = MathF.BitDecrement(_isProduct ? -radius : radius);
        if (_store.Count > 0 && !float.IsNaN(limit))
        {
            fixed (float* x = queries)
            {
                for (var start = 0; start < count; start = Blocking.Next(start, MaxQueries, count))
                {
                    var some = Math.Min(MaxQueries, count - start);
                    Run(x + ((long)start * _store.Dimension), some, 0, limit, ids, filter, threads);
                    Collect(start, some, limits, labels, distances);
                }
            }
        }

        for (var i = 0; i < count; i++)
        {
            limits[i + 1] = Math.Max(limits[i + 1], limits[i]);
        }

        (_ids, _filter) = (null, null);
        return new RangeSearchResult(limits, [.. distances], [.. labels], bufferSize: 0);
    }

    private void Run(float* queries, int count, int k, float limit, RowIds? ids, IdFilter? filter, int threads)
    {
        if (_queries.Capacity < count)
        {
            _queries = new FlatQueries((int)BitOperations.RoundUpToPowerOf2((uint)count), _store.Dimension, _isProduct);
            _workers.Clear();
        }

        _queries.Set(queries, count, limit);
        var work = (long)count * _store.Count * _store.Dimension;
        _threads = (int)Math.Clamp(Math.Min(work / WorkPerThread, _store.ChunkCount), 1, threads);
        _store.Directions.Count(_store, count);
        _queries.Project(_store.Directions.Current, _threads);
        while (_workers.Count < _threads)
        {
            _workers.Add(new FlatWorker(_store, _isProduct, _kernel, _queries.Capacity));
        }

        (_ids, _filter, _k) = (ids, filter, k);
        for (var i = 0; i < _threads; i++)
        {
            _workers[i].Begin(count, k);
        }

        if (k > 0 && filter is null && _queries.Sketches is not null && count >= FlatWorker.MinQueriesForScores && (long)k * MinRowsPerNeighbor <= _store.Count)
        {
            RunOnThreads(_prepareChunks);
            RunOnThreads(_limitQueries);
        }

        RunOnThreads(_searchChunks);
    }

    private void RunOnThreads(Action<int> work)
    {
        _next = -1;
        ParallelBlocks.For(_threads, _threads, work, CancellationToken.None);
    }

    private void PrepareChunks(int worker)
    {
        int chunk;
        while ((chunk = Interlocked.Increment(ref _next)) < _store.ChunkCount)
        {
            _workers[worker].Prepare(chunk, _queries);
        }
    }

    private void LimitQueries(int worker)
    {
        int query;
        while ((query = Interlocked.Increment(ref _next)) < _queries.Count)
        {
            _workers[worker].Limit(_queries, query, _k);
        }
    }

    private void SearchChunks(int worker)
    {
        int chunk;
        while ((chunk = Interlocked.Increment(ref _next)) < _store.ChunkCount)
        {
            _workers[worker].Search(chunk, _queries, _k, _ids, _filter);
        }
    }

    private void MergeQueries(int worker)
    {
        ulong[]? merged = null;
        int query;
        while ((query = Interlocked.Increment(ref _next)) < _queries.Count)
        {
            // Each vector is among the entries of one thread.
            merged ??= MergedOf(worker, (int)Math.Min((long)_threads * _k, _store.Count));
            var length = 0;
            for (var i = 0; i < _threads; i++)
            {
                var entries = _workers[i].EntriesOf(query, _k);
                entries.CopyTo(merged.AsSpan(length));
                length += entries.Length;
            }

            merged.AsSpan(0, length).Sort();
            var distance = _distances + ((long)query * _stride);
            var label = _labels + ((long)query * _stride);
            for (var i = 0; i < Math.Min(_k, length); i++)
            {
                (label[i], distance[i]) = Read(merged[i]);
            }
        }
    }

    private (long Label, float Distance) Read(ulong entry)
    {
        var rank = (int)(uint)entry;
        var distance = ExactDistance.FromOrdered((uint)(entry >> 32));
        var label = _ids is null ? rank : _ids[_ids.RowsByRank is { } rows ? rows[rank] : rank];
        return (label, _isProduct ? 0 - distance : distance);
    }

    private ulong[] MergedOf(int worker, int length)
    {
        lock (_workers)
        {
            if (_merged.Length <= worker)
            {
                Array.Resize(ref _merged, worker + 1);
            }

            return _merged[worker] is { } merged && merged.Length >= length ? merged : _merged[worker] = new ulong[length];
        }
    }

    private void Collect(int start, int count, int[] limits, List<long> labels, List<float> distances)
    {
        var found = new List<(int Query, ulong Entry)>();
        for (var i = 0; i < _threads; i++)
        {
            found.AddRange(_workers[i].Found);
        }

        if ((long)labels.Count + found.Count > Array.MaxLength)
        {
            throw new InvalidOperationException("More vectors were found than an array can hold; search with a smaller radius, or fewer queries at a time.");
        }

        // By query, then by label.
        found.Sort(static (left, right) => left.Query != right.Query ? left.Query.CompareTo(right.Query) : ((uint)left.Entry).CompareTo((uint)right.Entry));
        foreach (var (query, entry) in found)
        {
            var (label, distance) = Read(entry);
            labels.Add(label);
            distances.Add(distance);
            limits[start + query + 1] = labels.Count;
        }
    }
}
