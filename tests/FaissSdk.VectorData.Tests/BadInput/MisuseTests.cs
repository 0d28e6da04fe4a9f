namespace FaissSdk.VectorData.Tests.BadInput;

/// <summary>Uses that no collection serves are refused by what is wrong with them.</summary>
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
}
