
namespace FaissSdk.VectorData.Tests.Contract;

public sealed class SealingTests
{
    private const int Dimension = 16;

    public static TheoryData<string> Kinds => [IndexKind.Flat, IndexKind.Hnsw, IndexKind.IvfFlat, IndexKind.QuantizedFlat, IndexKind.Dynamic];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_sealed_index_finds_what_lives_and_nothing_else(string kind)
    {
        Assert.SkipUnless(FaissLibrary.IsAvailable || kind is IndexKind.Flat or IndexKind.Dynamic, "There is no native FAISS library.");
        using var temporary = new TemporaryStore();
        var items = await FillAsync(temporary.Store, kind, 2000);
        await items.OptimizeAsync();
        await CheckAsync(items);
        await items.DeleteAsync(Enumerable.Range(1, 300).Select(key => (object)key));
        await items.UpsertAsync(Enumerable.Range(301, 100).Select(key => Item(key, key + 5000)));
        await CheckAsync(items);
        items = Collection(temporary.Reopen(), kind);
        await CheckAsync(items);
        Assert.NotEmpty(Directory.GetFiles(temporary.Path + "-faiss", "*.faiss"));
        await items.OptimizeAsync();
        await CheckAsync(items);
    }

    private static async Task CheckAsync(FaissDynamicCollection items)
    {
        var all = await items.GetAsync(item => true, 10_000, new() { IncludeVectors = true }).ToListAsync();
        int right = 0, wanted = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            var query = Vector(90_000 + seed);
            foreach (var modulus in new[] { 1, 2, 50 })
            {
                var part = modulus - 1;
                var found = modulus == 1
                    ? await items.SearchAsync(query, 10).ToListAsync()
                    : await items.SearchAsync(query, 10, new() { Filter = item => modulus == 2 ? (int)item["Half"]! == part : (int)item["Fiftieth"]! == part }).ToListAsync();
                HashSet<object?> expected = [.. all.Where(item => modulus == 1 || (int)item[modulus == 2 ? "Half" : "Fiftieth"]! == part)
                    .OrderByDescending(item => Cosine(query, (ReadOnlyMemory<float>)item["Vector"]!)).Take(10).Select(item => item["Id"])];
                Assert.Equal(expected.Count, found.Count);
                right += found.Count(result => expected.Contains(result.Record["Id"]));
                wanted += expected.Count;
            }
        }

        Assert.True(right >= 0.95 * wanted, $"{right} of {wanted} were found.");
    }

    private static double Cosine(ReadOnlyMemory<float> x, ReadOnlyMemory<float> y) => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(x.Span, y.Span);

    private static async Task<FaissDynamicCollection> FillAsync(FaissVectorStore store, string kind, int count)
    {
        var items = Collection(store, kind);
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync(Enumerable.Range(1, count).Select(key => Item(key, key)));
        return items;
    }

    private static Dictionary<string, object?> Item(int key, int seed) => new() { ["Id"] = key, ["Half"] = key % 2, ["Fiftieth"] = key % 50, ["Vector"] = Vector(seed) };

    private static ReadOnlyMemory<float> Vector(int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, Dimension).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
    }

    private static FaissDynamicCollection Collection(FaissVectorStore store, string kind) => store.GetDynamicCollection("items", new VectorStoreCollectionDefinition
    {
        Properties =
        [
            new VectorStoreKeyProperty("Id", typeof(int)),
            new VectorStoreDataProperty("Half", typeof(int)),
            new VectorStoreDataProperty("Fiftieth", typeof(int)) { IsIndexed = true },
            new VectorStoreVectorProperty("Vector", typeof(ReadOnlyMemory<float>), Dimension) { IndexKind = kind },
        ],
    });
}
