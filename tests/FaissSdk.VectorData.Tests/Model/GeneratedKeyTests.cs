namespace FaissSdk.VectorData.Tests;

/// <summary>Stores records whose keys are the default of their type, which asks for a generated key.</summary>
public sealed class GeneratedKeyTests
{
    [Fact]
    public Task Keys_of_int_are_generated() => Check<int>();

    [Fact]
    public Task Keys_of_long_are_generated() => Check<long>();

    [Fact]
    public Task Keys_of_Guid_are_generated() => Check<Guid>();

    private static async Task Check<TKey>()
        where TKey : struct
    {
        using var folder = new TemporaryFolder();
        using var store = Stores.Open(folder.File("store.db"), sealAt: 24);
        using var records = store.GetCollection<TKey, Keyed<TKey>>("records");
        await records.EnsureCollectionExistsAsync();
        var batch = Enumerable.Range(1, 3).Select(number => new Keyed<TKey> { Number = number, Vector = new float[] { number, 1 } }).ToArray();
        await records.UpsertAsync(batch);

        Assert.Equal(3, batch.Select(record => record.Key).Distinct().Count());
        Assert.DoesNotContain(default, batch.Select(record => record.Key));
        Assert.Equal(2, (await records.GetAsync(batch[1].Key))!.Number);
        await records.DeleteAsync(batch[2].Key);
        var next = new Keyed<TKey> { Number = 4, Vector = new float[] { 4, 1 } };
        await records.UpsertAsync(next);
        Assert.DoesNotContain(next.Key, batch.Select(record => record.Key));
    }

    private sealed class Keyed<TKey>
        where TKey : struct
    {
        [VectorStoreKey]
        public TKey Key { get; set; }

        [VectorStoreData]
        public int Number { get; set; }

        [VectorStoreVector(2)]
        public ReadOnlyMemory<float> Vector { get; set; }
    }
}
