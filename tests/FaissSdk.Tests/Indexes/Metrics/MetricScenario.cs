namespace FaissSdk.Tests.Indexes;

/// <summary>Creates an index by every metric, and trains, fills, searches and saves it with vectors of several kinds.</summary>
internal static class MetricScenario
{
    private const int Dimension = 16;
    private const int Size = 400;
    private const int QueryCount = 10;
    private const int K = 10;

    private static readonly string[] Data = ["positive", "negative", "zeros", "constant", "sparse"];

    public static void Run(string kinds)
    {
        using var single = Native.SingleThread();
        foreach (var kind in kinds.Split(';'))
        {
            foreach (var metric in Enum.GetValues<MetricType>())
            {
                foreach (var data in Data.Where(data => !kind.Contains("NSG", StringComparison.Ordinal) || data is not ("zeros" or "constant")))
                {
                    Console.WriteLine($"{kind} by {metric} with {data} vectors");
                    Try(kind, metric, data);
                }
            }
        }
    }

    private static void Try(string kind, MetricType metric, string data)
    {
        FaissIndex? index = null;
        var refusal = Record.Exception(() => index = metric == MetricType.Lp ? FaissIndex.CreateLp(Dimension, kind, MetricDistance.Exponent) : FaissIndex.Create(Dimension, kind, metric));
        if (index is null)
        {
            Assert.True(refusal is NotSupportedException or FaissException, $"{kind} by {metric}: {refusal}");
            Assert.False(SupportedKinds.Contains(kind, metric), $"{kind} by {metric} is refused: {refusal.Message}");
            return;
        }

        using (index)
        {
            Assert.Equal(metric, index.Metric);
            var vectors = Vectors(data, Size, seed: 1);
            var queries = Vectors(data, QueryCount, seed: 2);
            if (kind.Contains("direct", StringComparison.Ordinal))
            {
                (vectors, queries) = (Array.ConvertAll(vectors, ToByte), Array.ConvertAll(queries, ToByte));
            }

            var error = Record.Exception(() => Fill(index, kind, vectors));
            var found = error is null ? Search(index, queries, ref error) : null;
            if (error is not null)
            {
                Assert.True(error is ArgumentException && metric > MetricType.Lp && data != "positive" || IsUnfit(kind, data, error), $"{kind} by {metric} with {data} vectors: {error}");
                return;
            }

            _ = Record.Exception(() => index.RangeSearch(queries, 0.5f));
            _ = Record.Exception(() => index.Reconstruct(3));
            if (metric is not (MetricType.L2 or MetricType.InnerProduct))
            {
                Check(kind, metric, data, found!, vectors, queries);
                Assert.Equal(found!.Ids, FaissIndex.Deserialize(index.Serialize()).Search(queries, K).Ids);
            }
        }
    }

    private static SearchResult? Search(FaissIndex index, float[] queries, ref Exception? error)
    {
        SearchResult? found = null;
        error = Record.Exception(() =>
        {
            index.SetParameterIfAny("nprobe", 4);
            index.SetParameterIfAny("efSearch", 200);
            found = index.Search(queries, K);
        });
        return found;
    }

    private static void SetParameterIfAny(this FaissIndex index, string name, double value) => _ = Record.Exception(() => index.SetParameter(name, value));

    // Coarse quantizers store nothing, some kinds are made of parts that cannot be trained, filled or searched together, and
    // lists without duplicates and lattices are trained on different vectors.
    private static bool IsUnfit(string kind, string data, Exception error) =>
        (error is FaissException or InvalidOperationException or NotSupportedException
            && (!SupportedKinds.All.Contains(kind) || (kind.Contains("Dedup", StringComparison.Ordinal) && data is "zeros" or "constant")))
        || (error is ArgumentException && kind.Contains("Lattice", StringComparison.Ordinal) && data is "zeros" or "constant");

    private static void Fill(FaissIndex index, string kind, float[] vectors)
    {
        index.Train(vectors);
        if (kind.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, Size).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }
    }

    private static void Check(string kind, MetricType metric, string data, SearchResult found, float[] vectors, float[] queries)
    {
        var hits = 0;
        for (var q = 0; q < QueryCount; q++)
        {
            var distances = MetricDistance.Of(metric, queries[(q * Dimension)..((q + 1) * Dimension)], vectors);
            var tolerance = 1e-4 * (1 + distances.Max());
            var farthest = distances.Order().ElementAt(K - 1) + tolerance;
            foreach (var neighbor in found[q])
            {
                Assert.Equal(distances[neighbor.Id], metric == MetricType.Jaccard ? -neighbor.Distance : neighbor.Distance, tolerance);
                hits += distances[neighbor.Id] <= farthest ? 1 : 0;
            }
        }

        var recall = hits / (double)(QueryCount * K);
        Assert.True(recall >= SupportedKinds.MinRecall(kind), $"{kind} by {metric} with {data} vectors finds {recall:P0} of the nearest vectors");
    }

    private static float ToByte(float component) => MathF.Truncate(Math.Abs(component) * byte.MaxValue);

    private static float[] Vectors(string data, int count, int seed)
    {
        var random = new Random(seed);
        var vectors = new float[count * Dimension];
        for (var i = 0; i < vectors.Length; i++)
        {
            var positive = 0.02f + (0.98f * random.NextSingle());
            vectors[i] = data switch
            {
                "positive" => positive,
                "negative" => (positive - 0.52f) * 2,
                "zeros" => 0,
                "constant" => 0.5f,
                _ => random.Next(2) * positive,
            };
        }

        return vectors;
    }
}
