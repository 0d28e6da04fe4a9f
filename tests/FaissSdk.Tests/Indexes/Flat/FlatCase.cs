namespace FaissSdk.Tests.Indexes;

/// <summary>Represents vectors, changes and queries of an exact index; the seed determines all numbers.</summary>
/// <param name="Kind">The kind of the numbers.</param>
/// <param name="Count">The number of vectors that are added.</param>
/// <param name="Dimension">The number of components.</param>
/// <param name="Queries">The number of queries.</param>
/// <param name="K">The number of neighbors.</param>
/// <param name="Seed">The seed.</param>
public sealed record FlatCase(string Kind, int Count, int Dimension, int Queries, int K, int Seed)
{
    public static readonly string[] Kinds = ["uniform", "integers", "duplicates", "far from the origin", "tiny", "different lengths", "zeros"];

    public MetricType Metric { get; init; } = MetricType.L2;

    public VectorStorage Storage { get; init; }

    public bool Normalizes { get; init; }

    /// <summary>Gets whether vectors have ids: 0 no, 1 ascending, 2 in any order.</summary>
    public int Ids { get; init; }

    /// <summary>Gets the share of vectors removed, in percent.</summary>
    public int Removed { get; init; }

    /// <summary>Gets the kind of filter: 0 none, 1 ids, 2 range, 3 bitmap, 4 predicate.</summary>
    public int Filter { get; init; }

    public float[] CreateVectors() => Create(Count, Seed);

    public float[] CreateQueries()
    {
        var queries = Create(Queries, Seed + 1);
        var vectors = CreateVectors();

        // Some queries are vectors, at distance 0.
        for (var i = 0; i < Queries && i < Count; i += 3)
        {
            vectors.AsSpan(i * Dimension, Dimension).CopyTo(queries.AsSpan(i * Dimension));
        }

        return queries;
    }

    public long[] CreateIds()
    {
        var random = new Random(Seed + 2);
        var ids = Enumerable.Range(0, Count).Select(i => (long)i * 3).ToArray();
        if (Ids == 2)
        {
            random.Shuffle(ids);
        }

        return ids;
    }

    public IdFilter? CreateFilter()
    {
        var random = new Random(Seed + 3);
        var bitmap = new byte[(Count / 2) + 1];
        random.NextBytes(bitmap);
        return Filter switch
        {
            1 => IdFilter.FromIds(Enumerable.Range(0, Count).Where(_ => random.Next(3) == 0).Select(i => (long)i)),
            2 => IdFilter.FromRange(Count / 4, Count),
            3 => IdFilter.FromBitmap(bitmap),
            4 => IdFilter.FromPredicate(id => id % 5 == 1),
            _ => null,
        };
    }

    private float[] Create(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count * Dimension];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Storage == VectorStorage.Byte ? random.Next(Kind == "integers" ? 4 : 256) : Kind switch
            {
                "integers" => random.Next(4),
                "duplicates" => new Random(Seed + (random.Next(3) * 7) + (i % Dimension)).Next(3),
                "far from the origin" => 1000 + random.NextSingle(),
                "tiny" => random.NextSingle() * (Storage == VectorStorage.Half ? 1e-6f : 1e-20f),
                "different lengths" => (random.NextSingle() - 0.5f) * MathF.Pow(10, (i / Dimension % 9) - 4),
                "zeros" => random.Next(4) == 0 ? -0f : 0,
                _ => random.NextSingle() - 0.5f,
            };
        }

        if (Normalizes)
        {
            // Vectors of zeros have no direction.
            for (var i = 0; i < count; i++)
            {
                values[i * Dimension] = 1 + random.Next(3);
            }
        }

        return values;
    }
}
