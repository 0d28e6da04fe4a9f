using System.Diagnostics;

namespace FaissSdk.Benchmarks;

/// <summary>Measures the time of work: processor time of the process for one thread, wall-clock time for several.</summary>
internal readonly struct WorkClock
{
    private readonly bool _countsProcessor;
    private readonly TimeSpan _processor;
    private readonly long _timestamp;

    private WorkClock(bool countsProcessor)
    {
        _countsProcessor = countsProcessor;
        _processor = ProcessorTime;
        _timestamp = Stopwatch.GetTimestamp();
    }

    public double Seconds => (_countsProcessor ? ProcessorTime - _processor : Stopwatch.GetElapsedTime(_timestamp)).TotalSeconds;

    private static TimeSpan ProcessorTime => Environment.CpuUsage.TotalTime;

    public static WorkClock Start(int threads) => new(countsProcessor: threads == 1);
}
