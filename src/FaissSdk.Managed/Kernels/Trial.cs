using System.Diagnostics;

namespace FaissSdk;

/// <summary>Several ways to one result: the first blocks take them in turns, the others the one that took the least time.</summary>
/// <param name="ways">The ways; a single one is not tried.</param>
internal sealed class Trial(params SearchWay[] ways)
{
    /// <summary>The blocks that are tried for each way.</summary>
    public const int BlocksOfWay = 8;

    private readonly long[] _times = new long[ways.Length > 1 ? BlocksOfWay * ways.Length : 0];

    /// <summary>The blocks that are tried.</summary>
    public int Blocks => _times.Length;

    /// <summary>The way that a block is to take.</summary>
    public SearchWay WayOf(int block) => ways[block < _times.Length ? block % ways.Length : Fastest()];

    /// <summary>The time before a block; 0 when it is not of interest.</summary>
    public long StartClock(int block) => block < _times.Length ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Takes the time that a block took.</summary>
    public void StopClock(int block, long start)
    {
        if (start != 0)
        {
            Volatile.Write(ref _times[block], Stopwatch.GetTimestamp() - start);
        }
    }

    // By the least, as whatever else the machine does adds to a time and never takes from it.
    private int Fastest()
    {
        var (fastest, least) = (0, long.MaxValue);
        for (var block = 0; block < _times.Length; block++)
        {
            var time = Volatile.Read(ref _times[block]);
            if (time != 0 && time < least)
            {
                (fastest, least) = (block % ways.Length, time);
            }
        }

        return fastest;
    }
}
