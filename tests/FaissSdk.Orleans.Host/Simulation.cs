using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace FaissSdk.Orleans.Host;

/// <summary>Traces the messages of searches and of a k-means with many shards on one silo, and prints what they add up to on as many machines.</summary>
internal static class Simulation
{
    private const int Clusters = 256;
    private static readonly int[] Shards = [3, 21, 100];

    public static async Task<int> RunAsync(SampleOptions options)
    {
        var trace = new Trace();
        using var silo = ClusterHosts.CreateSilo(options, builder => builder.AddIncomingGrainCallFilter(trace));
        await silo.StartAsync();
        var cluster = silo.Services.GetRequiredService<FaissCluster>();
        foreach (var shards in Shards)
        {
            await SearchAsync(cluster, trace, shards, queries: 1);
            await SearchAsync(cluster, trace, shards, queries: 100);
            await TrainAsync(cluster, trace, shards);
        }

        await silo.StopAsync();
        return 0;
    }

    private static async Task SearchAsync(FaissCluster cluster, Trace trace, int shards, int queries)
    {
        using var trained = FaissIndex.Create(SampleCollection.Dimension, "IDMap2,Flat");
        var collection = await cluster.CreateCollectionAsync($"simulated-{shards}-{queries}", trained, shards);
        await collection.AddAsync(SampleCollection.All, Enumerable.Range(0, SampleCollection.Count).Select(id => (long)id).ToArray());
        await collection.SealAsync();
        await collection.LoadAsync();
        var block = SampleCollection.All[..(queries * SampleCollection.Dimension)];
        await collection.SearchAsync(block, 10);
        trace.Clear();
        var start = Stopwatch.GetTimestamp();
        await collection.SearchAsync(block, 10);
        var calls = trace.Of("IIndexShard");
        // A request has the vectors, an answer ids and distances.
        var bytes = (long)calls.Count * queries * ((SampleCollection.Dimension * sizeof(float)) + (10 * (sizeof(long) + sizeof(float))));
        Report($"{shards} shards, {queries} queries: {2 * (calls.Count + 1)} messages, {bytes / 1024} KB, slowest shard {Slowest(calls):F2} ms of {calls.Sum(call => call.TotalMilliseconds):F2} ms in all, {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F2} ms on this machine");
    }

    private static async Task TrainAsync(FaissCluster cluster, Trace trace, int parts)
    {
        var points = await cluster.CreatePointSetAsync($"simulated-{parts}", SampleCollection.Dimension, parts);
        for (var part = 0; part < parts; part++)
        {
            var (start, end) = (SampleCollection.Count * part / parts, SampleCollection.Count * (part + 1) / parts);
            await points.AppendAsync(part, SampleCollection.All.Slice(start * SampleCollection.Dimension, (end - start) * SampleCollection.Dimension));
        }

        await points.SealAsync();
        trace.Clear();
        await points.TrainAsync(Clusters, new KMeansOptions { MaxIterations = 1, MaxPointsPerCentroid = int.MaxValue });
        var (assignments, sums) = (trace.Of("IPointPart", "Assign"), trace.Of("IPointPart", "Add"));
        var blocks = sums.Count / parts;
        // Sums in single and in double precision.
        var block = (long)Clusters / blocks * SampleCollection.Dimension * (sizeof(float) + sizeof(double));
        // A call of a part lasts until the parts behind it have ended: what it adds itself is the difference.
        var addition = sums.Count == 0 ? 0 : sums.Average(call => call.TotalMilliseconds) / (parts + 1) * 2;
        Report($"{parts} parts, one step with k = {Clusters}: {sums.Count} messages of {block / 1024} KB with sums in {blocks} blocks, {parts} × {(long)Clusters * SampleCollection.Dimension * sizeof(float) / 1024} KB of centroids, slowest assignment {Slowest(assignments):F2} ms, pipeline of {parts + blocks - 1} steps of {addition:F2} ms");
    }

    private static double Slowest(IReadOnlyCollection<TimeSpan> calls) => calls.Count == 0 ? 0 : calls.Max(call => call.TotalMilliseconds);

    private static void Report(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
