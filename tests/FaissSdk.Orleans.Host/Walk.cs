using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace FaissSdk.Orleans.Host;

/// <summary>Starts silos as processes, ends each in turn under load, and checks that answers stay complete.</summary>
internal static class Walk
{
    private const int K = 10;
    private const int Searches = 100;
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
            var cluster = client.Services.GetRequiredService<FaissCluster>();
            var collection = await SampleCollection.CreateAsync(cluster, options.Replicas);
            using var local = FaissIndex.Create(SampleCollection.Dimension, "Flat");
            local.Add(SampleCollection.All.Span);
            Console.WriteLine($"{(options.Redis is null ? "localhost" : "Redis")} clustering, {silos.Length} processes, {collection.Count} x {collection.Dimension}, {collection.Shards} shards, {collection.Replicas} replicas");
            await MeasureAsync(collection, await SampleCollection.CreateSmallestAsync(cluster), local);
            var isGood = true;
            // With the membership in the first silo, the cluster ends with it.
            foreach (var victim in Enumerable.Range(0, silos.Length).Where(silo => options.Redis is not null || silo > 0))
            {
                isGood &= await EndAsync(options, silos, victim, collection, local);
            }

            isGood &= await WithoutLibraryAsync(options, silos, cluster, collection, local);
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

    private static async Task MeasureAsync(ShardedCollection collection, ShardedCollection smallest, FaissIndex local)
    {
        foreach (var (queries, calls) in ((int, int)[])[(1, 100), (1000, 5)])
        {
            var block = SampleCollection.All[..(queries * SampleCollection.Dimension)];
            var (here, there, hop) = (new List<double>(), new List<double>(), new List<double>());
            for (var i = 0; i < calls; i++)
            {
                var start = Stopwatch.GetTimestamp();
                local.Search(block.Span, K);
                here.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                there.Add(await TimeAsync(collection, block));
                hop.Add(await TimeAsync(smallest, block));
            }

            Report($"{queries} queries: local index {Times(here)}, collection {Times(there)}, collection of one vector {Times(hop)}");
        }
    }

    private static async Task<double> TimeAsync(ShardedCollection collection, ReadOnlyMemory<float> block)
    {
        var start = Stopwatch.GetTimestamp();
        await collection.SearchAsync(block, K);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
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
        var moved = await collection.RebalanceAsync();
        var isComplete = await AnswersAreCompleteAsync(collection, local);
        var isGood = load.Wrong == 0 && load.FirstAnswer is { } first && first <= Goal && isComplete;
        Report($"{Verdict(isGood)} kill -9 of silo {victim}: {load.Answers} answers, {load.Failed} failed calls, {load.Wrong} wrong or incomplete; first answer of a later call after {load.FirstAnswer?.TotalSeconds:F2} s, longest time without an answer {load.LongestSilence.TotalSeconds:F2} s, longest call {load.Longest.TotalSeconds:F2} s");
        Report($"       started again: {moved} replicas moved, {Searches} answers afterwards {(isComplete ? "complete" : "NOT COMPLETE")}");
        return isGood;
    }

    // The silo joins, gets no shard, and does what needs no FAISS.
    private static async Task<bool> WithoutLibraryAsync(SampleOptions options, SiloProcess?[] silos, FaissCluster cluster, ShardedCollection collection, FaissIndex local)
    {
        silos[^1]!.Kill();
        silos[^1] = await SiloProcess.StartAsync(options, silos.Length - 1, library: Path.Combine(options.Store, "no-library"));
        await collection.RebalanceAsync();
        var holders = (await collection.LoadAsync()).SelectMany(shard => shard).Distinct().ToArray();

        // Few shards of one replica may all be on one of the other silos.
        var holdsNone = !holders.Contains(ClusterHosts.NameOf(silos.Length - 1)) && holders.All(silos.Select((_, silo) => ClusterHosts.NameOf(silo)).Contains);
        var isGood = await AnswersAreCompleteAsync(collection, local) && await MergesAndTrainsAsync(cluster, collection) && holdsNone;
        Report($"{Verdict(isGood)} a silo without the native library holds {(holdsNone ? "no" : "A")} shard, {holders.Length} others do, {Searches} answers, large merges and a k-means");
        return isGood;
    }

    private static async Task<bool> MergesAndTrainsAsync(FaissCluster cluster, ShardedCollection collection)
    {
        // Enough queries for merges in the queue of native calls, and enough calls and parts for each silo.
        const int queries = 300, calls = 10, parts = 8, rows = 250, clusters = 16;
        try
        {
            for (var i = 0; i < calls; i++)
            {
                await collection.SearchAsync(SampleCollection.All[..(queries * SampleCollection.Dimension)], K);
            }

            var set = await cluster.CreatePointSetAsync("sample", SampleCollection.Dimension, parts);
            for (var part = 0; part < parts; part++)
            {
                await set.AppendAsync(part, SampleCollection.All.Slice(part * rows * SampleCollection.Dimension, rows * SampleCollection.Dimension));
            }

            await set.SealAsync();
            var training = new KMeansOptions { MaxIterations = 2, MaxPointsPerCentroid = int.MaxValue };
            var expected = ManagedKMeans.Train(SampleCollection.All[..(parts * rows * SampleCollection.Dimension)].Span, SampleCollection.Dimension, clusters, training);
            var found = await set.TrainAsync(clusters, training);
            return expected.Centroids.SequenceEqual(found.Centroids);
        }
        // Any exception that a caller sees is a fault here.
#pragma warning disable CA1031
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync($"{error.GetType().Name}: {error.Message}");
            return false;
        }
#pragma warning restore CA1031
    }

    private static async Task<bool> AnswersAreCompleteAsync(ShardedCollection collection, FaissIndex local)
    {
        var load = new Load(collection, local, K);
        for (var i = 0; i < Searches; i++)
        {
            await load.SearchAsync();
        }

        return load.Failed == 0 && load.Wrong == 0;
    }

    private static string Verdict(bool isGood) => isGood ? "ok    " : "FAULT ";

    private static string Times(List<double> milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds.Min():F2} ms min, {milliseconds.Order().ElementAt(milliseconds.Count / 2):F2} ms median");

    private static void Report(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
