using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace FaissSdk.Benchmarks;

/// <summary>Measures one store, in processes of its own: one that fills it, and one that opens and searches it.</summary>
internal static class StoreRow
{
    public static readonly string[] Names = ["scan in memory", "scan of SQLite", "Flat", "Hnsw", "IvfFlat", "QuantizedFlat"];

    private const int BatchSize = 1000;
    private const double MinRecall = 0.95;

    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(4);
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Starts the processes for a store, and returns what they have measured.</summary>
    /// <param name="name">The store.</param>
    /// <param name="count">The number of records.</param>
    /// <param name="folder">A folder with the exact results (<see cref="WriteExact"/>); the store's files are deleted from it.</param>
    public static StoreFigures Measure(string name, int count, string folder)
    {
        var work = Directory.CreateDirectory(Path.Combine(folder, name.Replace(' ', '-'))).FullName;
        try
        {
            if (name == Names[0])
            {
                return Start("all", name, count, folder);
            }

            var figures = Start("fill", name, count, folder);
            var opened = Start("search", name, count, folder);
            return opened with { InsertRate = figures.InsertRate, FinishSeconds = figures.FinishSeconds, MemoryPeak = figures.MemoryPeak, FileSize = new DirectoryInfo(work).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) / Bytes(count) };
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>Writes the exact results of each filter to a file of the folder.</summary>
    public static void WriteExact(int count, string folder) =>
        File.WriteAllText(Path.Combine(folder, "exact.json"), JsonSerializer.Serialize(((int[])[1000, .. StoreWorkload.Widths]).ToDictionary(width => width, width => StoreWorkload.Exact(count, width)), Json));

    /// <summary>Runs the part of a measurement that this process was started for.</summary>
    public static async Task Run(string part, string name, int count, string folder)
    {
        var figures = new StoreFigures();
        var peak = new MemoryPeak();
        var path = Path.Combine(folder, name.Replace(' ', '-'), "store.db");
        if (part == "fill")
        {
            using var filled = Open(name, path, effort: 0);
            await Fill(filled, count, figures, peak).ConfigureAwait(false);
        }
        else
        {
            var exact = JsonSerializer.Deserialize<Dictionary<int, int[][]>>(await File.ReadAllTextAsync(Path.Combine(folder, "exact.json")).ConfigureAwait(false), Json)!;
            foreach (var effort in Efforts(name))
            {
                figures.Searches.Clear();
                var watch = Stopwatch.StartNew();
                using var store = Open(name, path, effort);
                if (part == "all")
                {
                    await Fill(store, count, figures, peak).ConfigureAwait(false);
                }

                await store.Search(StoreWorkload.Query(0), 0, 1000).ConfigureAwait(false);
                figures.ReopenSeconds = figures.ReopenSeconds == 0 ? watch.Elapsed.TotalSeconds : figures.ReopenSeconds;
                figures.Effort = effort;
                if (figures.MemoryAtRest == 0)
                {
                    await Rest(figures, peak, count).ConfigureAwait(false);
                }

                await WarmUp(store).ConfigureAwait(false);
                figures.Searches.Add(await Search(store, 1000, exact[1000], isRepeated: false).ConfigureAwait(false));
                if (figures.Searches[0].Recall >= MinRecall || effort == Efforts(name)[^1])
                {
                    await SearchFiltered(store, exact, figures).ConfigureAwait(false);
                    break;
                }
            }
        }

        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(figures, Json)).ConfigureAwait(false);
    }

    // The setting that the store chooses, and larger ones in case its recall is below the minimum.
    private static int[] Efforts(string name) => name switch { "Hnsw" => [0, 192, 256, 320, 384, 448, 512], "IvfFlat" => [0, 128, 512], _ => [0] };

    private static double Bytes(int count) => (double)count * StoreWorkload.Dimension * sizeof(float);

    private static IMeasuredStore Open(string name, string path, int effort) =>
        name == Names[0] ? new MemoryScan() : name == Names[1] ? new SqliteScan(path) : new MeasuredFaissStore(path, name, effort);

    private static async Task Fill(IMeasuredStore store, int count, StoreFigures figures, MemoryPeak peak)
    {
        peak.Reset();
        var watch = new Stopwatch();
        for (var first = 0; first < count; first += BatchSize)
        {
            var vectors = new float[Math.Min(BatchSize, count - first)][];
            for (var i = 0; i < vectors.Length; i++)
            {
                vectors[i] = StoreWorkload.Record(first + i);
            }

            watch.Start();
            await store.Insert(first, vectors).ConfigureAwait(false);
            watch.Stop();
        }

        figures.InsertRate = count / watch.Elapsed.TotalSeconds;
        watch.Restart();
        await store.Finish().ConfigureAwait(false);
        figures.FinishSeconds = watch.Elapsed.TotalSeconds;
        figures.MemoryPeak = peak.Read().Anonymous / Bytes(count);
    }

    private static async Task Rest(StoreFigures figures, MemoryPeak peak, int count)
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        await Task.Delay(500).ConfigureAwait(false);
        peak.Reset();
        figures.MemoryAtRest = peak.Read().Anonymous / Bytes(count);
    }

    // The runtime compiles what runs often a second time, and better.
    private static async Task WarmUp(IMeasuredStore store)
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; watch.Elapsed < WarmUpTime; i++)
        {
            await store.Search(StoreWorkload.Query(i % StoreWorkload.QueryCount), 0, 1000).ConfigureAwait(false);
        }
    }

    private static async Task SearchFiltered(IMeasuredStore store, Dictionary<int, int[][]> exact, StoreFigures figures)
    {
        foreach (var isRepeated in (bool[])[false, true])
        {
            foreach (var width in StoreWorkload.Widths)
            {
                figures.Searches.Add(await Search(store, width, exact[width], isRepeated).ConfigureAwait(false));
            }
        }
    }

    private static async Task<SearchFigures> Search(IMeasuredStore store, int width, int[][] exact, bool isRepeated)
    {
        var (times, hits, expected, total) = (new List<double>(), 0, 0, Stopwatch.StartNew());

        // The first searches put a repeated filter into the cache.
        for (var query = -3; query < StoreWorkload.QueryCount && (query < 10 || total.Elapsed < Slice); query++)
        {
            var (vector, first) = (StoreWorkload.Query(Math.Max(0, query)), isRepeated ? 0 : width == 1000 ? 0 : query < 0 ? 1000 - width + query : StoreWorkload.FilterStart(query, width));
            var start = Stopwatch.GetTimestamp();
            var found = await store.Search(vector, first, width).ConfigureAwait(false);
            if (query >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                hits += found.Intersect(exact[query]).Count();
                expected += exact[query].Length;
            }
        }

        times.Sort();
        return new SearchFigures(times[times.Count / 2], times[(int)(times.Count * 0.99)], isRepeated ? double.NaN : (double)hits / expected);
    }

    private static StoreFigures Start(string part, string name, int count, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(StoreRow).Assembly.Location, "vector-store-row", part, name, count.ToString(CultureInfo.InvariantCulture), folder]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<StoreFigures>(output.Trim().Split('\n')[^1], Json)!
            : throw new InvalidOperationException($"{part} {name} ended with {process.ExitCode}: {output}");
    }
}
