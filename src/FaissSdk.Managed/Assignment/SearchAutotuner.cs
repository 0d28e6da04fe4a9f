using System.Diagnostics;

namespace FaissSdk;

/// <summary>Chooses among several search methods with the same result by measuring them on sampled blocks.</summary>
/// <remarks>
/// What is decided, and when:
/// <list type="table">
/// <item><term>once per training</term><description>the methods that are possible: <c>CreateIfWorthwhile</c> of the integer and projected centroids, <see cref="CentroidBounds.AreWorthwhile"/></description></item>
/// <item><term>first search</term><description><see cref="BlocksPerMethod"/> blocks per method are timed; the other blocks use the fastest method so far</description></item>
/// <item><term>later searches</term><description>2 blocks per method are timed, to notice that another method has become faster</description></item>
/// <item><term>after each iteration</term><description>whether all blocks keep bounds, by the times of blocks with and without them (<see cref="CentroidBounds.End"/>)</description></item>
/// <item><term>never</term><description>with <see cref="SearchTuning.FixedMethod"/>: results are the same bits in any case, but only then is the speed reproducible</description></item>
/// </list>
/// </remarks>
internal sealed class SearchAutotuner
{
    /// <summary>The number of blocks of the first search that are timed for each method.</summary>
    public const int BlocksPerMethod = 8;

    private const int BlocksPerMethodLater = 2;

    // Times are compared per this many points.
    private const int PointsPerTime = 1024;

    private readonly long[] _fastestTimes = new long[Enum.GetValues<SearchMethod>().Length];
    private SearchMethod[] _methods = [];
    private SearchMethod? _previous;
    private long _previousTime;

    /// <summary>Gets the number of blocks that are timed.</summary>
    public int SampledBlocks => _methods.Length == 1 ? 0 : _methods.Length * (_previous is null ? BlocksPerMethod : BlocksPerMethodLater);

    /// <summary>Begins a search.</summary>
    /// <param name="methods">The methods to choose from; a single one is not timed.</param>
    public void Begin(SearchMethod[] methods)
    {
        _previous = _methods.Length > 1 && FastestOr(_previous ?? _methods[0]) is var fastest && methods.Contains(fastest) ? fastest : null;
        _previousTime = _previous is { } previous ? _fastestTimes[(int)previous] : 0;
        _methods = methods;
        Array.Clear(_fastestTimes);
    }

    /// <summary>Returns the method for a block.</summary>
    public SearchMethod MethodFor(int block) =>
        block >= SampledBlocks ? FastestOr(_previous ?? _methods[0])
        : _methods[block % _methods.Length];

    /// <summary>Returns the time before a block, or 0 if the block is not timed.</summary>
    public long StartClock(int block) => block < SampledBlocks ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Records the time that a block took.</summary>
    /// <param name="method">The method of the block.</param>
    /// <param name="start">The time that <see cref="StartClock"/> returned.</param>
    /// <param name="points">The number of points of the block.</param>
    public void StopClock(SearchMethod method, long start, int points)
    {
        if (start != 0)
        {
            // The minimum, as other work of the machine adds to a time and never takes from it.
            var time = Math.Max(1, (Stopwatch.GetTimestamp() - start) * PointsPerTime / points);
            ref var fastest = ref _fastestTimes[(int)method];
            for (var seen = Volatile.Read(ref fastest); (seen == 0 || time < seen) && Interlocked.CompareExchange(ref fastest, time, seen) is var now && now != seen; seen = now)
            {
            }
        }
    }

    private SearchMethod FastestOr(SearchMethod defaultMethod)
    {
        var (fastest, fastestTime) = (defaultMethod, long.MaxValue);
        foreach (var method in _methods)
        {
            var time = Volatile.Read(ref _fastestTimes[(int)method]);
            if (method == _previous && _previousTime != 0)
            {
                // Costs change little from one search to the next: a much longer time means that the sampled blocks were disturbed.
                var expected = _previousTime + (_previousTime / 16);
                time = time == 0 ? expected : Math.Min(time, expected);
            }

            if (time != 0 && time < fastestTime)
            {
                (fastest, fastestTime) = (method, time);
            }
        }

        return fastest;
    }
}
