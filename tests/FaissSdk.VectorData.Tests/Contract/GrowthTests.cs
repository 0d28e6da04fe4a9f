namespace FaissSdk.VectorData.Tests.Contract;

/// <summary>A graph that is sealed again is extended in a copy, as long as the result is as good as a new graph.</summary>
public sealed class GrowthTests : IDisposable
{
    private const int Count = 1500;

    private readonly LogLines _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task New_vectors_are_added_to_a_copy_of_the_graph()
    {
        Assert.SkipUnless(FaissLibrary.IsAvailable, "There is no native FAISS library.");
        using var folder = new TemporaryFolder();
        using (var store = Stores.Open(folder.File("store.db"), sealAt: 10_000, _log))
        {
            var items = await FillAsync(store, 0, Count);
            await Stores.Seal(items);
            Assert.DoesNotContain("to a copy", _log.ToString(), StringComparison.Ordinal);
            await FillAsync(store, Count, 300);
            await items.DeleteAsync(KeyOf(Count + 5));
            await Stores.Seal(items);
            Assert.Contains("Adding 299 vectors of 'Vector' in 'items' to a copy of the index HNSW32.", _log.ToString(), StringComparison.Ordinal);
            await CheckAsync(items);
        }

        _log.Lines.Clear();
        using var reopened = Stores.Open(folder.File("store.db"), sealAt: 10_000, _log);
        await CheckAsync(Open(reopened));
        Assert.Contains("with 1799 vectors was", _log.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("flipped")]
    [InlineData("dead vectors")]
    public async Task A_graph_is_built_anew_where_a_copy_would_be_wrong(string reason)
    {
        Assert.SkipUnless(FaissLibrary.IsAvailable, "There is no native FAISS library.");
        using var folder = new TemporaryFolder();
        using var store = Stores.Open(folder.File("store.db"), sealAt: 10_000, _log);
        var items = await FillAsync(store, 0, Count);
        await Stores.Seal(items);
        var file = Assert.Single(Stores.IndexFiles(folder.File("store.db")));
        switch (reason)
        {
            case "deleted":
                File.Delete(file);
                break;
            case "flipped":
                var bytes = File.ReadAllBytes(file);
                bytes[^100] ^= 1; // A component of a vector, in which only the checksum detects a change.
                File.Delete(file);
                File.WriteAllBytes(file, bytes);
                break;
            default:
                await items.DeleteAsync(KeyOf(7));
                break;
        }

        await FillAsync(store, Count, 300);
        await Stores.Seal(items);

        // Before FAISS 1.11.0 a graph is in memory, where it is whole whatever becomes of its file.
        if (reason == "dead vectors" || Version.Parse(FaissLibrary.Info.Version) >= new Version(1, 11))
        {
            Assert.DoesNotContain("to a copy", _log.ToString(), StringComparison.Ordinal);
        }

        await CheckAsync(items);
    }

    private static async Task CheckAsync(VectorStoreCollection<string, Item> items)
    {
        var all = await items.GetAsync(item => true, 10_000).ToListAsync();
        foreach (var i in (int[])[3, Count - 1, Count + 1, Count + 299])
        {
            Assert.Equal(KeyOf(i), (await items.SearchAsync(VectorOf(i), 1).SingleAsync()).Record.Key);
        }

        var found = await items.SearchAsync(VectorOf(7), 50).ToListAsync();
        Assert.Equal(50, found.Select(result => result.Record.Key).Intersect(all.Select(item => item.Key)).Count());
    }

    private static async Task<VectorStoreCollection<string, Item>> FillAsync(FaissVectorStore store, int first, int count)
    {
        var items = Open(store);
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync(Enumerable.Range(first, count).Select(i => new Item { Key = KeyOf(i), Vector = VectorOf(i) }));
        return items;
    }

    private static FaissCollection<string, Item> Open(FaissVectorStore store) =>
        store.GetCollection<string, Item>("items", Item.Definition(IndexKind.Hnsw, DistanceFunction.CosineSimilarity));

    private static string KeyOf(int i) => $"key {i}";

    private static ReadOnlyMemory<float> VectorOf(int i)
    {
        var random = new Random(i);
        return Enumerable.Range(0, Item.Dimension).Select(_ => random.NextSingle() - 0.5f).ToArray();
    }
}
