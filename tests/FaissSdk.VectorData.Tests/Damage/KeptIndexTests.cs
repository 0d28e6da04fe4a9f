namespace FaissSdk.VectorData.Tests;

/// <summary>A process that cannot use an intact index leaves it to those that can.</summary>
public sealed class KeptIndexTests
{
    [Fact]
    public async Task An_index_of_another_kind_stays()
    {
        Assert.SkipUnless(FaissLibrary.IsAvailable, "There is no native FAISS library.");
        using var folder = new TemporaryFolder();
        var path = folder.File("store.db");
        using (var store = Stores.Open(path, sealAt: 10_000))
        {
            await Stores.Seal(await FillAsync(store, IndexKind.Flat));
        }

        var file = Assert.Single(Stores.IndexFiles(path));
        using (var other = Stores.Open(path, sealAt: 10_000))
        {
            Assert.Equal(10, await Open(other, IndexKind.Hnsw).SearchAsync(CrashWriter.Create(1, 0).Vector, 10).CountAsync());
        }

        Assert.Equal(file, Assert.Single(Stores.IndexFiles(path)));
        using var log = new LogLines();
        using var reopened = Stores.Open(path, sealAt: 10_000, log);
        Assert.Equal(10, await Open(reopened, IndexKind.Flat).SearchAsync(CrashWriter.Create(1, 0).Vector, 10).CountAsync());
        Assert.Contains("with 50 vectors was", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_that_another_process_has_sealed_since_a_search_began_stays()
    {
        Assert.SkipUnless(FaissLibrary.IsAvailable, "There is no native FAISS library.");
        using var folder = new TemporaryFolder();
        var path = folder.File("store.db");
        using var writer = Stores.Open(path, sealAt: 10_000);
        var items = OpenPairs(writer);
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync(Enumerable.Range(1, 50).Select(Pair));
        await items.OptimizeAsync();

        using var log = new LogLines();
        using var reader = Stores.Open(path, sealAt: 10_000, log);
        log.Heard = line =>
        {
            // Between the loading of one vector's index and that of the other's.
            log.Heard = null;
            items.UpsertAsync(Enumerable.Range(51, 10).Select(Pair)).GetAwaiter().GetResult();
            items.DeleteAsync(7).GetAwaiter().GetResult();
            items.OptimizeAsync().GetAwaiter().GetResult();
        };
        Assert.Equal(50, await OpenPairs(reader).SearchAsync(new float[] { 1, 1 }, 100, new() { VectorProperty = item => item["B"] }).CountAsync());
        Assert.Null(log.Heard);
        Assert.Equal(2, Stores.IndexFiles(path).Length);
        Assert.Equal(59, await OpenPairs(reader).SearchAsync(new float[] { 1, 1 }, 100, new() { VectorProperty = item => item["B"] }).CountAsync());
    }

    private static Dictionary<string, object?> Pair(int id) => new() { ["Id"] = id, ["A"] = new float[] { id, 1 }, ["B"] = new float[] { 1, id } };

    private static FaissDynamicCollection OpenPairs(FaissVectorStore store) => store.GetDynamicCollection("pairs", new VectorStoreCollectionDefinition
    {
        Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("A", typeof(float[]), 2), new VectorStoreVectorProperty("B", typeof(float[]), 2)],
    });

    private static async Task<VectorStoreCollection<string, Item>> FillAsync(FaissVectorStore store, string kind)
    {
        var items = Open(store, kind);
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync(Enumerable.Range(0, 50).Select(key => CrashWriter.Create(key, 0)));
        return items;
    }

    private static FaissCollection<string, Item> Open(FaissVectorStore store, string kind) =>
        store.GetCollection<string, Item>("items", Item.Definition(kind, DistanceFunction.CosineSimilarity));
}
