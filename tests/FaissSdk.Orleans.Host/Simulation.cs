using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace FaissSdk.Orleans.Host;

/// <summary>Traces the messages of searches and of a k-means with many shards on one silo, measures the work that each of as many machines would do, and prints the critical path without the network.</summary>
internal static class Simulation
{
    private const int Clusters = 256;
    private const int K = 10;
    private const int Dimension = SampleCollection.Dimension;
    private static readonly int[] Shards = [3, 21, 100];

    public static async Task<int> RunAsync(SampleOptions options)
    {
        using var silo = ClusterHosts.CreateSilo(options, builder =>
        {
            builder.Services.AddSingleton<Trace>();
            builder.Services.AddSingleton<IIncomingGrainCallFilter>(provider => provider.GetRequiredService<Trace>());
        });
        await silo.StartAsync();
        var (cluster, trace) = (silo.Services.GetRequiredService<FaissCluster>(), silo.Services.GetRequiredService<Trace>());
        foreach (var shards in Shards)
        {
            await SearchAsync(cluster, trace, shards);
            await TrainAsync(cluster, trace, shards);
        }

        await silo.StopAsync();
        return 0;
    }

    private static async Task SearchAsync(FaissCluster cluster, Trace trace, int shards)
    {
        using var trained = FaissIndex.Create(Dimension, "IDMap2,Flat");
        var collection = await cluster.CreateCollectionAsync($"simulated-{shards}", trained, shards);
        await collection.AddAsync(SampleCollection.All, Enumerable.Range(0, SampleCollection.Count).Select(id => (long)id).ToArray());
        await collection.SealAsync();
        await collection.LoadAsync();
        using var all = Index(0, SampleCollection.Count);
        var count = SampleCollection.Count / shards;
        using var shard = Index(0, count);
        foreach (var queries in (int[])[1, 1000])
        {
            var block = SampleCollection.All[..(queries * Dimension)];
            var patient = new ShardedSearchOptions { Timeout = TimeSpan.FromMinutes(5) };
            await collection.SearchAsync(block, K, patient);
            trace.Clear();
            await collection.SearchAsync(block, K, patient);
            var (scatter, calls) = (trace.Of("ICollectionSearch", "Search"), trace.Of("IIndexShard", "Search"));
            var found = Enumerable.Range(0, shards).Select(i => SearchPart(i * count, count, block)).ToArray();
            var (one, most) = (Time(() => all.Search(block.Span, K)), Time(() => shard.Search(block.Span, K)));
            var merge = Time(() => SearchResult.Merge(found, MetricType.L2, K));
            Report($"{shards} shards, {queries} queries: {2 * (scatter.Calls + calls.Calls)} messages, {calls.Bytes / 1024.0:F1} KB between silos; critical path {most + merge:F2} ms: a shard {most:F2} ms, the merge {merge:F2} ms (one machine with all vectors: {one:F2} ms)");
        }
    }

    private static async Task TrainAsync(FaissCluster cluster, Trace trace, int parts)
    {
        var points = await cluster.CreatePointSetAsync($"simulated-{parts}", Dimension, parts);
        for (var part = 0; part < parts; part++)
        {
            var (start, end) = (SampleCollection.Count * part / parts, SampleCollection.Count * (part + 1) / parts);
            await points.AppendAsync(part, SampleCollection.All[(start * Dimension)..(end * Dimension)]);
        }

        await points.SealAsync();
        trace.Clear();
        var options = new KMeansOptions { MaxIterations = 1, MaxPointsPerCentroid = int.MaxValue };
        await points.TrainAsync(Clusters, options);
        var (sums, centroids) = (trace.Of("IPointPart", "Add"), trace.Of("IPointPart", "SetCentroids"));
        var blocks = sums.Calls / parts;
        var own = new KMeansPart(SampleCollection.All[..(SampleCollection.Count / parts * Dimension)], Dimension);
        var assignment = Time(() => own.Assign(SampleCollection.All.Span[..(Clusters * Dimension)], options));
        var addition = Time(() => own.AddTo(new KMeansSums(0, Clusters / blocks, Dimension, isWeighted: false, options)));
        Report($"{parts} parts, a step with k = {Clusters}: {2 * sums.Calls} messages with {sums.Bytes / 1024.0:F0} KB of sums in {blocks} blocks, {2 * centroids.Calls} with {centroids.Bytes / 1024.0:F0} KB of centroids; critical path {assignment + ((parts + blocks - 1) * addition):F2} ms: an assignment {assignment:F2} ms, {parts + blocks - 1} additions of a block {addition:F3} ms");
    }

    private static FaissIndex Index(int first, int count)
    {
        var index = FaissIndex.Create(Dimension, "IDMap2,Flat");
        index.AddWithIds(SampleCollection.All.Span.Slice(first * Dimension, count * Dimension), [.. Enumerable.Range(first, count).Select(id => (long)id)]);
        return index;
    }

    private static SearchResult SearchPart(int first, int count, ReadOnlyMemory<float> queries)
    {
        using var part = Index(first, count);
        return part.Search(queries.Span, K);
    }

    // The shortest time is closest to that of a machine with no other work.
    private static double Time(Action call)
    {
        var least = double.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var start = Stopwatch.GetTimestamp();
            call();
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return least;
    }

    private static void Report(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
