namespace FaissSdk;

/// <summary>Holds queries as integers for the search of one chunk, as each chunk has its own mean and scales.</summary>
internal sealed unsafe class QueryIntegers
{
    private AlignedBuffer<int> _words = new(0);
    private AlignedBuffer<ScoreUnits> _units = new(0);
    private AlignedBuffer<int> _thresholds = new(0);
    private (double Unit, double Bias, double Slack)[] _scales = [];
    private double _maxNorm;
    private double _error;

    /// <summary>Gets the words of all queries.</summary>
    public int* Words => _words.Pointer;

    /// <summary>Gets the units of all queries.</summary>
    public ScoreUnits* Units => _units.Pointer;

    /// <summary>Gets the thresholds of all queries: vectors with greater scores may be within the limit.</summary>
    public int* Thresholds => _thresholds.Pointer;

    /// <summary>Quantizes the queries for a chunk.</summary>
    /// <param name="quantized">The vectors of the chunk.</param>
    /// <param name="queries">The queries.</param>
    /// <param name="sketches">The directions in which the chunk is quantized, or null for all components.</param>
    /// <param name="maxNorm">An upper bound of the |c| of the chunk.</param>
    public void Set(QuantizedCentroids quantized, FlatQueries queries, SearchSketches? sketches, double maxNorm)
    {
        var (words, capacity) = (quantized.Panels.Words, queries.Capacity + quantized.Kernel.Rows);
        (_maxNorm, _error) = (maxNorm, sketches?.Directions.Error ?? 0);
        if (_words.Length < (long)capacity * words)
        {
            _words = new AlignedBuffer<int>((long)capacity * words);
        }

        if (_scales.Length < capacity)
        {
            (_units, _thresholds, _scales) = (new AlignedBuffer<ScoreUnits>(capacity), new AlignedBuffer<int>(capacity), new (double, double, double)[capacity]);
        }

        for (var query = 0; query < queries.Count; query++)
        {
            var vector = sketches is null ? queries.Addresses[query] : queries.SketchOf(query);
            quantized.QuantizeQuery(vector, Words + ((long)query * words), out Units[query], out var unit, out var bias, out var slack);
            _scales[query] = (unit, bias, slack);
            Update(queries, query);
        }

        // The padding never exceeds its threshold.
        for (var query = queries.Count; query < queries.Count + quantized.Kernel.Rows; query++)
        {
            (Units[query], Thresholds[query]) = (default, int.MaxValue);
        }
    }

    /// <summary>Computes the threshold of a query from its limit.</summary>
    public void Update(FlatQueries queries, int query)
    {
        var (unit, bias, slack) = _scales[query];
        var score = queries.ExactThresholdOf(query, queries.LimitOf(query), _maxNorm) - (_error * queries.NormOf(query) * _maxNorm);
        var threshold = ((score - bias) * unit) - slack;
        Thresholds[query] = threshold > int.MinValue ? (int)Math.Min(Math.Floor(threshold) - 1, int.MaxValue - 1) : int.MinValue;
    }
}
