namespace FaissSdk.VectorData.Tests;

/// <summary>A collection object that outlives its collection does not touch the one that has its name then.</summary>
public sealed class ReplacedCollectionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_collection_with_another_definition_is_refused_and_keeps_its_index(bool isElsewhere)
    {
        using var folder = new TemporaryFolder();
        using var log = new LogLines();
        using var store = Stores.Open(folder.File("store.db"), sealAt: 10, log);
        using var other = Stores.Open(folder.File("store.db"), sealAt: 10);
        var old = Open(store, 4);
        await old.EnsureCollectionExistsAsync();
        await old.UpsertAsync(Item(1, 4));
        await store.EnsureCollectionDeletedAsync("items");
        var fresh = Open(isElsewhere ? other : store, 8);
        await fresh.EnsureCollectionExistsAsync();
        await fresh.UpsertAsync(Enumerable.Range(1, 100).Select(id => Item(id, 8)));
        await fresh.OptimizeAsync();
        var files = Directory.GetFiles(store.Path + "-faiss").Order().ToArray();
        foreach (var operation in new Func<Task>[] { async () => await old.SearchAsync(new float[] { 1, 2, 3, 4 }, 1).ToListAsync(), () => old.UpsertAsync(Item(3, 4)), () => old.DeleteAsync(1), () => old.OptimizeAsync(), () => old.GetAsync(1) })
        {
            var error = await Assert.ThrowsAsync<VectorStoreException>(operation);
            Assert.Contains("was created with another definition", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(files, Directory.GetFiles(store.Path + "-faiss").Order());
        Assert.DoesNotContain("is not used", log.ToString(), StringComparison.Ordinal);
        Assert.Equal(100, await fresh.SearchAsync(new float[] { 1, 1, 1, 1, 1, 1, 1, 1 }, 200).CountAsync());
    }

    [Fact]
    public async Task A_sealing_in_the_background_leaves_another_collection_alone()
    {
        using var folder = new TemporaryFolder();
        using var log = new LogLines();
        var store = Stores.Open(folder.File("store.db"), sealAt: 10, log);
        using (var other = Stores.Open(folder.File("store.db"), sealAt: 1_000))
        {
            var old = Open(store, 4);
            await old.EnsureCollectionExistsAsync();
            await old.UpsertAsync(Enumerable.Range(1, 100).Select(id => Item(id, 4)));
            // The background task waits until nothing is written any more.
            await other.EnsureCollectionDeletedAsync("items");
            var fresh = Open(other, 8);
            await fresh.EnsureCollectionExistsAsync();
            await fresh.UpsertAsync(Enumerable.Range(1, 100).Select(id => Item(id, 8)));
            await Task.Delay(1_500);
            Assert.DoesNotContain("Error", log.ToString(), StringComparison.Ordinal);
        }

        store.Dispose();
    }

    private static Dictionary<string, object?> Item(int id, int dimension) =>
        new() { ["Id"] = id, ["Vector"] = Enumerable.Range(0, dimension).Select(i => 1f + ((id * (i + 1)) % 7)).ToArray() };

    private static FaissDynamicCollection Open(FaissVectorStore store, int dimension) => store.GetDynamicCollection("items", new VectorStoreCollectionDefinition
    {
        Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("Vector", typeof(float[]), dimension)],
    });
}
