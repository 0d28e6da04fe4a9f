namespace FaissSdk.VectorData.Tests.BadInput;

public sealed class KeyTypeTests
{
    [Fact]
    public void A_collection_with_another_type_of_keys_than_its_records_is_refused()
    {
        using var temporary = new TemporaryStore();
        var error = Assert.Throws<InvalidOperationException>(() => temporary.Store.GetCollection<string, Hotel>("hotels"));
        Assert.Contains("Int32", error.Message, StringComparison.Ordinal);
        Assert.Contains("String", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => temporary.Store.GetCollection<long, Hotel>("hotels"));
    }

    [Theory]
    [InlineData(typeof(double))]
    [InlineData(typeof(short))]
    [InlineData(typeof(byte[]))]
    [InlineData(typeof(DateTime))]
    public void A_type_that_is_no_key_is_refused(Type type)
    {
        using var temporary = new TemporaryStore();
        var error = Assert.ThrowsAny<Exception>(() => temporary.Store.GetDynamicCollection("items", new VectorStoreCollectionDefinition { Properties = [new VectorStoreKeyProperty("Id", type)] }));
        Assert.True(error is InvalidOperationException or NotSupportedException, error.GetType().Name);
        Assert.Contains("'Id'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_another_type_is_refused_by_every_operation()
    {
        using var temporary = new TemporaryStore();
        var items = temporary.Store.GetDynamicCollection("items", new VectorStoreCollectionDefinition { Properties = [new VectorStoreKeyProperty("Id", typeof(long)), new VectorStoreDataProperty("Text", typeof(string))] });
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync(new Dictionary<string, object?> { ["Id"] = 1L, ["Text"] = "a" });
        foreach (var key in (object[])[1, "1", 1.0, Guid.Empty])
        {
            foreach (var operation in (Func<Task>[])[() => items.GetAsync(key), async () => await items.GetAsync([key]).ToListAsync(), () => items.DeleteAsync(key), () => items.DeleteAsync([1L, key])])
            {
                var error = await Assert.ThrowsAsync<ArgumentException>(operation);
                Assert.Contains("are of type Int64", error.Message, StringComparison.Ordinal);
            }

            // The abstraction's own check.
            await Assert.ThrowsAsync<InvalidCastException>(() => items.UpsertAsync(new Dictionary<string, object?> { ["Id"] = key, ["Text"] = "b" }));
        }

        Assert.Equal("a", (await items.GetAsync(1L))!["Text"]);
    }
}
