using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace FaissSdk.Orleans.Tests;

/// <summary>Native calls that wait, and those that are refused.</summary>
public sealed class GateTests
{
    private const int Dimension = 8;

    [Fact]
    public async Task A_queue_without_end_refuses_no_call_and_is_healthy()
    {
        using var store = new TestStore();
        var options = Options.Create(new FaissSiloOptions { MaxQueuedCalls = int.MaxValue });
        using var gate = new NativeGate(options);
        Assert.Equal(7, await gate.RunAsync(() => 7, default));
        var check = new FaissSiloHealthCheck(new ShardFiles(store), gate, options);
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("faiss-shards", check, HealthStatus.Unhealthy, []) };
        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(context)).Status);
    }

    [Fact]
    public async Task What_needs_no_library_runs_without_one()
    {
        // A limit is set by a function of the library.
        var options = new FaissSiloOptions { Library = new SiloLibrary(FaissLibraryInfo.NoVersion, "There is no libfaiss_c.so."), ThreadsPerCall = FaissThreads.Default + 1 };
        using var gate = new NativeGate(Options.Create(options));
        Assert.Equal(FaissThreads.Default, await gate.RunAsync(() => FaissThreads.Max, default));
        options.Library = SiloLibrary.Loaded;
        using var limited = new NativeGate(Options.Create(options));
        Assert.Equal(FaissThreads.Default + 1, await limited.RunAsync(() => FaissThreads.Max, default));
    }

    [Fact]
    public async Task Builds_and_seals_wait_while_the_queue_is_full()
    {
        await using var own = await TestCluster.StartAsync((options, _) => (options.MaxConcurrentCalls, options.MaxQueuedCalls) = (1, 0), silos: 1);
        using var template = FaissIndex.Create(Dimension, "IDMap2,Flat");
        var name = TestVectors.NewName();
        await WaitsAsync(own, () => own.Faiss.CreateCollectionAsync(name, template, 2));
        var collection = await own.Faiss.GetCollectionAsync(name);
        await collection.AddAsync(TestVectors.Random(90, Dimension), TestVectors.Ids(90));
        await WaitsAsync(own, () => collection.SealAsync());
        await WaitsAsync(own, () => collection.RemoveAsync(ShardFilter.Ids(7)));
        await WaitsAsync(own, () => collection.RecutAsync(3));
        Assert.Equal(89, collection.Count);
        var set = await own.Faiss.CreatePointSetAsync(name, Dimension, 2);
        await set.AppendAsync(0, TestVectors.Random(9, Dimension));
        await WaitsAsync(own, () => set.SealAsync());
        Assert.Equal(9, set.Count);
    }

    /// <summary>Begins a call while the only place is taken, and frees the place when the call waits for it.</summary>
    private static async Task WaitsAsync(TestCluster own, Func<Task> call)
    {
        await using var busy = new BusyGate(own, calls: 1);
        var begun = call();
        await Task.WhenAny(busy.WaitForAsync(2), begun);
        busy.Free();
        await begun;
    }
}
