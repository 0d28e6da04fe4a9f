using System.Numerics;
using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <content>Searching by integer scores, which exclude most vectors at a fraction of the memory and time.</content>
internal sealed unsafe partial class FlatWorker
{
    private const int MaxIntegerHits = 1 << 13;

    /// <summary>With fewer components, scores in single precision are as fast.</summary>
    private const int MinDimensionForIntegers = 64;

    // The part of the second-level cache that queries, a group of panels and its vectors may take.
    private const int MaxGroupBytes = 384 * 1024;

    private readonly QueryIntegers _integers = new();
    private readonly QueryIntegers _rowIntegers = new();
    private float[]? _vector;
    private AlignedBuffer<float>? _zeros;

    /// <summary>Returns the vectors of a full chunk as integers once these pay off, or null.</summary>
    private QuantizedChunk? QuantizedOf(int chunk, FlatQueries queries)
    {
        if (_store.Dimension < MinDimensionForIntegers || _store.RowsOf(chunk) < VectorChunk.MaxRows)
        {
            return null;
        }

        var held = _store[chunk].Quantized;
        if (held is null || held.Sketches != queries.Sketches)
        {
            if (queries.Count < MinQueriesForScores)
            {
                return null;
            }

            held = Quantize(chunk, queries.Sketches);
            _store[chunk].Quantized = held;
        }

        return held is { Panels.IsUsable: true } ? held : null;
    }

    private QuantizedChunk? Quantize(int chunk, SearchSketches? sketches)
    {
        var (held, dimension) = (_store[chunk], _store.Dimension);
        if (QuantizedCentroids.CreateForSearch(VectorChunk.MaxRows, sketches?.Components ?? dimension) is not { } quantized)
        {
            return null;
        }

        var rows = (float*)held.Rows;
        AlignedBuffer<float>? decoded = null;
        if (_store.Storage != VectorStorage.Unchanged)
        {
            decoded = new AlignedBuffer<float>((long)VectorChunk.MaxRows * dimension);
            _store.Decode(chunk * VectorChunk.MaxRows, VectorChunk.MaxRows, decoded.Span);
            rows = decoded.Pointer;
        }

        QuantizedChunk integers;
        if (sketches is null)
        {
            Pack(quantized, rows, held);
            integers = new QuantizedChunk(quantized);
        }
        else
        {
            var sketched = SearchSketches.Of(sketches.Directions, rows, VectorChunk.MaxRows);
            quantized.Pack(sketched, StartsOf(held), threads: 1);
            var all = QuantizedCentroids.CreateRows(VectorChunk.MaxRows, dimension);
            if (all is not null)
            {
                Pack(all, rows, held);
            }

            integers = new QuantizedChunk(quantized, sketches, all is { IsUsable: true } ? all : null, new ClusterMembers(sketches.Clusters.Assign(sketched), sketches.Clusters.Clusters));
        }

        GC.KeepAlive(decoded);
        return integers;
    }

    private void Pack(QuantizedCentroids quantized, float* rows, VectorChunk chunk) =>
        quantized.Pack(new ReadOnlySpan<float>(rows, VectorChunk.MaxRows * _store.Dimension), StartsOf(chunk), threads: 1);

    private float* StartsOf(VectorChunk chunk)
    {
        if (!_isProduct)
        {
            return chunk.Starts;
        }

        _zeros ??= new AlignedBuffer<float>(VectorChunk.MaxRows);
        _zeros.Span.Clear();
        return _zeros.Pointer;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ScoreIntegers(QuantizedChunk held, int chunk, FlatQueries queries, int k, int[]? ranks)
    {
        var (quantized, rows) = (held.Panels, held.Rows);
        var (kernel, panels) = (quantized.Kernel, quantized.Panels);
        _integers.Set(quantized, queries, held.Sketches, _maxNorm);
        if (rows is not null)
        {
            _rowIntegers.Set(rows, queries, null, _maxNorm);
        }

        var numbers = new RowNumbers(chunk * VectorChunk.MaxRows, 0, null, ranks);
        var bytesPerRow = (panels.Words * sizeof(int)) + (rows is null ? _store.BytesPerRow : rows.Panels.Words * sizeof(int));
        var group = Math.Clamp(MaxGroupBytes / (panels.Width * bytesPerRow), 1, MaxIntegerHits / (kernel.Rows * panels.Width));
        var scores = stackalloc int[kernel.Rows * kernel.PanelWidth];
        var masks = stackalloc uint[kernel.Rows];
        int* words = _integers.Words, thresholds = _integers.Thresholds;
        var units = _integers.Units;
        for (var start = 0; start < panels.Count; start += group)
        {
            var end = Math.Min(panels.Count, start + group);
            for (var first = 0; first < queries.Count; first += kernel.Rows)
            {
                var (hits, some) = (0, Math.Min(kernel.Rows, queries.Count - first));
                for (var index = start; index < end; index++)
                {
                    kernel.Score(words + ((long)first * panels.Words), panels.Words, units + first, panels[index], thresholds + first, scores, masks);
                    for (var i = 0; i < some; i++)
                    {
                        for (var mask = masks[i]; mask != 0; mask &= mask - 1)
                        {
                            var row = (index * panels.Width) + BitOperations.TrailingZeroCount(mask);
                            PrefetchRow(chunk, rows, row);
                            _hits[hits++] = (first + i, row);
                        }
                    }
                }

                if (hits > 0)
                {
                    CompareStored(queries, chunk, rows, hits, k, numbers);
                    for (var i = first; i < first + some; i++)
                    {
                        _integers.Update(queries, i);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PrefetchRow(int chunk, QuantizedCentroids? rows, int row)
    {
        if (rows is null)
        {
            Prefetch.Soon((float*)_store[chunk].Rows + ((long)row * _store.BytesPerRow / sizeof(float)), _store.BytesPerRow / sizeof(float));
        }
        else
        {
            Prefetch.Soon((float*)rows.Panels[row].Words, rows.Panels.Words);
        }
    }

    /// <summary>Computes the exact distances of the hits from the vectors as stored, unless integers of all components exclude them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CompareStored(FlatQueries queries, int chunk, QuantizedCentroids? rows, int hits, int k, RowNumbers numbers)
    {
        var (dimension, isProduct, first) = (_store.Dimension, _isProduct, chunk * VectorChunk.MaxRows);
        var isUnchanged = _store.Storage == VectorStorage.Unchanged;
        _vector ??= new float[isUnchanged ? 1 : dimension];
        var words = rows?.Panels.Words ?? 0;
        int* queryWords = _rowIntegers.Words, thresholds = _rowIntegers.Thresholds;
        var units = _rowIntegers.Units;
        var firstRow = rows is null ? default : rows.Panels[0];
        fixed (float* decoded = _vector)
        {
            for (var i = 0; i < hits; i++)
            {
                var (query, row) = _hits[i];
                if (words > 0 && IntegerRow.Score(queryWords + ((nint)query * words), words, units + query, firstRow.Skip(row, words)) <= thresholds[query])
                {
                    continue;
                }

                var vector = isUnchanged ? (float*)_store[chunk].Rows + ((long)row * dimension) : decoded;
                if (!isUnchanged)
                {
                    _store.Decode(first + row, 1, _vector);
                }

                var distance = ExactDistance.Of(queries.Addresses[query], vector, dimension, isProduct);
                if (distance <= queries.LimitOf(query))
                {
                    Offer(queries, query, distance, numbers.RankOf(row), k);
                    if (rows is not null)
                    {
                        _rowIntegers.Update(queries, query);
                    }
                }
            }
        }
    }
}
