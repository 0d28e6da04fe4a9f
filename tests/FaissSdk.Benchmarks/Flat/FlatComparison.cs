using System.Diagnostics;
using System.Globalization;
using FaissSdk.Cli;

namespace FaissSdk.Benchmarks;

/// <summary>Compares the managed exact search with FAISS's flat index, in turns within one run.</summary>
internal static class FlatComparison
{
    private const int Queries = 1000;
    private const string Embeddings = "embeddings";

    // It takes seconds for many queries of uniform vectors, whose levels exclude none of them.
    private const string Panorama = "FlatL2Panorama8";

    /// <summary>Prints a table of times and ratios.</summary>
    /// <param name="output">Receives the table.</param>
    /// <param name="arguments">The command line after <c>flat</c>.</param>
    /// <returns>The exit code.</returns>
    public static int Run(TextWriter output, string[] arguments)
    {
        var (rounds, shrink, threads, rows) = (7, 1, new List<int>(), KMeansRows.TryParse("."));
        string? embeddings = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--quick": shrink = 10; continue;
                case "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out rounds) && rounds > 0: break;
                case "--threads" when int.TryParse(value, CultureInfo.InvariantCulture, out var count) && count > 0: threads.Add(count); break;
                case "--embeddings" when File.Exists(value): embeddings = value; break;
                case "--rows" when KMeansRows.TryParse(value) is { } chosen: rows = chosen; break;
                default:
                    Console.Error.WriteLine("usage: flat [--quick] [--rounds N] [--threads N] [--embeddings FILE] [--rows PATTERN]");
                    return 2;
            }

            i++;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"FAISS {FaissLibrary.Info.Version}, {Machine.Processor}, {Environment.ProcessorCount} processors, load {Machine.Load}; medians of {rounds} rounds"));
        output.WriteLine();
        output.WriteLine("| vectors | metric | queries | k | threads | IndexFlat, ms | managed, ms | ratio | Panorama, ms | ties |");
        output.WriteLine("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        var same = true;
        foreach (var (name, dimension, create) in Workloads(shrink, embeddings))
        {
            if (rows!.Match(name))
            {
                same &= Measure(output, name, dimension, create(), rounds, threads.Count > 0 ? threads : [Environment.ProcessorCount, 1]);
            }
        }

        return same ? 0 : 1;
    }

    private static IEnumerable<(string Name, int Dimension, Func<(float[] Vectors, float[] Queries)> Create)> Workloads(int shrink, string? embeddings)
    {
        foreach (var dimension in (int[])[128, 768])
        {
            var count = 100_000 / shrink;
            yield return ($"uniform, {count}x{dimension}", dimension, () => (Uniform(count * dimension, 1), Uniform(Queries * dimension, 2)));
        }

        if (embeddings is not null)
        {
            var read = VectorFile.Read(embeddings);
            yield return ($"{Embeddings}, {read.Count - Queries}x{read.Dimension}", read.Dimension, () => Split(read, shrink));
        }
    }

    private static bool Measure(TextWriter output, string name, int dimension, (float[] Vectors, float[] Queries) data, int rounds, List<int> threads)
    {
        var same = true;
        foreach (var metric in (MetricType[])[MetricType.L2, MetricType.InnerProduct])
        {
            using var native = new IndexFlat(dimension, metric);
            native.Add(data.Vectors);
            using var managed = new ManagedFlatIndex(dimension, metric);
            managed.Add(data.Vectors);
            using var levels = metric == MetricType.L2 ? TryCreate(dimension, data.Vectors) : null;
            foreach (var (count, k) in ((int, int)[])[(Queries, 10), (Queries, 100), (1, 10)])
            {
                foreach (var thread in threads)
                {
                    if (metric == MetricType.InnerProduct && k == 100)
                    {
                        continue;
                    }

                    using var limit = FaissThreads.Limit(thread);
                    managed.MaxDegreeOfParallelism = thread;
                    var queries = data.Queries.AsMemory(0, count * dimension);
                    var times = Rounds(rounds * (count == 1 ? 20 : 1), () => native.Search(queries.Span, k), () => managed.Search(queries.Span, k), levels is null || (count > 1 && !name.StartsWith(Embeddings, StringComparison.Ordinal)) ? null : () => levels.Search(queries.Span, k));
                    var ties = CountTies(native.Search(queries.Span, k), managed.Search(queries.Span, k), dimension, ref same);
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {metric} | {count} | {k} | {thread} | {times.Native:F2} | {times.Managed:F2} | {times.Ratio:F2} | {times.Levels:F2} | {ties} |"));
                }
            }
        }

        return same;
    }

    private static FaissIndex? TryCreate(int dimension, float[] vectors)
    {
        try
        {
            var index = FaissIndex.Create(dimension, Panorama);
            index.Add(vectors);
            return index;
        }
        catch (Exception error) when (error is NotSupportedException or FaissException)
        {
            return null;
        }
    }

    private static (double Native, double Managed, double Ratio, double Levels) Rounds(int rounds, Action native, Action managed, Action? levels)
    {
        var (natives, manageds, ratios, others) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        native();
        managed();
        for (var round = 0; round < rounds; round++)
        {
            // In turns, as the processor's clock and other programs change meanwhile.
            var (first, second) = round % 2 == 0 ? (Time(native), Time(managed)) : (0, 0);
            if (round % 2 != 0)
            {
                second = Time(managed);
                first = Time(native);
            }

            natives.Add(first);
            manageds.Add(second);
            ratios.Add(first / second);
            others.Add(levels is null || round > 0 ? double.NaN : Time(levels));
        }

        return (Median(natives), Median(manageds), Median(ratios), levels is null ? double.NaN : Median(others.Where(time => !double.IsNaN(time))));
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>Counts neighbors with other ids, whose distances must be equal up to rounding.</summary>
    private static int CountTies(SearchResult native, SearchResult managed, int dimension, ref bool same)
    {
        var ties = 0;
        for (var i = 0; i < native.Ids.Length; i++)
        {
            ties += native.Ids[i] != managed.Ids[i] ? 1 : 0;
            var tolerance = 4e-7f * dimension * Math.Max(1, Math.Abs(managed.Distances[i]));
            if (Math.Abs(native.Distances[i] - managed.Distances[i]) > tolerance)
            {
                Console.Error.WriteLine($"neighbor {i}: {native.Ids[i]} at {native.Distances[i]:R} by FAISS, {managed.Ids[i]} at {managed.Distances[i]:R} by the managed index");
                same = false;
                break;
            }
        }

        return ties;
    }

    private static float[] Uniform(int length, int seed)
    {
        var random = new Random(seed);
        var values = new float[length];
        foreach (ref var value in values.AsSpan())
        {
            value = random.NextSingle();
        }

        return values;
    }

    /// <summary>Takes queries evenly from vectors, which the index does not hold then.</summary>
    private static (float[] Vectors, float[] Queries) Split(VectorSet set, int shrink)
    {
        var every = set.Count / Queries;
        var (vectors, queries) = (new List<float>(), new List<float>());
        for (var row = 0; row < set.Count; row++)
        {
            var vector = set.Values.AsSpan(row * set.Dimension, set.Dimension);
            if (row % every == 0 && queries.Count < Queries * set.Dimension)
            {
                queries.AddRange(vector);
            }
            else if (row % shrink == 0)
            {
                vectors.AddRange(vector);
            }
        }

        return ([.. vectors], [.. queries]);
    }
}
