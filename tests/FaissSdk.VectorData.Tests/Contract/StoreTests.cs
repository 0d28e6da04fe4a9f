using Microsoft.Extensions.DependencyInjection;

namespace FaissSdk.VectorData.Tests.Contract;

public sealed class StoreTests
{
    [Fact]
    public async Task Collections_are_listed_and_deleted()
    {
        using var temporary = new TemporaryStore();
        var store = temporary.Store;
        Assert.Empty(await store.ListCollectionNamesAsync().ToListAsync());
        foreach (var name in new[] { "b", "a'\"", "A" })
        {
            await store.GetCollection<int, Hotel>(name).EnsureCollectionExistsAsync();
        }

        Assert.Equal(["A", "a'\"", "b"], await store.ListCollectionNamesAsync().ToListAsync());
        await store.EnsureCollectionDeletedAsync("a'\"");
        await store.EnsureCollectionDeletedAsync("nothing");
        Assert.False(await store.CollectionExistsAsync("a'\""));
        Assert.True(await store.GetCollection<int, Hotel>("b").CollectionExistsAsync());
    }

    [Fact]
    public async Task A_collection_that_is_created_again_is_empty()
    {
        using var temporary = new TemporaryStore();
        FaissCollection<int, Hotel> hotels = temporary.Store.GetCollection<int, Hotel>("hotels"), other = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Enumerable.Range(1, 50).Select(id => Hotel.Create(id, id, 0, 0, 0)));
        await hotels.OptimizeAsync();
        Assert.Single(await RecordTests.NearestAsync(other, 7, top: 1));
        await hotels.EnsureCollectionDeletedAsync();
        await Assert.ThrowsAsync<VectorStoreException>(() => other.GetAsync(1));
        await hotels.EnsureCollectionExistsAsync();
        Assert.Empty(await other.SearchAsync(new float[] { 1, 0, 0, 0 }, 3).ToListAsync());
        await other.UpsertAsync(Hotel.Create(1, 9, 0, 0, 0));
        Assert.Equal(9, (await hotels.GetAsync(1, new() { IncludeVectors = true }))!.Vector.Span[0]);
    }

    [Fact]
    public async Task Another_store_sees_what_this_one_writes()
    {
        using var temporary = new TemporaryStore();
        using var second = temporary.Open();
        FaissCollection<int, Hotel> here = temporary.Store.GetCollection<int, Hotel>("hotels"), there = second.GetCollection<int, Hotel>("hotels");
        await here.EnsureCollectionExistsAsync();
        await here.UpsertAsync(Enumerable.Range(1, 50).Select(id => Hotel.Create(id, id, 0, 0, 0)));
        Assert.Equal("7 8 6", string.Join(' ', await RecordTests.NearestAsync(there, 7.1f)));
        await here.OptimizeAsync();
        await here.DeleteAsync(7);
        await there.UpsertAsync(Hotel.Create(60, 7.2f, 0, 0, 0));
        Assert.Equal("60 8 6", string.Join(' ', await RecordTests.NearestAsync(there, 7.1f)));
        Assert.Equal("60 8 6", string.Join(' ', await RecordTests.NearestAsync(here, 7.1f)));
    }

    [Fact]
    public async Task A_backup_is_a_store_and_a_vacuum_keeps_everything()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Enumerable.Range(1, 50).Select(id => Hotel.Create(id, id, 0, 0, 0)));
        var copy = temporary.Path + ".backup";
        await temporary.Store.BackupAsync(copy);
        await hotels.DeleteAsync(7);
        await temporary.Store.VacuumAsync();
        Assert.Equal("8 6 9", string.Join(' ', await RecordTests.NearestAsync(hotels, 7.1f)));
        using var restored = new FaissVectorStore(copy);
        Assert.Equal("7 8 6", string.Join(' ', await RecordTests.NearestAsync(restored.GetCollection<int, Hotel>("hotels"), 7.1f)));
        await Assert.ThrowsAsync<ArgumentException>(() => temporary.Store.BackupAsync(copy));
    }

    [Fact]
    public async Task A_data_property_can_be_added()
    {
        using var temporary = new TemporaryStore();
        var before = Dynamic(temporary.Store);
        await before.EnsureCollectionExistsAsync();
        await before.UpsertAsync(new Dictionary<string, object?> { ["Id"] = 1, ["Vector"] = new float[] { 1, 2 } });
        var after = Dynamic(temporary.Store, new VectorStoreDataProperty("Name", typeof(string)) { IsIndexed = true }, new VectorStoreDataProperty("Count", typeof(int)));
        Assert.Equal(0, (await after.GetAsync(1))!["Count"]);
        Assert.Null((await after.GetAsync(1))!["Name"]);
        await after.UpsertAsync(new Dictionary<string, object?> { ["Id"] = 2, ["Name"] = "new", ["Count"] = 3, ["Vector"] = new float[] { 1, 2 } });
        Assert.Equal([1], (await after.GetAsync(item => (int)item["Count"]! == 0, 5).ToListAsync()).Select(item => (int)item["Id"]!));
        var error = await Assert.ThrowsAsync<VectorStoreException>(() => Dynamic(temporary.Store).GetAsync(1));
        Assert.Contains("'Count', which the definition lacks", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_added_property_is_kept_by_an_object_that_does_not_know_it()
    {
        using var temporary = new TemporaryStore();
        var old = Dynamic(temporary.Store);
        await old.EnsureCollectionExistsAsync();
        Assert.Null(await old.GetAsync(1));
        var added = Dynamic(temporary.Store, new VectorStoreDataProperty("Name", typeof(string)), new VectorStoreDataProperty("Day", typeof(DateTime)));
        await added.UpsertAsync(new Dictionary<string, object?> { ["Id"] = 1, ["Name"] = "kept", ["Day"] = DateTime.UnixEpoch, ["Vector"] = new float[] { 1, 2 } });
        foreach (var vector in new float[][] { [1, 2], [3, 4] })
        {
            await old.UpsertAsync(new Dictionary<string, object?> { ["Id"] = 1, ["Vector"] = vector });
            var record = await added.GetAsync(item => (string?)item["Name"] == "kept", 5, new() { IncludeVectors = true }).SingleAsync();
            Assert.Equal(DateTimeKind.Utc, ((DateTime)record["Day"]!).Kind);
            Assert.Equal(vector, record["Vector"]);
            Assert.Equal(1, (await added.SearchAsync(vector, 5).SingleAsync()).Record["Id"]);
        }
    }

    [Fact]
    public async Task Services_are_registered_with_and_without_keys()
    {
        using var temporary = new TemporaryStore();
        await using var services = new ServiceCollection()
            .AddFaissVectorStore(temporary.Path)
            .AddKeyedFaissVectorStore("other", temporary.Path + "2")
            .AddFaissCollection<int, Hotel>("hotels", temporary.Path)
            .AddKeyedFaissCollection<int, Hotel>("key", "hotels", temporary.Path)
            .BuildServiceProvider();
        var store = services.GetRequiredService<VectorStore>();
        Assert.Same(services.GetRequiredService<FaissVectorStore>(), store);
        Assert.Equal(temporary.Path + "2", ((FaissVectorStore)services.GetRequiredKeyedService<VectorStore>("other")).Path);
        var hotels = services.GetRequiredService<VectorStoreCollection<int, Hotel>>();
        await hotels.EnsureCollectionExistsAsync();
        Assert.Same(hotels, services.GetRequiredService<IKeywordHybridSearchable<Hotel>>());
        Assert.Same(hotels, services.GetRequiredService<IVectorSearchable<Hotel>>());
        Assert.True(await services.GetRequiredKeyedService<VectorStoreCollection<int, Hotel>>("key").CollectionExistsAsync());
        Assert.Equal(temporary.Path, ((VectorStoreCollectionMetadata)hotels.GetService(typeof(VectorStoreCollectionMetadata))!).VectorStoreName);
    }

    private static FaissDynamicCollection Dynamic(FaissVectorStore store, params VectorStoreProperty[] properties) => store.GetDynamicCollection("items", new VectorStoreCollectionDefinition
    {
        Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("Vector", typeof(float[]), 2), .. properties],
    });
}
