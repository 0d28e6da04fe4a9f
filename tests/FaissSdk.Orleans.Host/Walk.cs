using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace FaissSdk.Orleans.Host;

/// <summary>Starts silos as processes, ends each in turn under load, and checks that answers stay complete.</summary>
internal static class Walk
{
    private const int K = 10;
    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(SampleOptions options)
    {
        var silos = new SiloProcess?[ClusterHosts.Silos];
        try
        {
            for (var i = 0; i < silos.Length; i++)
            {
                silos[i] = await SiloProcess.StartAsync(options, i);
            }

            using var client = ClusterHosts.CreateClient(options);
            await client.StartAsync();
            var collection = await SampleCollection.CreateAsync(client.Services.GetRequiredService<FaissCluster>());
            using var local = FaissIndex.Create(SampleCollection.Dimension, "Flat");
            local.Add(SampleCollection.All.Span);
            Report($"{options.Redis switch { null => "localhost", _ => "Redis" }} clustering, {silos.Length} processes, {collection.Count} x {collection.Dimension}, {collection.Shards} shards, {collection.Replicas} replicas");
            await MeasureAsync(collection, local);
            var isGood = true;
            // With the membership in the first silo, the cluster ends with it.
            foreach (var victim in Enumerable.Range(0, silos.Length).Where(silo => options.Redis is not null || silo > 0))
            {
                isGood &= await EndAsync(options, silos, victim, collection, local);
            }

            await client.StopAsync();
            return isGood ? 0 : 1;
        }
        finally
        {
            foreach (var silo in silos)
            {
                silo?.Dispose();
            }
        }
    }

    private static async Task MeasureAsync(ShardedCollection collection, FaissIndex local)
    {
        foreach (var (queries, calls) in ((int, int)[])[(1, 50), (1000, 3)])
        {
            var block = SampleCollection.All[..(queries * SampleCollection.Dimension)];
            var (here, there) = (new List<double>(), new List<double>());
            for (var i = 0; i < calls; i++)
            {
                var start = Stopwatch.GetTimestamp();
                local.Search(block.Span, K);
                here.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                start = Stopwatch.GetTimestamp();
                await collection.SearchAsync(block, K);
                there.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            Report(string.Create(CultureInfo.InvariantCulture, $"{queries} queries: local {here.Min():F2} ms min, {Median(here):F2} ms median; collection {there.Min():F2} ms min, {Median(there):F2} ms median"));
        }
    }

    private static async Task<bool> EndAsync(SampleOptions options, SiloProcess?[] silos, int victim, ShardedCollection collection, FaissIndex local)
    {
        var load = new Load(collection, local, K);
        using var stop = new CancellationTokenSource();
        var running = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => load.RunAsync(stop.Token))));
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds));
        load.Mark();
        silos[victim]!.Kill();
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds) + Goal);
        await stop.CancelAsync();
        await running;
        silos[victim] = await SiloProcess.StartAsync(options, victim);
        var isGood = load.Wrong == 0 && load.FirstAnswer is { } first && first <= Goal;
        Report(string.Create(CultureInfo.InvariantCulture, $"{(isGood ? "ok    " : "FAULT ")} kill -9 of silo {victim}: {load.Answers} answers, {load.Failed} failed calls, {load.Wrong} wrong or incomplete, first answer of a later call after {load.FirstAnswer?.TotalSeconds:F2} s, longest call {load.Longest.TotalSeconds:F2} s"));
        return isGood;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Report(string line) => Console.WriteLine(line);
}
