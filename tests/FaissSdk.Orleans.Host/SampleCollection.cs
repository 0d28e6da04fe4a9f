namespace FaissSdk.Orleans.Host;

/// <summary>Fills a collection with random vectors.</summary>
internal static class SampleCollection
{
    public const int Count = 10_000;
    public const int Dimension = 768;
    private static readonly float[] Vectors = Create();

    public static ReadOnlyMemory<float> All => Vectors;

    public static ReadOnlyMemory<float> Vector(int number) => Vectors.AsMemory(number * Dimension, Dimension);

    public static async Task<ShardedCollection> CreateAsync(FaissCluster cluster, int replicas)
    {
        using var trained = FaissIndex.Create(Dimension, "IDMap2,Flat");
        var collection = await cluster.CreateCollectionAsync("sample", trained, shards: 5, replicas);
        await collection.AddAsync(Vectors, Enumerable.Range(0, Count).Select(id => (long)id).ToArray());
        await collection.SealAsync();
        await collection.LoadAsync();
        return collection;
    }

    /// <summary>Creates a collection of one vector, whose searches take little more than the messages to it and back.</summary>
    public static async Task<ShardedCollection> CreateSmallestAsync(FaissCluster cluster)
    {
        using var trained = FaissIndex.Create(Dimension, "IDMap2,Flat");
        var collection = await cluster.CreateCollectionAsync("smallest", trained, shards: 1);
        await collection.AddAsync(Vector(0), new long[1]);
        await collection.SealAsync();
        await collection.LoadAsync();
        return collection;
    }

    private static float[] Create()
    {
        var random = new Random(1);
        var vectors = new float[Count * Dimension];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = random.NextSingle();
        }

        return vectors;
    }
}
