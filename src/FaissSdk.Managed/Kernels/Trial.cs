using System.Diagnostics;

namespace FaissSdk;

/// <summary>Two ways to one result: the first blocks take them in turns, the others the one that took less time.</summary>
/// <param name="always">Whether all take the second, for tests.</param>
internal sealed class Trial(bool always = false)
{
    /// <summary>The blocks that are tried.</summary>
    public const int Blocks = 16;

    private readonly long[] _times = new long[Blocks];

    /// <summary>Whether a block is to take the second way.</summary>
    public bool TakesSecond(int block) => always || (block < Blocks ? block % 2 == 1 : Least(1) <= Least(0));

    /// <summary>The time before a block; 0 when it is not of interest.</summary>
    public static long StartClock(int block) => block < Blocks ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Takes the time that a block took.</summary>
    public void StopClock(int block, long start)
    {
        if (start != 0)
        {
            Volatile.Write(ref _times[block], Stopwatch.GetTimestamp() - start);
        }
    }

    // The least, as whatever else the machine does adds to a time and never takes from it.
    private long Least(int way)
    {
        var least = long.MaxValue;
        for (var block = way; block < Blocks; block += 2)
        {
            var time = Volatile.Read(ref _times[block]);
            least = time == 0 ? least : Math.Min(least, time);
        }

        return least;
    }
}
