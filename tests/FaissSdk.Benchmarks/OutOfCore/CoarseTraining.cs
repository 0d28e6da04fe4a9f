using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Benchmarks;

/// <summary>Compares inverted lists whose centroids FAISS trains with those of the managed k-means: time, recall and imbalance.</summary>
internal static class CoarseTraining
{
    private const int Count = 200_000;
    private const int Dimension = 64;
    private const int Queries = 1000;
    private const int Neighbors = 10;
    private const int Probes = 16;

    public static void Run(TextWriter output)
    {
        var vectors = Vectors(Count, 1);
        var queries = Vectors(Queries, 2);
        using var flat = new IndexFlatL2(Dimension);
        flat.Add(vectors);
        var exact = flat.Search(queries, Neighbors);
        output.WriteLine(Text($"FAISS {FaissLibrary.Info.Version}, {Count:N0} × {Dimension}, {FaissThreads.Default} threads, nprobe {Probes}\n"));
        output.WriteLine($"| index | centroids by | training, s | recall@{Neighbors} | imbalance |\n|---|---|---:|---:|---:|");
        foreach (var (description, rounds) in ((string, int)[])[("IVF1024,Flat", 3), ("IVF4096,PQ16np", 1)])
        {
            var best = new Dictionary<string, (double Seconds, string Row)>();
            for (var round = 0; round < rounds; round++)
            {
                Measure("FAISS", index => index.Train(vectors));
                Measure("the managed k-means", index => index.TrainCoarse(vectors));
            }

            foreach (var (_, row) in best.Values)
            {
                output.WriteLine(row);
            }

            void Measure(string by, Action<IndexIVF> train)
            {
                using var index = (IndexIVF)FaissIndex.Create(Dimension, description);
                var watch = Stopwatch.StartNew();
                train(index);
                var seconds = watch.Elapsed.TotalSeconds;
                if (best.TryGetValue(by, out var before) && before.Seconds < seconds)
                {
                    return;
                }

                index.Add(vectors);
                index.NProbe = Probes;
                var recall = Recall(exact, index.Search(queries, Neighbors));
                best[by] = (seconds, Text($"| `{description}` | {by} | {seconds:F2} | {recall:F3} | {index.ImbalanceFactor:F3} |"));
            }
        }
    }

    private static double Recall(SearchResult exact, SearchResult found) =>
        (double)Enumerable.Range(0, Queries).Sum(i => exact[i].Ids.ToArray().Intersect(found[i].Ids.ToArray()).Count()) / (Queries * Neighbors);

    // Around 2,000 centers of a falling spectrum, as embeddings are.
    private static float[] Vectors(int count, int seed)
    {
        var (random, centers) = (new Random(seed), new float[2000 * Dimension]);
        Fill(new Random(0), centers);
        var vectors = new float[count * Dimension];
        Fill(random, vectors);
        for (var i = 0; i < count; i++)
        {
            var center = random.Next(2000) * Dimension;
            for (var j = 0; j < Dimension; j++)
            {
                ref var value = ref vectors[(i * Dimension) + j];
                value = ((value / 2) + centers[center + j]) / MathF.Sqrt(1 + j);
            }
        }

        return vectors;
    }

    private static void Fill(Random random, float[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle() + random.NextSingle() - 1;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
