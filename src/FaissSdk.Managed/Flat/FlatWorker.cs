using System.Numerics;
using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Searches chunks of vectors on one thread: keeps the nearest of each query, or those within a radius.</summary>
internal sealed unsafe partial class FlatWorker
{
    /// <summary>With fewer queries, packing vectors takes longer than exact distances to all of them.</summary>
    public const int MinQueriesForScores = 9;

    private const int MaxPackedBytes = 128 * 1024;

    private readonly VectorStore _store;
    private readonly bool _isProduct;
    private readonly FlatKernel _kernel;
    private readonly int _groupRows;
    private readonly int _step;
    private readonly AlignedBuffer<float> _panels;
    private readonly AlignedBuffer<float> _starts;
    private readonly AlignedBuffer<float> _scores;
    private readonly AlignedBuffer<float>? _decoded;
    private readonly nint[] _rows;
    private readonly int[] _selected = new int[VectorChunk.MaxRows];
    private readonly float[] _thresholds;
    private readonly int[] _sizes;
    private readonly (int Query, int Row)[] _hits;
    private ulong[] _heaps = [];
    private double _maxNorm;

    public FlatWorker(VectorStore store, bool isProduct, FlatKernel kernel, int queries)
    {
        (_store, _isProduct, _kernel) = (store, isProduct, kernel);
        var width = kernel.PanelWidth;
        _groupRows = Math.Clamp(MaxPackedBytes / sizeof(float) / store.Dimension / width, 1, VectorChunk.MaxRows / width) * width;
        _step = Blocking.RowsPerStep(store.Dimension);
        _panels = new AlignedBuffer<float>((long)_groupRows * store.Dimension);
        _starts = new AlignedBuffer<float>(_groupRows);
        _scores = new AlignedBuffer<float>((long)_step * width);
        _decoded = store.Storage == VectorStorage.Unchanged ? null : new AlignedBuffer<float>((long)_groupRows * store.Dimension);
        _rows = GC.AllocateArray<nint>(_groupRows, pinned: true);
        (_thresholds, _sizes) = (new float[queries], new int[queries]);
        _hits = new (int, int)[Math.Max(_step * width, MaxIntegerHits)];
    }

    /// <summary>Gets the vectors within the radius: the query, and the distance and rank of a heap entry.</summary>
    public List<(int Query, ulong Entry)> Found { get; } = [];

    /// <summary>Begins the search of a block of queries.</summary>
    /// <param name="count">The number of queries.</param>
    /// <param name="k">The number of neighbors, or 0 for those within a radius.</param>
    public void Begin(int count, int k)
    {
        _sizes.AsSpan(0, count).Clear();
        Found.Clear();
        if (_heaps.Length < (long)count * k)
        {
            _heaps = GC.AllocateUninitializedArray<ulong>(checked(count * k), pinned: true);
        }
    }

    /// <summary>Gets the entries kept of a query, in no particular order.</summary>
    public ReadOnlySpan<ulong> EntriesOf(int query, int k) => _heaps.AsSpan(query * k, _sizes[query]);

    /// <summary>Searches a chunk.</summary>
    public void Search(int chunk, FlatQueries queries, int k, RowIds? ids, IdFilter? filter)
    {
        var ranks = ids?.RowsByRank is null ? null : ids.Ranks;
        var (first, count) = (chunk * VectorChunk.MaxRows, _store.RowsOf(chunk));
        if (filter is not null)
        {
            count = Select(first, count, ids, filter);
        }

        _maxNorm = _store[chunk].MaxNorm;
        for (var query = 0; query < queries.Count; query++)
        {
            _thresholds[query] = queries.ThresholdOf(query, queries.LimitOf(query), _maxNorm);
        }

        if (filter is null && QuantizedOf(chunk, queries) is { } integers)
        {
            ScoreIntegers(integers, chunk, queries, k, ranks);
            return;
        }

        for (var start = 0; start < count; start += _groupRows)
        {
            var group = Math.Min(_groupRows, count - start);
            Locate(chunk, start, group, filter is not null);
            var numbers = new RowNumbers(first, start, filter is null ? null : _selected, ranks);
            if (queries.Count < MinQueriesForScores)
            {
                Compare(queries, group, k, numbers);
            }
            else
            {
                Pack(chunk, start, group, filter is not null);
                Score(queries, group, k, numbers);
            }
        }
    }

    private int Select(int first, int count, RowIds? ids, IdFilter filter)
    {
        var selected = 0;
        for (var i = 0; i < count; i++)
        {
            if (filter.Contains(ids is null ? first + i : ids[first + i]))
            {
                _selected[selected++] = i;
            }
        }

        return selected;
    }

    /// <summary>Finds the addresses of the vectors of a group, decoded.</summary>
    private void Locate(int chunk, int start, int group, bool isFiltered)
    {
        var first = chunk * VectorChunk.MaxRows;
        if (_decoded is not null && !isFiltered)
        {
            _store.Decode(first + start, group, _decoded.Span);
        }

        for (var i = 0; i < group; i++)
        {
            var row = first + (isFiltered ? _selected[start + i] : start + i);
            if (_decoded is null)
            {
                _rows[i] = (nint)_store.AddressOf(row);
                continue;
            }

            var decoded = _decoded.Pointer + ((long)i * _store.Dimension);
            if (isFiltered)
            {
                _store.Decode(row, 1, new Span<float>(decoded, _store.Dimension));
            }

            _rows[i] = (nint)decoded;
        }
    }

    /// <summary>Computes the exact distances of few queries to all vectors of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Compare(FlatQueries queries, int group, int k, RowNumbers numbers)
    {
        var (dimension, isProduct) = (_store.Dimension, _isProduct);
        for (var query = 0; query < queries.Count; query++)
        {
            var x = queries.Addresses[query];
            var limit = queries.LimitOf(query);
            for (var i = 0; i < group; i++)
            {
                var distance = ExactDistance.Of(x, (float*)_rows[i], dimension, isProduct);
                if (distance <= limit)
                {
                    Offer(queries, query, distance, numbers.RankOf(i), k);
                    limit = queries.LimitOf(query);
                }
            }
        }
    }

    /// <summary>Copies a group into panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pack(int chunk, int start, int group, bool isFiltered)
    {
        var (dimension, width) = (_store.Dimension, _kernel.PanelWidth);
        var starts = _store[chunk].Starts;
        var lanes = (group + width - 1) / width * width;
        for (var i = 0; i < lanes; i++)
        {
            var component = _panels.Pointer + ((long)(i / width) * width * dimension) + (i % width);
            _starts.Pointer[i] = i >= group || _isProduct ? 0 : starts[isFiltered ? _selected[start + i] : start + i];
            var row = (float*)_rows[Math.Min(i, group - 1)];
            for (nint j = 0; j < dimension; j++, component += width)
            {
                *component = row[j];
            }
        }
    }

    /// <summary>Scores all queries against the panels, and computes exact distances where a score does not exclude them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score(FlatQueries queries, int group, int k, RowNumbers numbers)
    {
        var (dimension, width) = (_store.Dimension, _kernel.PanelWidth);
        var scores = _scores.Pointer;
        for (var first = 0; first < queries.Count; first += _step)
        {
            var count = Math.Min(_step, queries.Count - first);
            var tiles = (count + ITile.Rows - 1) / ITile.Rows;
            for (var start = 0; start < group; start += width)
            {
                var panel = new CentroidPanel { Components = _panels.Pointer + ((long)start * dimension), Starts = _starts.Pointer + start, Numbers = (int*)_starts.Pointer };
                _kernel.Score(queries.Addresses + first, tiles, panel, dimension, scores);
                var lanes = group - start >= width ? ulong.MaxValue : (1UL << (group - start)) - 1;
                var hits = 0;
                for (var i = 0; i < count; i++)
                {
                    var mask = FlatKernel.AtLeast(scores + (i * width), width, _thresholds[first + i]) & lanes;
                    for (; mask != 0; mask &= mask - 1)
                    {
                        var row = start + BitOperations.TrailingZeroCount(mask);
                        Prefetch.Soon((float*)_rows[row], dimension);
                        _hits[hits++] = (first + i, row);
                    }
                }

                CompareHits(queries, hits, k, numbers);
            }
        }
    }

    /// <summary>Computes the exact distances of the hits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CompareHits(FlatQueries queries, int hits, int k, RowNumbers numbers)
    {
        var (dimension, isProduct) = (_store.Dimension, _isProduct);
        for (var i = 0; i < hits; i++)
        {
            var (query, row) = _hits[i];
            var distance = ExactDistance.Of(queries.Addresses[query], (float*)_rows[row], dimension, isProduct);
            if (distance <= queries.LimitOf(query))
            {
                Offer(queries, query, distance, numbers.RankOf(row), k);
            }

            if (i == hits - 1 || _hits[i + 1].Query != query)
            {
                _thresholds[query] = queries.ThresholdOf(query, queries.LimitOf(query), _maxNorm);
            }
        }
    }

    private void Offer(FlatQueries queries, int query, float distance, int rank, int k)
    {
        var entry = ((ulong)ExactDistance.ToOrdered(distance) << 32) | (uint)rank;
        if (k == 0)
        {
            Found.Add((query, entry));
            return;
        }

        ref var size = ref _sizes[query];
        fixed (ulong* heaps = _heaps)
        {
            var heap = heaps + ((long)query * k);
            if (size < k)
            {
                NearestHeap.Push(heap, size++, entry);
            }
            else if (entry < heap[0])
            {
                NearestHeap.ReplaceRoot(heap, k, entry);
            }

            if (size == k)
            {
                queries.Lower(query, ExactDistance.FromOrdered((uint)(heap[0] >> 32)));
            }
        }
    }

    /// <summary>Converts places in a group to the ranks of vectors in the order of their ids.</summary>
    private readonly struct RowNumbers(int first, int start, int[]? selected, int[]? ranks)
    {
        public int RankOf(int i)
        {
            var row = first + (selected is null ? start + i : selected[start + i]);
            return ranks is null ? row : ranks[row];
        }
    }
}
