using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace FaissSdk.Orleans.Tests;

/// <summary>Searches are measured.</summary>
public sealed class MetricsTests(TestCluster cluster)
{
    private const int Dimension = 8;

    [Fact]
    public async Task Searches_are_counted_with_their_duration_and_collection()
    {
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        using var measured = new Measured();
        for (var i = 0; i < 3; i++)
        {
            await collection.SearchAsync(new float[Dimension], 1);
        }

        var durations = measured.Of("faiss.orleans.search.duration", collection.Name);
        Assert.Equal(3, durations.Count);
        Assert.All(durations, seconds => Assert.InRange(seconds, 1e-6, 60));
        Assert.True(measured.Gauge("faiss.orleans.shards") >= 3);
        Assert.True(measured.Gauge("faiss.orleans.shards.size") >= 90 * Dimension * sizeof(float));
    }

    [Fact]
    public async Task Answers_without_some_shards_and_the_calls_that_failed_are_counted()
    {
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        File.Delete(Directory.GetFiles(Path.Combine(cluster.Store.Folder, "collections", collection.Name), "*-s00001-*").Single());
        using var measured = new Measured();
        await collection.SearchAsync(new float[Dimension], 1, new ShardedSearchOptions { AllowPartial = true });
        Assert.Equal([1], measured.Of("faiss.orleans.search.partial", collection.Name));
        Assert.Equal([1], measured.Of("faiss.orleans.calls.failed", collection.Name));
    }

    [Fact]
    public async Task A_second_replica_is_asked_when_the_first_is_slow_and_counted()
    {
        await using var own = await TestCluster.StartAsync((options, _) => (options.MaxConcurrentCalls, options.MaxQueuedCalls, options.HedgePercentile) = (1, 100, 0.5), silos: 2);
        var (collection, index) = await TestVectors.BuildAsync(own.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension, shards: 1, replicas: 2);
        index.Dispose();
        await collection.LoadAsync();
        using var block = new ManualResetEventSlim();
        var slow = own.Cluster.Silos[0].ServiceProvider.GetRequiredService<NativeGate>().RunAsync(() => block.Wait(TimeSpan.FromSeconds(20)), default);
        using var measured = new Measured();

        // Replicas take turns to be asked first, and searches of other tests take turns too.
        for (var i = 0; i < 20 && !measured.Of("faiss.orleans.calls.hedged", collection.Name).Any(); i++)
        {
            Assert.True((await collection.SearchAsync(new float[Dimension], 1)).IsComplete);
        }

        Assert.False(slow.IsCompleted);
        Assert.NotEmpty(measured.Of("faiss.orleans.calls.hedged", collection.Name));
        block.Set();
        await slow;
    }

    [Fact]
    public async Task Calls_that_wait_or_are_refused_are_counted()
    {
        await using var own = await TestCluster.StartAsync((options, _) => (options.MaxConcurrentCalls, options.MaxQueuedCalls) = (1, 1), silos: 1);
        var gate = own.Cluster.Silos[0].ServiceProvider.GetRequiredService<NativeGate>();
        using var measured = new Measured();
        using var block = new ManualResetEventSlim();
        var blocked = Enumerable.Range(0, 2).Select(_ => gate.RunAsync(() => block.Wait(TimeSpan.FromSeconds(20)), default)).ToArray();
        Assert.True(measured.Gauge("faiss.orleans.calls.pending") >= 2);
        await Assert.ThrowsAsync<ShardBusyException>(() => gate.RunAsync(() => true, default));
        Assert.NotEmpty(measured.Of("faiss.orleans.calls.refused", null));
        block.Set();
        await Task.WhenAll(blocked);
        Assert.Equal(0, gate.Pending);
    }

    /// <summary>Keeps what the meter measures; other tests are measured at the same time, so it tells collections apart.</summary>
    private sealed class Measured : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Name, string? Collection, double Value)> _values = [];

        public Measured()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == FaissOrleansDiagnostics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
            _listener.Start();
        }

        public IReadOnlyList<double> Of(string name, string? collection) => [.. _values.Where(value => value.Name == name && value.Collection == collection).Select(value => value.Value)];

        public double Gauge(string name)
        {
            _listener.RecordObservableInstruments();
            return Of(name, null)[^1];
        }

        public void Dispose() => _listener.Dispose();

        private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string? collection = null;
            foreach (var tag in tags)
            {
                collection = tag.Key == "faiss.collection" ? (string?)tag.Value : collection;
            }

            _values.Enqueue((instrument.Name, collection, value));
        }
    }
}
