using Microsoft.Extensions.AI;

namespace FaissSdk.VectorData.Tests.Contract;

public sealed class SearchTests
{
    [Theory]
    [InlineData(DistanceFunction.CosineSimilarity, 1.0, 0.0)]
    [InlineData(DistanceFunction.CosineDistance, 0.0, 1.0)]
    [InlineData(DistanceFunction.DotProductSimilarity, 2.0, 0.0)]
    [InlineData(DistanceFunction.NegativeDotProductSimilarity, -2.0, 0.0)]
    [InlineData(DistanceFunction.EuclideanDistance, 1.0, 2.23606797749979)]
    [InlineData(DistanceFunction.EuclideanSquaredDistance, 1.0, 5.0)]
    [InlineData(DistanceFunction.ManhattanDistance, 1.0, 3.0)]
    public async Task A_score_is_what_the_distance_function_says(string function, double near, double far)
    {
        using var temporary = new TemporaryStore();
        var items = temporary.Store.GetDynamicCollection("items", Definition(function));
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync([Item(1, [2, 0]), Item(2, [0, 2])]);
        foreach (var isSealed in new[] { false, true })
        {
            if (isSealed)
            {
                await items.OptimizeAsync();
            }

            var found = await items.SearchAsync(new float[] { 1, 0 }, 5).ToListAsync();
            Assert.Equal([1, 2], found.Select(result => (int)result.Record["Id"]!));
            Assert.Equal(near, found[0].Score!.Value, 5);
            Assert.Equal(far, found[1].Score!.Value, 5);
            // The threshold is inclusive.
            Assert.Single(await items.SearchAsync(new float[] { 1, 0 }, 5, new() { ScoreThreshold = found[0].Score }).ToListAsync());
        }
    }

    [Fact]
    public async Task A_squared_distance_is_exact_wherever_the_vector_is()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        // Each number is a sum of four squares.
        await hotels.UpsertAsync(Enumerable.Range(1, 100).Select(number => Hotel.Create(number, SquaresOf(number))));
        for (var round = 0; round < 3; round++)
        {
            foreach (var number in Enumerable.Range(1, 100))
            {
                Assert.Equal(number, await hotels.SearchAsync(new float[4], 200, new() { ScoreThreshold = number }).CountAsync());
                Assert.Equal(number, (await hotels.SearchAsync(new float[4], 200, new() { Filter = hotel => hotel.Id == number }).SingleAsync()).Score);
            }

            if (round == 1)
            {
                await hotels.OptimizeAsync();
            }
        }

        static float[] SquaresOf(int number) =>
            (from a in Enumerable.Range(0, 11) from b in Enumerable.Range(0, 11) from c in Enumerable.Range(0, 11) from d in Enumerable.Range(0, 11)
             where (a * a) + (b * b) + (c * c) + (d * d) == number
             select new float[] { a, b, c, d }).First();
    }

    [Theory]
    [InlineData(IndexKind.Hnsw)]
    [InlineData(IndexKind.IvfFlat)]
    [InlineData(IndexKind.QuantizedFlat)]
    public async Task A_score_is_the_same_before_and_after_sealing(string kind)
    {
        Assert.SkipUnless(FaissLibrary.IsAvailable, "There is no native FAISS library.");
        using var temporary = new TemporaryStore();
        var items = temporary.Store.GetCollection<string, Tests.Item>("items", Tests.Item.Definition(kind, DistanceFunction.CosineSimilarity));
        await items.EnsureCollectionExistsAsync();
        var random = new Random(4);
        await items.UpsertAsync(Enumerable.Range(0, 300).Select(i => new Tests.Item { Key = $"key {i}", Number = i, Vector = Enumerable.Range(0, Tests.Item.Dimension).Select(_ => random.NextSingle() - 0.5f).ToArray() }));
        float[] query = [1, 2, 3, 4, -5, 6, 7, 8];
        var before = await items.SearchAsync(query, 300).ToDictionaryAsync(result => result.Record.Key, result => result.Score!.Value);
        await items.OptimizeAsync();
        foreach (var number in Enumerable.Range(0, 300))
        {
            // So few matches are compared with the vectors in the database.
            var found = await items.SearchAsync(query, 1, new() { Filter = item => item.Number == number }).SingleAsync();
            Assert.Equal(before[found.Record.Key], found.Score!.Value, kind == IndexKind.QuantizedFlat ? 1e-7 : 0);
        }
    }

    [Fact]
    public async Task Skip_and_top_page_through_the_results()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Enumerable.Range(1, 20).Select(id => Hotel.Create(id, id, 0, 0, 0)));
        var found = await hotels.SearchAsync(new float[] { 0, 0, 0, 0 }, 3, new() { Skip = 4 }).ToListAsync();
        Assert.Equal([5, 6, 7], found.Select(result => result.Record.Id));
        Assert.Equal(20, await hotels.SearchAsync(new float[] { 0, 0, 0, 0 }, 1000).CountAsync());
        Assert.Empty(await hotels.SearchAsync(new float[] { 0, 0, 0, 0 }, 3, new() { Skip = 40 }).ToListAsync());
    }

    [Theory]
    [InlineData(DistanceFunction.EuclideanDistance)]
    [InlineData(DistanceFunction.DotProductSimilarity)]
    [InlineData(DistanceFunction.CosineDistance)]
    [InlineData(DistanceFunction.ManhattanDistance)]
    public async Task Pages_of_equally_far_vectors_neither_repeat_nor_omit_records(string function)
    {
        using var temporary = new TemporaryStore();
        var items = temporary.Store.GetCollection<string, Tests.Item>("items", Tests.Item.Definition(IndexKind.Flat, function));
        await items.EnsureCollectionExistsAsync();
        // Copies of three vectors, as of texts that were stored several times.
        await items.UpsertAsync(Enumerable.Range(0, 600).Select(i => new Tests.Item { Key = $"key {i}", Number = i, Vector = Enumerable.Repeat(1f, Tests.Item.Dimension).Select((one, j) => j == 0 ? i % 3 : one).ToArray() }));
        await items.OptimizeAsync();
        var query = Enumerable.Range(0, Tests.Item.Dimension).Select(i => i + 0.5f).ToArray();
        foreach (var first in new[] { 0, 77 })
        {
            var pages = new List<string>();
            for (var skip = 0; skip < 600; skip += 7)
            {
                // Filters of the same matches that are not the same are not kept.
                var start = first - 0.5 - (skip / 1_000_000.0);
                pages.AddRange(await (first == 0 ? items.SearchAsync(query, 7, new() { Skip = skip }) : items.SearchAsync(query, 7, new() { Skip = skip, Filter = item => item.Number > start })).Select(result => result.Record.Key).ToListAsync());
            }

            Assert.Equal(600 - first, pages.Distinct().Count());
            Assert.Equal(600 - first, pages.Count);
        }
    }

    [Fact]
    public async Task Vectors_are_returned_only_when_asked_for()
    {
        using var temporary = new TemporaryStore();
        var items = temporary.Store.GetCollection<int, Several>("items");
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync([new() { Id = 1, First = new float[] { 1, 2 }, Second = [3, 4, 5], Third = new Embedding<float>(new float[] { 6 }) }, new() { Id = 2, First = new float[] { 9, 9 } }]);
        var found = (await items.SearchAsync(new float[] { 3, 4, 5 }, 5, new() { VectorProperty = item => item.Second, IncludeVectors = true }).ToListAsync()).Single().Record;
        Assert.Equal([1, 2], found.First.ToArray());
        Assert.Equal([3, 4, 5], found.Second!);
        Assert.Equal([6], found.Third!.Vector.ToArray());
        Assert.Equal(0, (await items.GetAsync(1))!.First.Length);
        Assert.Null((await items.GetAsync(2, new() { IncludeVectors = true }))!.Second);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await items.SearchAsync(new float[] { 1, 2 }, 1).ToListAsync());
    }

    [Fact]
    public async Task A_hybrid_search_fuses_both_ranks()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        Hotel[] records = [.. Enumerable.Range(1, 5).Select(id => Hotel.Create(id, id, 0, 0, 0))];
        records[3].Description = "A pool with a view";
        records[4].Description = "A pool";
        records[4].IsOpen = true;
        await hotels.UpsertAsync(records);
        var keyword = (IKeywordHybridSearchable<Hotel>)hotels;
        var found = await keyword.HybridSearchAsync(new float[] { 1, 0, 0, 0 }, ["pool"], 5).ToListAsync();
        Assert.Equal([4, 5, 1, 2, 3], found.Select(result => result.Record.Id).OrderBy(id => id is 4 or 5 ? 0 : 1).ThenBy(id => id));
        Assert.Contains(found[0].Record.Id, new[] { 4, 5 });
        Assert.Equal(found.OrderByDescending(result => result.Score).Select(result => result.Record.Id), found.Select(result => result.Record.Id));
        found = await keyword.HybridSearchAsync(new float[] { 1, 0, 0, 0 }, ["pool", "NEAR(\"", "view"], 5, new() { Filter = hotel => hotel.IsOpen }).ToListAsync();
        Assert.Equal([5], found.Select(result => result.Record.Id));
        await hotels.UpsertAsync(Hotel.Create(5, 5, 0, 0, 0));
        found = await keyword.HybridSearchAsync(new float[] { 1, 0, 0, 0 }, ["pool"], 5).ToListAsync();
        Assert.Equal(4, found[0].Record.Id);
        Assert.Equal(5, (await keyword.HybridSearchAsync(new float[] { 1, 0, 0, 0 }, ["?"], 5).ToListAsync()).Count);
    }

    private static VectorStoreCollectionDefinition Definition(string function) => new()
    {
        Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("Vector", typeof(float[]), 2) { DistanceFunction = function }],
    };

    private static Dictionary<string, object?> Item(int id, float[] vector) => new() { ["Id"] = id, ["Vector"] = vector };

    public sealed class Several
    {
        [VectorStoreKey]
        public int Id { get; set; }

        [VectorStoreVector(2)]
        public ReadOnlyMemory<float> First { get; set; }

        [VectorStoreVector(3)]
        public float[]? Second { get; set; }

        [VectorStoreVector(1)]
        public Embedding<float>? Third { get; set; }
    }
}
