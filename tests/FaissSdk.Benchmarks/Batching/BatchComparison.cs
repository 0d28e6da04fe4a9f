using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Benchmarks;

/// <summary>Compares ways to answer single queries of many clients: a call for each, and batches (<see cref="QueryBatcher"/>).</summary>
internal static class BatchComparison
{
    private const int Count = 100_000;
    private const int Dimension = 128;
    private const int K = 10;
    private const int Queries = 10_000;

    private static readonly (string Description, string? Parameter, double Value)[] Indexes = [("Flat", null, 0), ("IVF1024,Flat", "nprobe", 16), ("HNSW32", "efSearch", 64)];

    private static readonly string[] Ways = ["Search on threads", "SearchAsync", "QueryBatcher"];

    /// <summary>Prints requests per second and latencies.</summary>
    /// <param name="output">Receives the table.</param>
    /// <param name="clients">The number of clients, each of which asks again when it has an answer.</param>
    /// <param name="seconds">The duration of a measurement.</param>
    /// <param name="rounds">The number of measurements, of which the median counts.</param>
    public static void Run(TextWriter output, int clients, double seconds, int rounds)
    {
        var (vectors, queries) = (Random(Count, 1), Random(Queries, 2));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"FAISS {FaissLibrary.Info.Version}, {Environment.ProcessorCount} processors, {Count:N0} vectors of dimension {Dimension}, k = {K}, medians of {rounds} measurements of {seconds} s"));
        output.WriteLine();
        output.WriteLine("| index | clients | way | requests per second | p50, ms | p99, ms | queries in a call |");
        output.WriteLine("|---|---:|---|---:|---:|---:|---:|");
        foreach (var (description, parameter, value) in Indexes)
        {
            using var index = FaissIndex.Create(Dimension, description);
            index.Train(vectors);
            index.Add(vectors);
            if (parameter is not null)
            {
                index.SetParameter(parameter, value);
            }

            foreach (var number in clients == 1 ? [1] : (int[])[1, clients])
            {
                var measured = Ways.Select(_ => new List<Measurement>()).ToArray();
                for (var round = 0; round < rounds; round++)
                {
                    for (var way = 0; way < Ways.Length; way++)
                    {
                        measured[way].Add(Measure(index, queries, number, seconds, way));
                    }
                }

                for (var way = 0; way < Ways.Length; way++)
                {
                    var median = measured[way].OrderBy(each => each.Rate).ElementAt(rounds / 2);
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {description} | {number} | {Ways[way]} | {median.Rate:N0} | {median.P50:N2} | {median.P99:N2} | {median.BatchSize:N1} |"));
                }
            }
        }
    }

    private static Measurement Measure(FaissIndex index, float[] queries, int clients, double seconds, int way)
    {
        using var batcher = new QueryBatcher(index);
        var latencies = new List<double>[clients];
        var watch = Stopwatch.StartNew();
        var end = TimeSpan.FromSeconds(seconds);
        if (way == 0)
        {
            var threads = Enumerable.Range(0, clients).Select(client => new Thread(() => latencies[client] = Ask(client, query => index.Search(query.Span, K)))).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
        }
        else
        {
            Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
                latencies[client] = await AskAsync(client, query => way == 1 ? index.SearchAsync(query, K) : batcher.SearchAsync(query, K)).ConfigureAwait(false)))).GetAwaiter().GetResult();
        }

        var elapsed = watch.Elapsed.TotalSeconds;
        var all = latencies.SelectMany(each => each).Order().ToArray();
        return new Measurement(all.Length / elapsed, all[all.Length / 2], all[(int)(all.Length * 0.99)], batcher.CallCount == 0 ? 1 : (double)batcher.QueryCount / batcher.CallCount);

        List<double> Ask(int client, Action<ReadOnlyMemory<float>> search)
        {
            var times = new List<double>();
            for (var i = client; watch.Elapsed < end; i += clients)
            {
                var start = Stopwatch.GetTimestamp();
                search(queries.AsMemory(i % Queries * Dimension, Dimension));
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return times;
        }

        async Task<List<double>> AskAsync(int client, Func<ReadOnlyMemory<float>, Task> search)
        {
            var times = new List<double>();
            for (var i = client; watch.Elapsed < end; i += clients)
            {
                var start = Stopwatch.GetTimestamp();
                await search(queries.AsMemory(i % Queries * Dimension, Dimension)).ConfigureAwait(false);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return times;
        }
    }

    private static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count * Dimension).Select(_ => random.NextSingle())];
    }

    private sealed record Measurement(double Rate, double P50, double P99, double BatchSize);
}
