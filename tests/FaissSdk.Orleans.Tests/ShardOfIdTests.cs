using System.Text;

namespace FaissSdk.Orleans.Tests;

/// <summary>Ids are divided among shards evenly, and always in the same way.</summary>
public sealed class ShardOfIdTests(TestCluster cluster)
{
    private const int Count = 20_000;

    public static TheoryData<long, int> Patterns => new(from shards in (int[])[2, 3, 7, 16, 100] from stride in (long[])[1, 2, 7, shards, 2L * shards, 1000, 1L << 20, 1L << 32] select (stride, shards));

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Ids_of_any_stride_fill_all_shards_alike(long stride, int shards)
    {
        var counts = new int[shards];
        for (var i = 0L; i < Count; i++)
        {
            counts[ShardOfId.Mixed(i * stride, shards)]++;
        }

        // Random ids have a standard deviation of less than the root of the mean.
        var mean = (double)Count / shards;
        Assert.All(counts, count => Assert.InRange(count, mean - (6 * Math.Sqrt(mean)), mean + (6 * Math.Sqrt(mean))));
    }

    [Theory]
    [InlineData(0, 1896895515)]
    [InlineData(1, 1216681717)]
    [InlineData(long.MaxValue, 355724202)]
    public void The_shard_of_an_id_never_changes(long id, int expected) => Assert.Equal(expected, ShardOfId.Mixed(id, int.MaxValue));

    [Fact]
    public async Task Even_ids_fill_all_shards_of_a_collection()
    {
        using var index = FaissIndex.Create(1, "IDMap2,Flat");
        var collection = await cluster.Faiss.CreateCollectionAsync(TestVectors.NewName(), index, 4);
        await collection.AddAsync(TestVectors.Random(400, 1), Enumerable.Range(0, 400).Select(id => id * 4L).ToArray());
        await collection.SealAsync();
        Assert.All((await Newest(collection)).Shards, file => Assert.InRange(file.Count, 60, 140));
        await collection.RecutAsync(8);
        Assert.All((await Newest(collection)).Shards, file => Assert.InRange(file.Count, 20, 80));
    }

    [Fact]
    public async Task Manifests_keep_the_way_that_they_were_written_with()
    {
        using var index = FaissIndex.Create(1, "IDMap2,Flat");
        var collection = await cluster.Faiss.CreateCollectionAsync(TestVectors.NewName(), index, 4);
        var manifest = await Newest(collection);
        Assert.Equal(IdDivision.Mixed, manifest.Division);
        var json = Encoding.UTF8.GetString(manifest.ToJson());
        var old = CollectionManifest.Parse(Encoding.UTF8.GetBytes(json.Replace(",\n  \"Division\": 1", "", StringComparison.Ordinal)), "old");
        Assert.Equal(IdDivision.Remainder, old.Division);
        Assert.Equal([0, 1, 2, 3, 0], new long[] { 0, 5, 10, 15, 20 }.Select(old.ShardOf));
        var error = Assert.Throws<ShardVersionException>(() => CollectionManifest.Parse(Encoding.UTF8.GetBytes(json.Replace("\"Division\": 1", "\"Division\": 9", StringComparison.Ordinal)), "new"));
        Assert.Contains("install the version that wrote it", error.Message, StringComparison.Ordinal);
    }

    private Task<CollectionManifest> Newest(ShardedCollection collection) => cluster.Cluster.Client.GetGrain<ICollectionDirectory>(collection.Name).Get()!;
}
