namespace FaissSdk.VectorData.Tests.BadInput;

/// <summary>Uses that no collection supports are refused by what is wrong with them.</summary>
public sealed class MisuseTests
{
    [Theory]
    [InlineData(typeof(string[]))]
    [InlineData(typeof(List<string>))]
    [InlineData(typeof(int))]
    public void Full_text_search_of_what_is_no_string_is_refused(Type type)
    {
        using var temporary = new TemporaryStore();
        var error = Assert.Throws<NotSupportedException>(() => temporary.Store.GetDynamicCollection("items", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreDataProperty("Tags", type) { IsFullTextIndexed = true }],
        }));
        Assert.Contains("'Tags'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Leave IsFullTextIndexed out", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_are_not_ordered_by_vectors_and_lists()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        var error = await Assert.ThrowsAsync<NotSupportedException>(async () => await hotels.GetAsync(hotel => true, 5, new() { OrderBy = order => order.Ascending(hotel => hotel.Vector) }).ToListAsync());
        Assert.Contains("'Vector', which is a vector", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<NotSupportedException>(async () => await hotels.GetAsync(hotel => true, 5, new() { OrderBy = order => order.Descending(hotel => hotel.Tags) }).ToListAsync());
        Assert.Contains("'Tags', which is a list", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canceled_token_ends_operations_before_they_begin()
    {
        using var temporary = new TemporaryStore();
        var canceled = new CancellationToken(canceled: true);
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await Assert.ThrowsAsync<OperationCanceledException>(() => temporary.Store.ListCollectionNamesAsync(canceled).ToListAsync().AsTask());
        await Assert.ThrowsAsync<OperationCanceledException>(() => hotels.UpsertAsync(Hotel.Create(1, 1, 2, 3, 4), canceled));
        await Assert.ThrowsAsync<OperationCanceledException>(() => hotels.DeleteAsync(1, canceled));
    }

    [Fact]
    public async Task No_key_is_generated_after_the_greatest_one()
    {
        using var temporary = new TemporaryStore();
        await CheckAsync(int.MaxValue);
        await CheckAsync(long.MaxValue);

        async Task CheckAsync<TKey>(TKey greatest)
            where TKey : notnull
        {
            var items = temporary.Store.GetCollection<TKey, Contract.KeyTests.WithKey<TKey>>(typeof(TKey).Name);
            await items.EnsureCollectionExistsAsync();
            await items.UpsertAsync(new Contract.KeyTests.WithKey<TKey> { Id = greatest });
            await items.DeleteAsync(greatest);
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => items.UpsertAsync(new Contract.KeyTests.WithKey<TKey>()));
            Assert.Contains($"The key {greatest}", error.Message, StringComparison.Ordinal);
            await items.UpsertAsync(new Contract.KeyTests.WithKey<TKey> { Id = greatest });
        }
    }
}
