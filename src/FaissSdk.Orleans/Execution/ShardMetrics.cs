using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace FaissSdk.Orleans;

/// <summary>Holds the instruments of <see cref="FaissOrleansDiagnostics"/>.</summary>
internal static class ShardMetrics
{
    private static readonly Meter Meter = new(FaissOrleansDiagnostics.MeterName);
    private static readonly ConcurrentDictionary<NativeGate, byte> Gates = [];
    private static long _loaded;
    private static long _bytes;

    static ShardMetrics()
    {
        Meter.CreateObservableGauge("faiss.orleans.calls.pending", () => Gates.Keys.Sum(gate => gate.Pending), description: "Native calls that run or wait.");
        Meter.CreateObservableGauge("faiss.orleans.shards", () => Interlocked.Read(ref _loaded), description: "Shards that are loaded.");
        Meter.CreateObservableGauge("faiss.orleans.shards.size", () => Interlocked.Read(ref _bytes), "By", "The size of the files of loaded shards.");
    }

    public static Histogram<double> Duration { get; } = Meter.CreateHistogram<double>("faiss.orleans.search.duration", "s", "The duration of searches of a collection.");

    public static Counter<long> Refused { get; } = Meter.CreateCounter<long>("faiss.orleans.calls.refused", description: "Native calls that were refused because too many waited.");

    public static Counter<long> Hedged { get; } = Meter.CreateCounter<long>("faiss.orleans.calls.hedged", description: "Calls of a second replica because the first was slow.");

    public static Counter<long> Failed { get; } = Meter.CreateCounter<long>("faiss.orleans.calls.failed", description: "Calls of replicas that failed.");

    public static Counter<long> Partial { get; } = Meter.CreateCounter<long>("faiss.orleans.search.partial", description: "Searches that were answered without some shards.");

    public static KeyValuePair<string, object?> Tag(string collection) => new("faiss.collection", collection);

    public static long LoadedShards => Interlocked.Read(ref _loaded);

    public static void Observe(NativeGate gate) => Gates.TryAdd(gate, 0);

    public static void Forget(NativeGate gate) => Gates.TryRemove(gate, out _);

    public static void CountLoaded(int shards, long bytes)
    {
        Interlocked.Add(ref _loaded, shards);
        Interlocked.Add(ref _bytes, bytes);
    }
}
