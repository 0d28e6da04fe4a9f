namespace FaissSdk.Orleans.Tests;

/// <summary>Vectors and collections of tests.</summary>
internal static class TestVectors
{
    private static int _names;

    public static float[] Random(int count, int dimension, int seed = 1)
    {
        var random = new Random(seed);
        var vectors = new float[count * dimension];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = random.NextSingle();
        }

        return vectors;
    }

    public static long[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => (long)i * 7)];

    public static string NewName() => $"test-{Interlocked.Increment(ref _names)}";

    /// <summary>Creates a sealed collection, and an index of the same vectors.</summary>
    public static async Task<(ShardedCollection Collection, FaissIndex Index)> BuildAsync(FaissCluster faiss, string description, float[] vectors, int dimension, int shards = 3, int replicas = 1, MetricType metric = MetricType.L2)
    {
        var index = FaissIndex.Create(dimension, description, metric);
        if (!index.IsTrained)
        {
            index.Train(vectors);
        }

        var collection = await faiss.CreateCollectionAsync(NewName(), index, shards, replicas);
        var ids = Ids(vectors.Length / dimension);
        await collection.AddAsync(vectors, ids);
        await collection.SealAsync();
        index.AddWithIds(vectors, ids);
        return (collection, index);
    }

    public static void AssertEqual(SearchResult expected, SearchResult actual)
    {
        Assert.Equal(expected.Ids, actual.Ids);
        Assert.Equal(expected.Distances, actual.Distances);
    }
}
