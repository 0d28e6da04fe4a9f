namespace FaissSdk.VectorData.Tests.Contract;

public sealed class KeyTests
{
    [Fact]
    public async Task Integers_and_identifiers_are_generated_and_never_used_again()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        Hotel[] records = [Hotel.Create(0, 1, 0, 0, 0), Hotel.Create(1, 2, 0, 0, 0), Hotel.Create(0, 3, 0, 0, 0)];
        records[1].Id = 5;
        await hotels.UpsertAsync(records);
        Assert.Equal(3, records.Select(record => record.Id).Distinct().Count());
        Assert.DoesNotContain(0, records.Select(record => record.Id));
        var last = records.Max(record => record.Id);
        await hotels.DeleteAsync(last);
        var next = Hotel.Create(0, 4, 0, 0, 0);
        await hotels.UpsertAsync(next);
        Assert.True(next.Id > last);

        var guids = temporary.Store.GetCollection<Guid, WithKey<Guid>>("guids");
        await guids.EnsureCollectionExistsAsync();
        var record = new WithKey<Guid> { Text = "a" };
        await guids.UpsertAsync(record);
        Assert.NotEqual(Guid.Empty, record.Id);
        Assert.Equal("a", (await guids.GetAsync(record.Id))?.Text);
    }

    [Fact]
    public async Task Keys_of_every_type_are_read_in_the_order_asked_for()
    {
        using var temporary = new TemporaryStore();
        await CheckAsync(temporary.Store, 1L, 2L, 3L);
        await CheckAsync(temporary.Store, 1, -2, int.MaxValue);
        await CheckAsync(temporary.Store, "a", "Ä'\"", "");
        await CheckAsync(temporary.Store, Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
    }

    private static async Task CheckAsync<TKey>(FaissVectorStore store, params TKey[] keys)
        where TKey : notnull
    {
        var collection = store.GetCollection<TKey, WithKey<TKey>>(typeof(TKey).Name);
        await collection.EnsureCollectionExistsAsync();
        await collection.UpsertAsync(keys.Select(key => new WithKey<TKey> { Id = key, Text = $"{key}" }));
        var read = await collection.GetAsync([keys[2], keys[0]]).ToListAsync();
        Assert.Equal([keys[2], keys[0]], read.ConvertAll(record => record.Id));
        var first = keys[0];
        Assert.Single(await collection.GetAsync(record => record.Id.Equals(first), 5).ToListAsync());
        await collection.DeleteAsync([keys[0], keys[1]]);
        Assert.Null(await collection.GetAsync(keys[1]));
        Assert.NotNull(await collection.GetAsync(keys[2]));
    }

    public sealed class WithKey<TKey>
    {
        [VectorStoreKey]
        public TKey Id { get; set; } = default!;

        [VectorStoreData]
        public string? Text { get; set; }
    }
}
