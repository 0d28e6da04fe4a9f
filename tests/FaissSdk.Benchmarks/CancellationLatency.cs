using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Benchmarks;

/// <summary>Measures how long calls go on after their token is canceled, in wall time and in processor time divided by the number of threads.</summary>
internal static class CancellationLatency
{
    private const int Dimension = 128;
    private const int Attempts = 5;

    /// <param name="output">Receives the table.</param>
    /// <param name="count">The number of vectors.</param>
    public static void Run(TextWriter output, int count)
    {
        var vectors = Random(count, 1);
        var queries = Random(10_000, 2);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count:N0} vectors of dimension {Dimension}, {Environment.ProcessorCount} processors, load {Load()}; milliseconds, median and maximum of {Attempts}"));
        using var flat = new IndexFlatL2(Dimension);
        Measure(output, "Flat: Add", token => flat.Add(vectors, null, token), reset: flat.Reset, [0.01, 0.02, 0.03, 0.04, 0.05]);
        flat.Add(vectors);
        Measure(output, "Flat: Search, 10,000 queries", token => flat.Search(queries, 10, null, token), null, [0.1, 0.2, 0.3, 0.4, 0.5]);

        using var lists = FaissIndex.Create(Dimension, "IVF1024,Flat");
        Measure(output, "k-means into 1,024", token => lists.Train(vectors, token), null, [0.2, 0.5, 0.8, 1.1, 1.4]);
        lists.Train(vectors);
        Measure(output, "IVF1024: Add", token => lists.Add(vectors, null, token), lists.Reset, [0.1, 0.2, 0.3, 0.4, 0.5]);
        lists.Add(vectors);
        lists.SetParameter("nprobe", 64);
        Measure(output, "IVF1024: Search, 10,000 queries, 64 probes", token => lists.Search(queries, 10, null, token), null, [0.1, 0.2, 0.3, 0.4, 0.5]);

        using var graph = FaissIndex.Create(Dimension, "HNSW32");
        Measure(output, "HNSW32: Add, each to those added before", token => graph.Add(vectors, null, token), null, [1, 2, 3, 4, 5]);
        while (graph.Count < count)
        {
            graph.Add(vectors.AsSpan((int)graph.Count * Dimension));
        }

        Measure(output, "HNSW32: Add to all", token => graph.Add(vectors, null, token), null, [0.3, 0.4, 0.5, 0.6, 0.7]);
        Measure(output, "HNSW32: Search, 10,000 queries", token => graph.Search(queries, 10, null, token), null, [0.1, 0.2, 0.3, 0.4, 0.5]);
    }

    private static void Measure(TextWriter output, string name, Action<CancellationToken> call, Action? reset, double[] delays)
    {
        var (wall, processor) = (new List<double>(), new List<double>());
        foreach (var delay in delays)
        {
            using var source = new CancellationTokenSource();
            var (canceled, before) = (0L, TimeSpan.Zero);
            var thread = new Thread(() =>
            {
                Thread.Sleep(TimeSpan.FromSeconds(delay));
                (canceled, before) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
                source.Cancel();
            });
            thread.Start();
            var ended = false;
            try
            {
                call(source.Token);
            }
            catch (OperationCanceledException)
            {
                ended = true;
            }

            var (now, after) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
            thread.Join();
            if (ended)
            {
                wall.Add(Stopwatch.GetElapsedTime(canceled, now).TotalMilliseconds);
                processor.Add((after - before).TotalMilliseconds / FaissThreads.Default);
            }

            reset?.Invoke();
        }

        wall.Sort();
        processor.Sort();
        output.WriteLine(wall.Count == 0
            ? $"{name,-46} ended before it was canceled"
            : string.Create(CultureInfo.InvariantCulture, $"{name,-46} wall {wall[wall.Count / 2],7:F1} {wall[^1],7:F1}   processor {processor[processor.Count / 2],7:F1} {processor[^1],7:F1}"));
    }

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        var vectors = new float[count * Dimension];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = random.NextSingle();
        }

        return vectors;
    }
}
