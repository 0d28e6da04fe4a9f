using System.Numerics.Tensors;
using Microsoft.Data.Sqlite;

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

    [Theory]
    [InlineData("SQ8")]
    [InlineData("SQ4")]
    [InlineData("IVF8,SQ8")]
    [InlineData("HNSW16,SQ8")]
    public async Task Pages_of_a_quantized_index_are_parts_of_one_ranking(string factory)
    {
        Assert.SkipUnless(FaissLibrary.IsAvailable, "There is no native FAISS library.");
        using var folder = new TemporaryFolder();
        using var store = Stores.Open(folder.File("store.db"), sealAt: 100_000);
        var definition = Item.Definition(IndexKind.Flat, DistanceFunction.EuclideanDistance);
        definition.Properties.OfType<VectorStoreVectorProperty>().Single().ProviderAnnotations = new() { [FaissAnnotations.Factory] = factory, [FaissAnnotations.NProbe] = 8 };
        var items = store.GetCollection<string, Item>("items", definition);
        await items.EnsureCollectionExistsAsync();
        var records = Enumerable.Range(0, Count).Select(i => new Item { Key = $"key {i}", Number = i % 2, Vector = VectorOf(i) }).ToDictionary(item => item.Key);
        await items.UpsertAsync(records.Values);
        await Stores.Seal(items);
        foreach (var query in Enumerable.Range(90_000, 10))
        {
            var vector = VectorOf(query);
            // After a change, the first page is not found by the vectors that are kept of a repeated filter.
            await items.UpsertAsync(records["key 1"]);
            var pages = new List<VectorSearchResult<Item>>();
            for (var skip = 0; skip < 60; skip += 10)
            {
                pages.AddRange(await items.SearchAsync(vector, 10, new() { Filter = item => item.Number == 1, Skip = skip }).ToListAsync());
            }

            var expected = records.Values.Where(item => item.Number == 1).Select(item => (item.Key, Distance: TensorPrimitives.Distance(item.Vector.Span, vector.Span))).OrderBy(item => item.Distance).Take(60).ToArray();
            Assert.Equal(expected.Select(item => item.Key), pages.Select(result => result.Record.Key));
            Assert.All(pages, (result, rank) => Assert.Equal(expected[rank].Distance, result.Score!.Value, 1e-6));
            Assert.Equal(expected[0].Distance, (await items.SearchAsync(vector, 1, new() { Filter = item => item.Number == 1 || item.Number == 2 }).SingleAsync()).Score!.Value, 1e-6);
        }
    }

    [Fact]
    public async Task Matches_of_many_filters_take_little_memory()
    {
        const int records = 200_000;
        using var folder = new TemporaryFolder();
        using var store = Stores.Open(folder.File("store.db"), sealAt: 1_000_000);
        var hotels = store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Enumerable.Range(1, records).Select(id => new Hotel { Id = id, Price = id, Vector = new float[] { id, 0, 0, 0 } }));
        Assert.Single(await hotels.SearchAsync(new float[4], 1).ToListAsync());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var least = 0; least < 40; least++)
        {
            Assert.Equal(least + 1, (await hotels.SearchAsync(new float[4], 1, new() { Filter = hotel => hotel.Price > least }).SingleAsync()).Record.Id);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 10 << 20);
        // Few ids of many are kept as a list.
        for (var most = 1; most <= 40; most++)
        {
            Assert.Equal(most, await hotels.SearchAsync(new float[4], 100, new() { Filter = hotel => hotel.Price <= most }).CountAsync());
        }
    }

    [Theory]
    [InlineData(IndexKind.Flat, 100_000)]
    [InlineData(IndexKind.Flat, 10)]
    [InlineData(IndexKind.IvfFlat, 10)]
    public async Task A_filter_takes_no_memory_for_the_ids_that_were_used_before(string indexKind, int sealAt)
    {
        Assert.SkipUnless(FaissLibrary.IsAvailable || indexKind == IndexKind.Flat, "There is no native FAISS library.");
        using var folder = new TemporaryFolder();
        using var store = Stores.Open(folder.File("store.db"), sealAt);
        var items = store.GetCollection<string, Item>("items", Item.Definition(indexKind, DistanceFunction.EuclideanDistance));
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync(Enumerable.Range(0, 50).Select(i => new Item { Key = $"key {i}", Number = i, Vector = VectorOf(i) }));
        // As many were replaced since then.
        await using (var connection = new SqliteConnection($"Data Source={store.Path};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE faiss_collections SET last_id = 400000000, version = version + 1";
            await command.ExecuteNonQueryAsync();
        }

        await items.UpsertAsync(Enumerable.Range(50, 2000).Select(i => new Item { Key = $"key {i}", Number = i, Vector = VectorOf(i) }));
        if (sealAt < 100)
        {
            await Stores.Seal(items);
        }

        await items.UpsertAsync(Enumerable.Range(2050, 5).Select(i => new Item { Key = $"key {i}", Number = i, Vector = VectorOf(i) }));
        Assert.Equal(5, await items.SearchAsync(VectorOf(1), 5).CountAsync());
        foreach (var most in (int[])[1, 40, 60, 1500, 2051, 3000])
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var found = await items.SearchAsync(VectorOf(1), 3000, new() { Filter = item => item.Number < most }).Select(result => result.Record.Number).ToListAsync();
            Assert.Equal(Enumerable.Range(0, Math.Min(most, 2055)), found.Order());
            Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 20 << 20);
        }
    }

    [Fact]
    public async Task Matches_of_earlier_versions_are_forgotten()
    {
        using var folder = new TemporaryFolder();
        using var store = Stores.Open(folder.File("store.db"), sealAt: 100_000);
        var items = store.GetCollection<string, Item>("items", Item.Definition(IndexKind.Flat, DistanceFunction.EuclideanDistance));
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync(Enumerable.Range(0, 100).Select(i => new Item { Key = $"key {i}", Number = i, Vector = VectorOf(i) }));
        var cache = store.Core.GetEngine(new("items", new Collections.FaissModelBuilder().Build(typeof(Item), typeof(string), Item.Definition(IndexKind.Flat, DistanceFunction.EuclideanDistance), null))).Filters;
        for (var number = 0; number < 50; number++)
        {
            Assert.Single(await items.SearchAsync(VectorOf(1), 5, new() { Filter = item => item.Number == number }).ToListAsync());
        }

        Assert.Equal(32, cache.Count);
        await items.UpsertAsync(new Item { Key = "new", Number = 3, Vector = VectorOf(3) });
        Assert.Equal(2, await items.SearchAsync(VectorOf(1), 5, new() { Filter = item => item.Number == 3 }).CountAsync());
        Assert.Equal(1, cache.Count);
        await items.EnsureCollectionDeletedAsync();
        Assert.Equal(0, cache.Count);
    }

    private static ReadOnlyMemory<float> VectorOf(int i)
    {
        var random = new Random(i);
        return Enumerable.Range(0, Item.Dimension).Select(_ => random.NextSingle() - 0.5f).ToArray();
    }
}
