using System.Collections.Concurrent;
using System.Numerics;

namespace FaissSdk.Orleans;

/// <summary>Remembers the durations of the recent calls of each collection, separately by the size of the block of queries. They determine the delay after which a second replica is asked.</summary>
internal sealed class Latencies
{
    private const int Kept = 128;
    private const int MinCalls = 16;
    private readonly ConcurrentDictionary<(string Collection, int Size), Ring> _rings = [];

    public void Add(string collection, int queries, TimeSpan duration) => _rings.GetOrAdd(Key(collection, queries), _ => new Ring()).Add(duration.TotalMilliseconds);

    /// <summary>Returns the duration that the given share of the recent calls did not exceed, or null if there are too few calls.</summary>
    public TimeSpan? Percentile(string collection, int queries, double part) => _rings.TryGetValue(Key(collection, queries), out var ring) ? ring.Percentile(part) : null;

    private static (string Collection, int Size) Key(string collection, int queries) => (collection, BitOperations.Log2((uint)queries));

    private sealed class Ring
    {
        private readonly double[] _milliseconds = new double[Kept];
        private readonly Lock _lock = new();
        private long _count;
        private TimeSpan? _cached;
        private double _cachedPart;

        public void Add(double milliseconds)
        {
            lock (_lock)
            {
                _milliseconds[_count++ % Kept] = milliseconds;
                // A new percentile for every eighth call is recent enough.
                if (_count % 8 == 0)
                {
                    _cached = null;
                }
            }
        }

        public TimeSpan? Percentile(double part)
        {
            lock (_lock)
            {
                if (_count < MinCalls)
                {
                    return null;
                }

                if (_cached is null || _cachedPart != part)
                {
                    var sorted = _milliseconds[..(int)Math.Min(_count, Kept)];
                    Array.Sort(sorted);
                    _cached = TimeSpan.FromMilliseconds(sorted[(int)Math.Ceiling(part * sorted.Length) - 1]);
                    _cachedPart = part;
                }

                return _cached;
            }
        }
    }
}
