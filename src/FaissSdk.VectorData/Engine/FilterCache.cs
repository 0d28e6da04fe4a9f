using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Filters;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Remembers the matches of the last filters, for searches that repeat them on unchanged data.</summary>
internal sealed class FilterCache
{
    private const int Capacity = 32;
    private const long MostBytes = 64 << 20;

    // Packed vectors take at most an eighth of the memory of all vectors. Comparing with 64 MB of them takes as long as a search of
    // inverted lists with the filter.
    private const int PackedShare = 8;
    private const long LeastPacked = 4 << 20;
    private const long MostPacked = 64 << 20;

    // All are of one version, that of the last match.
    private readonly Dictionary<string, FilterMatch> _matches = [];
    private readonly Queue<string> _order = [];
    private readonly Queue<(FilterMatch Match, long Bytes)> _packed = [];
    private readonly Lock _gate = new();
    private (long Opening, long Version) _version;
    private long _bytes;
    private long _packedBytes;

    /// <summary>Gets the number of matches.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _matches.Count;
            }
        }
    }

    public FilterMatch Get(ReadSession session, SqlFilter filter)
    {
        var key = filter.CacheKey;
        lock (_gate)
        {
            if (VersionOf(session) == _version && _matches.TryGetValue(key, out var known))
            {
                known.IsRepeated = true;
                return known;
            }
        }

        var match = FilterMatch.Find(this, session, filter);
        lock (_gate)
        {
            var version = VersionOf(session);
            if (version.CompareTo(_version) > 0)
            {
                Clear();
                _version = version;
            }

            // A search that began earlier keeps its match for itself.
            if (version == _version && _matches.TryAdd(key, match))
            {
                _order.Enqueue(key);
                _bytes += match.Bytes;
                while (_order.Count > Capacity || (_bytes > MostBytes && _order.Count > 1))
                {
                    ForgetOldest();
                }
            }
        }

        return match;
    }

    /// <summary>Forgets all matches; searches that use them keep them.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            while (_order.Count > 0)
            {
                ForgetOldest();
            }
        }
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
                packed = PackedMatches.Read(session, column, match.Ids, match.Count);
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
            if ((match.Opening, match.Version) != _version || !_matches.ContainsValue(match))
            {
                return;
            }

            while (_packedBytes + bytes > limit && _packed.Count > 0)
            {
                Unpack(_packed.Dequeue());
            }

            match.Packed = new Dictionary<int, PackedMatches>(match.Packed) { [ordinal] = packed };
            _packed.Enqueue((match, bytes));
            _packedBytes += bytes;
        }
    }

    private static (long Opening, long Version) VersionOf(ReadSession session) => (session.State.Opening, session.State.Version);

    private void ForgetOldest()
    {
        _matches.Remove(_order.Dequeue(), out var match);
        _bytes -= match!.Bytes;
        for (var i = _packed.Count; i > 0; i--)
        {
            var entry = _packed.Dequeue();
            if (entry.Match == match)
            {
                Unpack(entry);
            }
            else
            {
                _packed.Enqueue(entry);
            }
        }
    }

    // A search that uses them keeps them alive until it ends.
    private void Unpack((FilterMatch Match, long Bytes) entry)
    {
        entry.Match.Packed = new Dictionary<int, PackedMatches>();
        _packedBytes -= entry.Bytes;
    }
}
