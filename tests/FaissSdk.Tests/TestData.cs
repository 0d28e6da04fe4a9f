namespace FaissSdk.Tests;

/// <summary>Creates vectors (n × d) that the seed determines, and adds vectors to indexes.</summary>
internal static class TestData
{
    public static float[] Uniform(int count, int dimension, int seed = 1)
    {
        var random = new Random(seed);
        var vectors = new float[count * dimension];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = random.NextSingle();
        }

        return vectors;
    }

    /// <summary>Creates well separated clusters: centers in a cube of side 100, spread 1.</summary>
    public static float[] Clustered(int count, int dimension, int clusters, int seed = 1)
    {
        var random = new Random(seed);
        var centers = new float[clusters * dimension];
        for (var i = 0; i < centers.Length; i++)
        {
            centers[i] = random.NextSingle() * 100;
        }

        var vectors = new float[count * dimension];
        for (var i = 0; i < vectors.Length; i++)
        {
            var center = centers[((i / dimension) % clusters * dimension) + (i % dimension)];
            vectors[i] = center + ((random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f) * 2);
        }

        return vectors;
    }

    /// <summary>Creates small integers: sums of their products are exact in single precision in any order.</summary>
    public static float[] Integers(int count, int dimension, int seed = 1)
    {
        var vectors = Uniform(count, dimension, seed);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = MathF.Floor(vectors[i] * 16);
        }

        return vectors;
    }

    /// <summary>Creates many copies of few distinct points, so that clusters become empty and are split.</summary>
    public static float[] Duplicates(int count, int dimension, int distinct, int seed = 1)
    {
        var points = Integers(distinct, dimension, seed);
        var random = new Random(seed + 1);
        var vectors = new float[count * dimension];
        for (var i = 0; i < count; i++)
        {
            points.AsSpan(random.Next(distinct) * dimension, dimension).CopyTo(vectors.AsSpan(i * dimension));
        }

        return vectors;
    }

    /// <summary>Adds vectors with the ids from 0 on to an ID map, which needs ids, and without ids to others.</summary>
    public static void Add(FaissIndex index, float[] vectors)
    {
        if (index is IndexIDMap)
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, vectors.Length / index.Dimension).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }
    }
}
