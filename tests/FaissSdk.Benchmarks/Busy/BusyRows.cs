using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Benchmarks;

/// <summary>Measures calls whose threads wait for each other often. OpenMP's way of waiting is fixed when the library is loaded, so each way is measured in a process of its own.</summary>
internal static class BusyRows
{
    private const int Dimension = 32;

    private static readonly TimeSpan LongestRow = TimeSpan.FromSeconds(2);

    /// <summary>Prints a line per row: its name, a tab, and the median time of its repetitions in milliseconds.</summary>
    public static void Run(TextWriter output)
    {
        var random = new Random(1);
        var vectors = new float[20_000 * Dimension];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = random.NextSingle();
        }

        var query = vectors.AsMemory(0, Dimension);
        var queries = vectors.AsMemory(0, 200 * Dimension);
        using var graph = FaissIndex.Create(Dimension, "HNSW16", MetricType.L2);
        graph.Add(vectors.AsSpan(0, 5_000 * Dimension));
        using var lists = FaissIndex.Create(Dimension, "IVF64,Flat", MetricType.L2);
        lists.Train(vectors);
        lists.Add(vectors);
        using var flat = new IndexFlatL2(Dimension);
        flat.Add(vectors);

        Measure("HNSW16, one query", 51, () => graph.Search(query.Span, 10));
        Measure("HNSW16, 200 queries", 11, () => graph.Search(queries.Span, 10));
        Measure("IVF64,Flat, one query", 51, () => lists.Search(query.Span, 10));
        Measure("IVF64,Flat, 200 queries", 11, () => lists.Search(queries.Span, 10));
        Measure("Flat, 200 queries", 11, () => flat.Search(queries.Span, 10));
        Measure("IVF64,Flat, training", 3, () => Train("IVF64,Flat"));
        Measure("PQ16np, training", 3, () => Train("PQ16np"));
        Measure("HNSW16, adding 1000", 3, () =>
        {
            using var added = FaissIndex.Create(Dimension, "HNSW16", MetricType.L2);
            added.Add(vectors.AsSpan(0, 1_000 * Dimension));
        });
        Measure("k-means, 2000 points", 5, () => KMeans.Train(vectors.AsSpan(0, 2_000 * Dimension), Dimension, 20, new KMeansOptions { Backend = KMeansBackend.Native, MaxIterations = 25 }));
        Measure("k-means, 20000 points", 3, () => KMeans.Train(vectors, Dimension, 100, new KMeansOptions { Backend = KMeansBackend.Native, MaxIterations = 10 }));

        void Train(string description)
        {
            using var index = FaissIndex.Create(Dimension, description, MetricType.L2);
            index.Train(vectors.AsSpan(0, 4_000 * Dimension));
        }

        void Measure(string name, int repetitions, Action call)
        {
            // The first repetition warms up, unless it is the only one that there is time for.
            var times = new List<double>();
            for (var (i, begin) = (0, Stopwatch.GetTimestamp()); i <= repetitions && Stopwatch.GetElapsedTime(begin) < LongestRow; i++)
            {
                var start = Stopwatch.GetTimestamp();
                call();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            var measured = times.Skip(times.Count > 1 ? 1 : 0).Order().ToArray();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}\t{measured[measured.Length / 2]:R}"));
        }
    }
}
