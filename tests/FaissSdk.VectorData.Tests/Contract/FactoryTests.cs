namespace FaissSdk.VectorData.Tests.Contract;

/// <summary>The provider annotation accepts any factory string.</summary>
public sealed class FactoryTests
{
    private const int Dimension = 16;
    private const int Count = 800;

    [Theory]
    [InlineData("Flat", 10)]
    [InlineData("SQ8", 9)]
    [InlineData("SQfp16", 9)]
    [InlineData("PQ8np", 4)]
    [InlineData("HNSW16,Flat", 9)]
    [InlineData("HNSW16,SQ8", 8)]
    [InlineData("HNSW16_SQ8", 8)]
    [InlineData("IVF8,Flat", 8)]
    [InlineData("IVF8,SQ8", 8)]
    [InlineData("IVF8,PQ8np", 4)]
    [InlineData("PCA12,IVF8,Flat", 5)]
    [InlineData("SQ4,RFlat", 5)]
    public async Task A_factory_string_makes_the_index(string factory, int leastOfTen)
    {
        Assert.SkipUnless(FaissLibrary.IsAvailable, "There is no native FAISS library.");
        using var folder = new TemporaryFolder();
        using var log = new LogLines();
        using (var store = Stores.Open(folder.File("store.db"), sealAt: 100_000, log))
        {
            var items = Open(store, factory);
            await items.EnsureCollectionExistsAsync();
            await items.UpsertAsync(Enumerable.Range(1, Count).Select(key => new Dictionary<string, object?> { ["Id"] = key, ["Half"] = key % 2, ["Vector"] = VectorOf(key) }));
            await items.OptimizeAsync();
            await items.DeleteAsync(5);
            await CheckAsync(items, leastOfTen);
        }

        Assert.Contains($"into {factory} in", log.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("failed", log.ToString(), StringComparison.Ordinal);
        log.Lines.Clear();
        using var reopened = Stores.Open(folder.File("store.db"), sealAt: 100_000, log);
        await CheckAsync(Open(reopened, factory), leastOfTen);
        Assert.Contains($"The index {factory} of", log.ToString(), StringComparison.Ordinal);
    }

    private static async Task CheckAsync(FaissDynamicCollection items, int leastOfTen)
    {
        int found = 0, filtered = 0;
        for (var query = 0; query < 10; query++)
        {
            var vector = VectorOf(10_000 + query);
            found += await CountAsync(items.SearchAsync(vector, 10), Nearest(vector, key => key != 5));
            filtered += await CountAsync(items.SearchAsync(vector, 10, new() { Filter = item => (int)item["Half"]! == 1 }), Nearest(vector, key => key != 5 && key % 2 == 1));
        }

        Assert.True(found >= leastOfTen * 10, $"{found} of 100 nearest were found.");
        Assert.True(filtered >= leastOfTen * 10, $"{filtered} of 100 nearest were found by a filter.");
    }

    private static async Task<int> CountAsync(IAsyncEnumerable<VectorSearchResult<Dictionary<string, object?>>> results, HashSet<int> nearest)
    {
        int[] keys = [.. (await results.ToListAsync()).Select(result => (int)result.Record["Id"]!)];
        Assert.Equal(10, keys.Distinct().Count());
        Assert.DoesNotContain(5, keys);
        return keys.Count(nearest.Contains);
    }

    private static HashSet<int> Nearest(float[] query, Func<int, bool> lives) =>
        [.. Enumerable.Range(1, Count).Where(lives).OrderByDescending(key => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(query, VectorOf(key))).Take(10)];

    private static float[] VectorOf(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Dimension).Select(i => (random.NextSingle() - 0.5f) / (1 + (i / 4f)))];
    }

    private static FaissDynamicCollection Open(FaissVectorStore store, string factory) => store.GetDynamicCollection("items", new VectorStoreCollectionDefinition
    {
        Properties =
        [
            new VectorStoreKeyProperty("Id", typeof(int)),
            new VectorStoreDataProperty("Half", typeof(int)),
            new VectorStoreVectorProperty("Vector", typeof(float[]), Dimension) { ProviderAnnotations = new() { [FaissAnnotations.Factory] = factory } },
        ],
    });
}
