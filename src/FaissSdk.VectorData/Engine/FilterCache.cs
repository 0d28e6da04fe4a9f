using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Filters;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Remembers the matches of the last filters, for searches that repeat them on unchanged data.</summary>
internal sealed class FilterCache
{
    private const int Capacity = 32;

    // Packed vectors take at most an eighth of the memory of all vectors. Comparing with 64 MB of them takes as long as a search of
    // inverted lists with the filter.
    private const int PackedShare = 8;
    private const long LeastPacked = 4 << 20;
    private const long MostPacked = 64 << 20;

    private readonly Dictionary<string, FilterMatch> _matches = [];
    private readonly Queue<string> _order = [];
    private readonly Queue<(FilterMatch Match, long Bytes)> _packed = [];
    private readonly Lock _gate = new();
    private long _packedBytes;

    public FilterMatch Get(ReadSession session, SqlFilter filter)
    {
        var key = $"{session.State.CollectionId}\n{filter.CacheKey}";
        lock (_gate)
        {
            if (_matches.TryGetValue(key, out var known) && known.Version == session.State.Version)
            {
                known.IsRepeated = true;
                return known;
            }
        }

        var match = FilterMatch.Find(this, session, filter);
        lock (_gate)
        {
            if (!_matches.ContainsKey(key))
            {
                _order.Enqueue(key);
                if (_order.Count > Capacity)
                {
                    _matches.Remove(_order.Dequeue());
                }
            }

            _matches[key] = match;
            while (_packed.TryPeek(out var oldest) && oldest.Match.Version < match.Version)
            {
                UnpackOldest();
            }
        }

        return match;
    }

    /// <summary>Gets the vectors of a match side by side, or null if the filter was not repeated or they take too much memory.</summary>
    public PackedMatches? Pack(ReadSession session, VectorColumn column, FilterMatch match)
    {
        if (match.Packed.TryGetValue(column.Ordinal, out var packed))
        {
            return packed;
        }

        long size = column.Dimension * sizeof(float);
        long bytes = match.Count * size, limit = Math.Max(LeastPacked, session.State.Properties[column.Ordinal].LiveCount * size / PackedShare);
        if (!match.IsRepeated || column.Metric.Type == MetricType.L1 || bytes > Math.Min(limit, MostPacked) || !match.Packing.TryEnter())
        {
            return null;
        }

        try
        {
            if (!match.Packed.TryGetValue(column.Ordinal, out packed))
            {
                packed = PackedMatches.Read(session, column, match.Sorted);
                Keep(match, column.Ordinal, packed, bytes, limit);
            }

            return packed;
        }
        finally
        {
            match.Packing.Exit();
        }
    }

    private void Keep(FilterMatch match, int ordinal, PackedMatches packed, long bytes, long limit)
    {
        lock (_gate)
        {
            while (_packedBytes + bytes > limit && _packed.Count > 0)
            {
                UnpackOldest();
            }

            match.Packed = new Dictionary<int, PackedMatches>(match.Packed) { [ordinal] = packed };
            _packed.Enqueue((match, bytes));
            _packedBytes += bytes;
        }
    }

    // A search that uses them keeps them alive until it ends.
    private void UnpackOldest()
    {
        (var match, var bytes) = _packed.Dequeue();
        match.Packed = new Dictionary<int, PackedMatches>();
        _packedBytes -= bytes;
    }
}
