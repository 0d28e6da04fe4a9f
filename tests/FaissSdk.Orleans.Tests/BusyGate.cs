using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace FaissSdk.Orleans.Tests;

/// <summary>Holds the only place of a silo's native calls, and some of the places in its queue.</summary>
internal sealed class BusyGate : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);
    private readonly ManualResetEventSlim _free = new();
    private readonly NativeGate _gate;
    private readonly Task _calls;

    public BusyGate(TestCluster cluster, int calls)
    {
        _gate = cluster.Cluster.Silos[0].ServiceProvider.GetRequiredService<NativeGate>();
        _calls = Task.WhenAll(Enumerable.Range(0, calls).Select(_ => _gate.RunAsync(() => _free.Wait(TimeSpan.FromSeconds(20)), default)));
    }

    public async Task WaitForAsync(int calls)
    {
        while (_gate.Pending < calls && !_free.IsSet)
        {
            await Task.Delay(5);
        }
    }

    /// <summary>Returns whether only so many calls are left soon.</summary>
    public async Task<bool> FallsToAsync(int calls)
    {
        var start = Stopwatch.GetTimestamp();
        while (_gate.Pending > calls && Stopwatch.GetElapsedTime(start) < Longest)
        {
            await Task.Delay(5);
        }

        return _gate.Pending <= calls;
    }

    public void Free() => _free.Set();

    public async ValueTask DisposeAsync()
    {
        Free();
        await _calls;
        _free.Dispose();
    }
}
