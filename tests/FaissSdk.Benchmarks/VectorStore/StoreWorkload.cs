using System.Numerics.Tensors;

namespace FaissSdk.Benchmarks;

/// <summary>The records and queries that every store gets: vectors around 200 centers, of unit length and a falling spectrum as embeddings have, and numbers from 0 to 999 for filters.</summary>
internal static class StoreWorkload
{
    public const int Dimension = 384;
    public const int Top = 10;
    public const int QueryCount = 200;

    private const int Centers = 200;

    /// <summary>The numbers of a thousand that the filters match: 0.1 %, 1 %, 10 %, 50 %.</summary>
    public static readonly int[] Widths = [1, 10, 100, 500];

    private static readonly float[] Spectrum = [.. Enumerable.Range(0, Dimension).Select(i => 1 / MathF.Sqrt(1 + i))];
    private static readonly float[][] CenterVectors = [.. Enumerable.Range(0, Centers).Select(center => Random(new Random(center), 1))];

    public static float[] Record(int id) => Around(id % Centers, new Random(1_000_000 + id));

    public static float[] Query(int query) => Around(query * 7 % Centers, new Random(-1 - query));

    // Not in the order of the centers.
    public static int Number(int id) => (int)((uint)id * 2654435761u >> 8) % 1000;

    /// <summary>Returns the first number of a query's filter; different for each query, so that no filter is in a cache.</summary>
    public static int FilterStart(int query, int width) => query * 37 % (1001 - width);

    /// <summary>Finds the nearest records of each query without a filter (width 1,000) or with its filter.</summary>
    public static int[][] Exact(int count, int width)
    {
        var found = new int[QueryCount][];
        var queries = Enumerable.Range(0, QueryCount).Select(Query).ToArray();
        var nearest = queries.Select(_ => new PriorityQueue<int, float>()).ToArray();
        const int block = 10_000;
        for (var start = 0; start < count; start += block)
        {
            var records = new float[Math.Min(block, count - start)][];
            Parallel.For(0, records.Length, i => records[i] = Record(start + i));
            Parallel.For(0, QueryCount, query =>
            {
                var (first, queue) = (FilterStart(query, width), nearest[query]);
                for (var i = 0; i < records.Length; i++)
                {
                    if ((uint)(Number(start + i) - first) < width)
                    {
                        queue.Enqueue(start + i, TensorPrimitives.Dot<float>(records[i], queries[query]));
                        if (queue.Count > Top)
                        {
                            queue.Dequeue();
                        }
                    }
                }
            });
        }

        Parallel.For(0, QueryCount, query => found[query] = [.. nearest[query].UnorderedItems.Select(item => item.Element)]);
        return found;
    }

    private static float[] Around(int center, Random random)
    {
        var vector = Random(random, 0.7f);
        TensorPrimitives.Add(vector, CenterVectors[center], vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }

    private static float[] Random(Random random, float scale)
    {
        var vector = new float[Dimension];
        foreach (ref var component in vector.AsSpan())
        {
            component = (random.NextSingle() - 0.5f) * scale;
        }

        TensorPrimitives.Multiply(vector, Spectrum, vector);

        return vector;
    }
}
