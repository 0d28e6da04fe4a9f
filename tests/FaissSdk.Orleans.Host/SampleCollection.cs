namespace FaissSdk.Orleans.Host;

/// <summary>Fills a collection with random vectors.</summary>
internal static class SampleCollection
{
    public const int Count = 10_000;
    public const int Dimension = 768;
    private static readonly float[] Vectors = Create();

    public static ReadOnlyMemory<float> All => Vectors;

    public static ReadOnlyMemory<float> Vector(int number) => Vectors.AsMemory(number * Dimension, Dimension);

    public static async Task<ShardedCollection> CreateAsync(FaissCluster cluster)
    {
        using var trained = FaissIndex.Create(Dimension, "IDMap2,Flat");
        var collection = await cluster.CreateCollectionAsync("sample", trained, shards: 5, replicas: 2);
        await collection.AddAsync(Vectors, Enumerable.Range(0, Count).Select(id => (long)id).ToArray());
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
