using FaissSdk.VectorData.Sample;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FaissSdk.VectorData.Tests.Contract;

public sealed class ServiceTests
{
    [Theory]
    [InlineData(ServiceLifetime.Singleton, true, true)]
    [InlineData(ServiceLifetime.Scoped, true, false)]
    [InlineData(ServiceLifetime.Transient, false, false)]
    public async Task A_store_and_a_collection_live_as_long_as_asked_for(ServiceLifetime lifetime, bool isSharedInScope, bool isSharedByScopes)
    {
        using var temporary = new TemporaryStore();
        await using var services = new ServiceCollection()
            .AddFaissVectorStore(temporary.Path, lifetime: lifetime)
            .AddKeyedFaissVectorStore("key", temporary.Path, lifetime: lifetime)
            .AddFaissCollection<int, Hotel>("hotels", temporary.Path, lifetime: lifetime)
            .BuildServiceProvider(validateScopes: true);
        FaissVectorStore first;
        FaissCollection<int, Hotel> hotels;
        await using (var scope = services.CreateAsyncScope())
        {
            first = scope.ServiceProvider.GetRequiredService<FaissVectorStore>();
            hotels = scope.ServiceProvider.GetRequiredService<FaissCollection<int, Hotel>>();
            Assert.Equal(isSharedInScope, ReferenceEquals(first, scope.ServiceProvider.GetRequiredService<VectorStore>()));
            Assert.Equal(isSharedInScope, ReferenceEquals(hotels, scope.ServiceProvider.GetRequiredService<VectorStoreCollection<int, Hotel>>()));
            Assert.NotSame(first, scope.ServiceProvider.GetRequiredKeyedService<VectorStore>("key"));
            await hotels.EnsureCollectionExistsAsync();
        }

        await using var other = services.CreateAsyncScope();
        Assert.Equal(isSharedByScopes, ReferenceEquals(first, other.ServiceProvider.GetRequiredService<FaissVectorStore>()));
        Assert.True(await other.ServiceProvider.GetRequiredService<VectorStore>().CollectionExistsAsync("hotels"));
        // What a scope has created is disposed with it.
        if (isSharedByScopes)
        {
            Assert.True(await hotels.CollectionExistsAsync());
        }
        else
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => first.CollectionExistsAsync("hotels"));
            await Assert.ThrowsAsync<ObjectDisposedException>(() => hotels.CollectionExistsAsync());
        }
    }

    [Fact]
    public async Task A_store_takes_the_logger_and_the_generator_of_the_services()
    {
        using var temporary = new TemporaryStore();
        using var log = new LogLines();
        await using var services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(log)
            .AddSingleton<IEmbeddingGenerator>(new HashingEmbeddingGenerator())
            .AddFaissVectorStore(_ => temporary.Path)
            .BuildServiceProvider();
        var texts = services.GetRequiredService<VectorStore>().GetCollection<int, TextRecord>("texts");
        await texts.EnsureCollectionExistsAsync();
        await texts.UpsertAsync([new() { Id = 1, Text = "read a file" }, new() { Id = 2, Text = "sort a list" }]);
        Assert.Equal(2, (await texts.SearchAsync("sort a list", 1).SingleAsync()).Record.Id);
        await ((FaissCollection<int, TextRecord>)texts).OptimizeAsync();
        Assert.Contains("Sealed 2 vectors", log.ToString(), StringComparison.Ordinal);
    }

    public sealed class TextRecord
    {
        [VectorStoreKey]
        public int Id { get; set; }

        [VectorStoreVector(HashingEmbeddingGenerator.Dimension)]
        public string Text { get; set; } = "";
    }
}
