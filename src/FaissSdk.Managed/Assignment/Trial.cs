using System.Diagnostics;

namespace FaissSdk;

/// <summary>Several ways to one result: of the first search's blocks some take each way in turns, the others the one that took the least time; of later searches' blocks few do, to see whether another takes less time by now.</summary>
internal sealed class Trial
{
    /// <summary>The blocks of the first search that are tried for each way.</summary>
    public const int BlocksOfWay = 8;

    private const int BlocksOfLaterWay = 2;
    private const int TimesOfPoint = 1024;

    private readonly long[] _least = new long[Enum.GetValues<SearchWay>().Length];
    private SearchWay[] _ways = [];
    private SearchWay? _before;

    // What a point took that way, in the search before.
    private long _timeBefore;

    /// <summary>The blocks that are tried.</summary>
    public int Blocks => _ways.Length == 1 ? 0 : _ways.Length * (_before is null ? BlocksOfWay : BlocksOfLaterWay);

    /// <summary>Begins a search.</summary>
    /// <param name="ways">Those that can be had; a single one is not tried.</param>
    public void Begin(SearchWay[] ways)
    {
        _before = _ways.Length > 1 && Fastest(_before ?? _ways[0]) is var fastest && ways.Contains(fastest) ? fastest : null;
        _timeBefore = _before is { } before ? _least[(int)before] : 0;
        _ways = ways;
        Array.Clear(_least);
    }

    /// <summary>The way that a block is to take.</summary>
    public SearchWay WayOf(int block) =>
        block >= Blocks ? Fastest(_before ?? _ways[0])
        : _ways[block % _ways.Length];

    /// <summary>The time before a block; 0 when it is not of interest.</summary>
    public long StartClock(int block) => block < Blocks ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Takes the time that a block of so many points took.</summary>
    public void StopClock(SearchWay way, long start, int points)
    {
        if (start != 0)
        {
            // The least, as whatever else the machine does adds to a time and never takes from it.
            var time = Math.Max(1, (Stopwatch.GetTimestamp() - start) * TimesOfPoint / points);
            ref var least = ref _least[(int)way];
            for (var seen = Volatile.Read(ref least); (seen == 0 || time < seen) && Interlocked.CompareExchange(ref least, time, seen) is var now && now != seen; seen = now)
            {
            }
        }
    }

    private SearchWay Fastest(SearchWay otherwise)
    {
        var (fastest, least) = (otherwise, long.MaxValue);
        foreach (var way in _ways)
        {
            var time = Volatile.Read(ref _least[(int)way]);
            if (way == _before && _timeBefore != 0)
            {
                // Costs change little from one search to the next: what took much longer was disturbed.
                var expected = _timeBefore + (_timeBefore / 16);
                time = time == 0 ? expected : Math.Min(time, expected);
            }

            if (time != 0 && time < least)
            {
                (fastest, least) = (way, time);
            }
        }

        return fastest;
    }
}
