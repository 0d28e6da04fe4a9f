using System.Diagnostics;

namespace FaissSdk.Orleans.Host;

/// <summary>Records the durations of calls of grains.</summary>
internal sealed class Trace : IIncomingGrainCallFilter
{
    private readonly Lock _lock = new();
    private readonly List<(string Interface, string Method, TimeSpan Duration)> _calls = [];

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        var start = Stopwatch.GetTimestamp();
        await context.Invoke();
        lock (_lock)
        {
            _calls.Add((context.InterfaceName, context.MethodName, Stopwatch.GetElapsedTime(start)));
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _calls.Clear();
        }
    }

    public IReadOnlyList<TimeSpan> Of(string name, string? method = null)
    {
        lock (_lock)
        {
            return [.. _calls.Where(call => call.Interface.EndsWith(name, StringComparison.Ordinal) && (method is null || call.Method == method)).Select(call => call.Duration)];
        }
    }
}
