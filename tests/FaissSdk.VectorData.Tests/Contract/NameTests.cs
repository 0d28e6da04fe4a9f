namespace FaissSdk.VectorData.Tests.Contract;

/// <summary>Names and values are never interpreted as SQL, whatever they contain.</summary>
public sealed class NameTests
{
    public static TheoryData<string> Names =>
    [
        "it's",
        "\"quoted\"",
        "x\"; DROP TABLE data_1; --",
        "'); DELETE FROM faiss_collections; --",
        "semi;colon",
        "[brackets] `ticks` %_\\",
        "ümlaut 漢字 🙂",
        "new\nline",
        "SELECT",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_name_of_a_collection_is_only_a_name(string name)
    {
        using var temporary = new TemporaryStore();
        await FillAsync(temporary.Store, "other", "Text");
        var items = await FillAsync(temporary.Store, name, "Text");
        Assert.Equal(new[] { name, "other" }.Order(StringComparer.Ordinal), await temporary.Store.ListCollectionNamesAsync().OrderBy(found => found, StringComparer.Ordinal).ToListAsync());
        await items.OptimizeAsync();
        await CheckAsync(Open(temporary.Reopen(), name, "Text"), "Text");
        await temporary.Store.EnsureCollectionDeletedAsync(name);
        Assert.False(await temporary.Store.CollectionExistsAsync(name));
        await CheckAsync(Open(temporary.Store, "other", "Text"), "Text");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_name_of_a_property_is_only_a_name(string name)
    {
        using var temporary = new TemporaryStore();
        await FillAsync(temporary.Store, "items", name);
        await CheckAsync(Open(temporary.Reopen(), "items", name), name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_key_and_a_value_are_only_values(string value)
    {
        using var temporary = new TemporaryStore();
        var items = await FillAsync(temporary.Store, "items", "Text");
        await items.UpsertAsync(Item(value, "Text", value));
        Assert.Equal(value, (await items.GetAsync(value))!["Text"]);
        Assert.Equal(value, (await items.GetAsync(item => (string)item["Text"]! == value, 5).SingleAsync())["Id"]);
        Assert.Equal(value, (await items.SearchAsync(new float[] { 1, 2 }, 5, new() { Filter = item => ((string)item["Text"]!).Contains(value) }).SingleAsync()).Record["Id"]);
        Assert.Equal(value, (await items.SearchAsync(new float[] { 1, 2 }, 5, new() { Filter = item => new[] { value, "absent" }.Contains((string)item["Id"]!) }).SingleAsync()).Record["Id"]);
        // A hybrid search treats operators in a keyword as words.
        Assert.Equal(3, (await ((IKeywordHybridSearchable<Dictionary<string, object?>>)items).HybridSearchAsync(new float[] { 1, 2 }, [value], 5).ToListAsync()).Count);
        await items.DeleteAsync(value);
        Assert.Null(await items.GetAsync(value));
        await CheckAsync(items, "Text");
    }

    [Fact]
    public async Task Names_of_collections_differ_in_halves_of_surrogate_pairs()
    {
        using var temporary = new TemporaryStore();
        await FillAsync(temporary.Store, "a\ud83d", "Text");
        Assert.False(await temporary.Store.CollectionExistsAsync("a\ud83e"));
        Assert.Equal("a\ud83d", await temporary.Store.ListCollectionNamesAsync().SingleAsync());
    }

    [Fact]
    public void A_name_of_a_property_that_no_column_has_is_refused()
    {
        using var temporary = new TemporaryStore();
        foreach (var name in new[] { "one\0two", "\ud83d" })
        {
            var error = Assert.Throws<ArgumentException>(() => Open(temporary.Store, "items", name));
            Assert.Contains("storage name with U+0000 or half of a surrogate pair", error.Message, StringComparison.Ordinal);
        }

        var reserved = Assert.Throws<ArgumentException>(() => temporary.Store.GetDynamicCollection("items", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreDataProperty("At$extra", typeof(int)), new VectorStoreDataProperty("At", typeof(DateTime))],
        }));
        Assert.Contains("'At'", reserved.Message, StringComparison.Ordinal);
    }

    private static async Task CheckAsync(FaissDynamicCollection items, string property)
    {
        Assert.Equal(2, await items.GetAsync(item => true, 10).CountAsync());
        Assert.Equal("a", (await items.GetAsync(item => (string)item[property]! == "one", 5).SingleAsync())["Id"]);
        Assert.Equal(["b", "a"], await items.GetAsync(item => true, 5, new() { OrderBy = order => order.Descending(item => item[property]) }).Select(item => item["Id"]).ToListAsync());
        Assert.Equal("a", (await ((IKeywordHybridSearchable<Dictionary<string, object?>>)items).HybridSearchAsync(new float[] { 0, 1 }, ["one"], 1).SingleAsync()).Record["Id"]);
    }

    private static async Task<FaissDynamicCollection> FillAsync(FaissVectorStore store, string name, string property)
    {
        var items = Open(store, name, property);
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync([Item("a", property, "one"), Item("b", property, "two")]);
        return items;
    }

    private static Dictionary<string, object?> Item(string key, string property, string text) => new() { ["Id"] = key, [property] = text, ["Vector"] = new float[] { 0, 1 } };

    private static FaissDynamicCollection Open(FaissVectorStore store, string name, string property) => store.GetDynamicCollection(name, new VectorStoreCollectionDefinition
    {
        Properties =
        [
            new VectorStoreKeyProperty("Id", typeof(string)),
            new VectorStoreDataProperty(property, typeof(string)) { IsIndexed = true, IsFullTextIndexed = true },
            new VectorStoreVectorProperty("Vector", typeof(float[]), 2),
        ],
    });
}
