using FaissSdk.VectorData.Filters;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Remembers the matches of the last filters, for searches that repeat them on unchanged data.</summary>
internal sealed class FilterCache
{
    private const int Capacity = 32;

    private readonly Dictionary<string, FilterMatch> _matches = [];
    private readonly Queue<string> _order = [];
    private readonly Lock _gate = new();

    public FilterMatch Get(ReadSession session, SqlFilter filter)
    {
        string key = $"{session.State.CollectionId}\n{filter.CacheKey}";
        lock (_gate)
        {
            if (_matches.TryGetValue(key, out var known) && known.Version == session.State.Version)
            {
                return known;
            }
        }

        FilterMatch match = FilterMatch.Find(session, filter);
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
        }

        return match;
    }
}
