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

    private AlignedBuffer<int>? _words;
    private ScoreUnits[] _units = [];
    private int[] _integerThresholds = [];
    private (double Unit, double Bias, double Slack)[] _scales = [];
    private float[]? _vector;
    private AlignedBuffer<float>? _zeros;

    /// <summary>Returns the vectors of a full chunk as integers once these pay off, or null.</summary>
    private QuantizedCentroids? QuantizedOf(int chunk, int queries)
    {
        if (_store.Dimension < MinDimensionForIntegers || _store.RowsOf(chunk) < VectorChunk.MaxRows)
        {
            return null;
        }

        var held = _store[chunk];
        if (held.Quantized is null && queries >= MinQueriesForScores && QuantizedCentroids.CreateForSearch(VectorChunk.MaxRows, _store.Dimension) is { } quantized)
        {
            if (_store.Storage == VectorStorage.Unchanged)
            {
                quantized.Pack(new ReadOnlySpan<float>(held.Rows, VectorChunk.MaxRows * _store.Dimension), StartsOf(held), threads: 1);
            }
            else
            {
                var decoded = new float[VectorChunk.MaxRows * _store.Dimension];
                _store.Decode(chunk * VectorChunk.MaxRows, VectorChunk.MaxRows, decoded);
                quantized.Pack(decoded, StartsOf(held), threads: 1);
            }

            held.Quantized = quantized;
        }

        return held.Quantized is { IsUsable: true } usable ? usable : null;
    }

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
    private void ScoreIntegers(QuantizedCentroids quantized, int chunk, FlatQueries queries, int k, int[]? ranks)
    {
        var (kernel, panels, dimension) = (quantized.Kernel, quantized.Panels, _store.Dimension);
        Quantize(quantized, queries);
        var numbers = new RowNumbers(chunk * VectorChunk.MaxRows, 0, null, ranks);
        var group = Math.Clamp(MaxGroupBytes / (panels.Width * dimension * 5), 1, MaxIntegerHits / (kernel.Rows * panels.Width));
        var scores = stackalloc int[kernel.Rows * kernel.PanelWidth];
        var masks = stackalloc uint[kernel.Rows];
        fixed (ScoreUnits* units = _units)
        fixed (int* thresholds = _integerThresholds)
        {
            for (var start = 0; start < panels.Count; start += group)
            {
                var end = Math.Min(panels.Count, start + group);
                for (var first = 0; first < queries.Count; first += kernel.Rows)
                {
                    var words = _words!.Pointer + ((long)first * panels.Words);
                    var (hits, some) = (0, Math.Min(kernel.Rows, queries.Count - first));
                    for (var index = start; index < end; index++)
                    {
                        kernel.Score(words, panels.Words, units + first, panels[index], thresholds + first, scores, masks);
                        for (var i = 0; i < some; i++)
                        {
                            for (var mask = masks[i]; mask != 0; mask &= mask - 1)
                            {
                                var row = (index * panels.Width) + BitOperations.TrailingZeroCount(mask);
                                Prefetch.Soon((float*)_store[chunk].Rows + ((long)row * _store.BytesPerRow / sizeof(float)), _store.BytesPerRow / sizeof(float));
                                _hits[hits++] = (first + i, row);
                            }
                        }
                    }

                    if (hits > 0)
                    {
                        CompareStored(queries, chunk, hits, k, numbers);
                        for (var i = first; i < first + some; i++)
                        {
                            _integerThresholds[i] = IntegerThresholdOf(queries, i);
                        }
                    }
                }
            }
        }
    }

    /// <summary>Quantizes the queries for a chunk, as each chunk has its own mean and scales.</summary>
    private void Quantize(QuantizedCentroids quantized, FlatQueries queries)
    {
        var (words, capacity) = (quantized.Panels.Words, queries.Capacity + quantized.Kernel.Rows);
        if (_words is null || _units.Length < capacity)
        {
            _words = new AlignedBuffer<int>((long)capacity * words);
            (_units, _integerThresholds, _scales) = (new ScoreUnits[capacity], new int[capacity], new (double, double, double)[capacity]);
        }

        for (var query = 0; query < queries.Count; query++)
        {
            quantized.QuantizeQuery(queries.Addresses[query], _words.Pointer + ((long)query * words), out _units[query], out var unit, out var bias, out var slack);
            _scales[query] = (unit, bias, slack);
            _integerThresholds[query] = IntegerThresholdOf(queries, query);
        }

        // The padding never exceeds its threshold.
        for (var query = queries.Count; query < queries.Count + quantized.Kernel.Rows; query++)
        {
            (_units[query], _integerThresholds[query]) = (default, int.MaxValue);
        }
    }

    private int IntegerThresholdOf(FlatQueries queries, int query)
    {
        var (unit, bias, slack) = _scales[query];
        var threshold = ((queries.ExactThresholdOf(query, queries.LimitOf(query), _maxNorm) - bias) * unit) - slack;
        return threshold > int.MinValue ? (int)Math.Min(Math.Floor(threshold) - 1, int.MaxValue - 1) : int.MinValue;
    }

    /// <summary>Computes the exact distances of the hits from the vectors as stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CompareStored(FlatQueries queries, int chunk, int hits, int k, RowNumbers numbers)
    {
        var (dimension, isProduct, first) = (_store.Dimension, _isProduct, chunk * VectorChunk.MaxRows);
        var isUnchanged = _store.Storage == VectorStorage.Unchanged;
        _vector ??= new float[isUnchanged ? 1 : dimension];
        fixed (float* decoded = _vector)
        {
            for (var i = 0; i < hits; i++)
            {
                var (query, row) = _hits[i];
                var vector = isUnchanged ? (float*)_store[chunk].Rows + ((long)row * dimension) : decoded;
                if (!isUnchanged)
                {
                    _store.Decode(first + row, 1, _vector);
                }

                var distance = ExactDistance.Of(queries.Addresses[query], vector, dimension, isProduct);
                if (distance <= queries.LimitOf(query))
                {
                    Offer(queries, query, distance, numbers.RankOf(row), k);
                }
            }
        }
    }
}
