using Microsoft.Extensions.AI;

namespace FaissSdk.VectorData.Tests.Contract;

public sealed class EmbeddingTests
{
    [Fact]
    public async Task A_generator_of_the_store_the_collection_or_the_property_makes_vectors()
    {
        using var temporary = new TemporaryStore(new FaissVectorStoreOptions { EmbeddingGenerator = new LengthGenerator() });
        var definition = Definition();
        await CheckAsync(temporary.Store.GetDynamicCollection("store", definition));

        definition.EmbeddingGenerator = new LengthGenerator();
        using var collection = new FaissDynamicCollection(temporary.Path, "collection", new FaissCollectionOptions { Definition = definition });
        await CheckAsync(collection);

        definition = Definition();
        ((VectorStoreVectorProperty)definition.Properties[1]).EmbeddingGenerator = new LengthGenerator();
        using var property = new FaissDynamicCollection(temporary.Path, "property", new FaissCollectionOptions { Definition = definition });
        await CheckAsync(property);
    }

    [Fact]
    public async Task A_generator_that_fails_or_returns_another_dimension_stores_nothing()
    {
        foreach ((var generator, var message) in new (IEmbeddingGenerator, string)[] { (new LengthGenerator { Dimension = 3 }, "3 dimensions"), (new LengthGenerator { Fails = true }, "no quota"), (new LengthGenerator { Drops = true }, "1 embeddings for 2 records") })
        {
            using var temporary = new TemporaryStore(new FaissVectorStoreOptions { EmbeddingGenerator = generator });
            var items = temporary.Store.GetDynamicCollection("items", Definition());
            await items.EnsureCollectionExistsAsync();
            var error = await Assert.ThrowsAsync<VectorStoreException>(() => items.UpsertAsync([Item(1, "a"), Item(2, "bb")]));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
            Assert.Empty(await items.GetAsync(item => true, 10).ToListAsync());
        }
    }

    [Fact]
    public async Task A_record_that_is_null_is_refused_before_vectors_are_generated()
    {
        using var temporary = new TemporaryStore(new FaissVectorStoreOptions { EmbeddingGenerator = new LengthGenerator() });
        var items = temporary.Store.GetDynamicCollection("items", Definition());
        await items.EnsureCollectionExistsAsync();
        var error = await Assert.ThrowsAsync<ArgumentException>(() => items.UpsertAsync([Item(1, "a"), null!]));
        Assert.Contains("The record at position 1 is null.", error.Message, StringComparison.Ordinal);
    }

    private static async Task CheckAsync(FaissDynamicCollection items)
    {
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync([Item(1, "a"), Item(2, "bbbb"), Item(3, "cccccccc")]);
        Assert.Equal(2, (await items.SearchAsync("four", 1).ToListAsync()).Single().Record["Id"]);
        Assert.Equal(3, (await items.SearchAsync(new float[] { 8, 1 }, 1).ToListAsync()).Single().Record["Id"]);
        await Assert.ThrowsAsync<NotSupportedException>(async () => await items.SearchAsync("four", 1, new() { IncludeVectors = true }).ToListAsync());
    }

    private static VectorStoreCollectionDefinition Definition() => new()
    {
        Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreVectorProperty("Text", typeof(string), 2) { DistanceFunction = DistanceFunction.EuclideanDistance }],
    };

    private static Dictionary<string, object?> Item(int id, string text) => new() { ["Id"] = id, ["Text"] = text };

    private sealed class LengthGenerator : IEmbeddingGenerator<string, Embedding<float>>
    {
        public int Dimension { get; init; } = 2;

        public bool Fails { get; init; }

        public bool Drops { get; init; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) => Fails
            ? throw new HttpRequestException("no quota")
            : Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Skip(Drops ? 1 : 0).Select(value => new Embedding<float>(Enumerable.Range(0, Dimension).Select(i => i == 0 ? value.Length : 1f).ToArray()))));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
