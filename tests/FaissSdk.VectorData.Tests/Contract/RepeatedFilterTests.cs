using System.Numerics.Tensors;

namespace FaissSdk.VectorData.Tests.Contract;

/// <summary>A repeated filter finds what it found first, and what was written in between.</summary>
public sealed class RepeatedFilterTests
{
    private const int Count = 3000;

    [Theory]
    [InlineData(IndexKind.Flat)]
    [InlineData(IndexKind.Hnsw)]
    [InlineData(IndexKind.IvfFlat)]
    [InlineData(IndexKind.QuantizedFlat)]
    public async Task A_repeated_filter_finds_the_nearest_of_its_matches(string indexKind)
    {
        Assert.SkipUnless(FaissLibrary.IsAvailable || indexKind == IndexKind.Flat, "There is no native FAISS library.");
        using var folder = new TemporaryFolder();
        using var store = Stores.Open(folder.File("store.db"), sealAt: 100_000);
        var items = store.GetCollection<string, Item>("items", Item.Definition(indexKind, DistanceFunction.EuclideanDistance));
        await items.EnsureCollectionExistsAsync();
        var records = Enumerable.Range(0, Count).Select(i => new Item { Key = $"key {i}", Number = i % 10, Flag = i % 2 == 0, Vector = VectorOf(i) }).ToDictionary(item => item.Key);
        await items.UpsertAsync(records.Values);
        await Stores.Seal(items);
        // Some are in the delta.
        await Upsert(new Item { Key = "new", Number = 3, Vector = VectorOf(90_000) });
        await CheckAsync();
        await CheckAsync();
        await Upsert(new Item { Key = "key 3", Number = 3, Vector = VectorOf(90_001) });
        await items.DeleteAsync("key 13");
        records.Remove("key 13");
        await CheckAsync();

        async Task Upsert(Item item)
        {
            records[item.Key] = item;
            await items.UpsertAsync(item);
        }

        async Task CheckAsync()
        {
            for (var query = 0; query < 5; query++)
            {
                var vector = VectorOf(90_000 + query);
                var expected = records.Values.Where(item => item.Number == 3).Select(item => (item.Key, Distance: TensorPrimitives.Distance(item.Vector.Span, vector.Span))).OrderBy(item => item.Distance).Take(10).ToArray();
                var found = await items.SearchAsync(vector, 10, new() { Filter = item => item.Number == 3 }).ToListAsync();
                // The first search with a filter may use an index that is not exact.
                var right = found.Count(result => expected.Any(item => item.Key == result.Record.Key));
                Assert.True(right >= (query == 0 ? 7 : 10), $"Query {query} finds {right} of the ten nearest.");
                Assert.All(found, result => Assert.Equal(TensorPrimitives.Distance(records[result.Record.Key].Vector.Span, vector.Span), result.Score!.Value, query == 0 ? 0.1 : 1e-4));
                Assert.Equal(found.OrderBy(result => result.Score), found);
            }
        }
    }

    [Fact]
    public async Task Filters_that_match_more_than_their_share_of_memory_are_searched_as_before()
    {
        using var folder = new TemporaryFolder();
        using var store = Stores.Open(folder.File("store.db"), sealAt: 100_000);
        var items = store.GetCollection<string, Item>("items", Item.Definition(IndexKind.Flat, DistanceFunction.CosineSimilarity));
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync(Enumerable.Range(0, Count).Select(i => new Item { Key = $"key {i}", Number = i % 50, Vector = VectorOf(i) }));
        await Stores.Seal(items);
        for (var round = 0; round < 3; round++)
        {
            for (var number = 0; number < 50; number++)
            {
                var found = await items.SearchAsync(VectorOf(number), 5, new() { Filter = item => item.Number == number }).ToListAsync();
                Assert.Equal($"key {number}", found[0].Record.Key);
                Assert.All(found, result => Assert.Equal(number, result.Record.Number));
            }
        }
    }

    private static ReadOnlyMemory<float> VectorOf(int i)
    {
        var random = new Random(i);
        return Enumerable.Range(0, Item.Dimension).Select(_ => random.NextSingle() - 0.5f).ToArray();
    }
}
