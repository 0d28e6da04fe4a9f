namespace FaissSdk.VectorData.Tests.Contract;

/// <summary>Strings are stored as they are, with U+0000 at any place and of any length.</summary>
public sealed class UnusualTextTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(600)]
    [InlineData(100_000)]
    public async Task A_text_is_read_as_it_was_written(int length)
    {
        var texts = await OpenAsync();
        var half = new string('é', length);
        await texts.UpsertAsync([Text("a", half + "\0" + half), Text("b", "\0" + half), Text("c", half + "\0"), Text("d", "")]);
        Assert.Equal(half + "\0" + half, (await texts.GetAsync("a"))!["Value"]);
        Assert.Equal("\0" + half, (await texts.GetAsync("b"))!["Value"]);
        Assert.Equal(half + "\0", (await texts.GetAsync("c"))!["Value"]);
        Assert.Equal("", (await texts.GetAsync("d"))!["Value"]);
    }

    [Fact]
    public async Task Filters_compare_whole_texts()
    {
        var texts = await OpenAsync();
        var pad = new string('x', 600);
        await texts.UpsertAsync([Text("a", "one\0two"), Text("b", "one\0three"), Text("c", "one"), Text("d", pad + "\0two"), Text("e", null)]);
        string equal = "one\0two", start = "one\0t", end = "\0two", longer = pad + "\0two";
        Assert.Equal("a", await FindAsync(text => (string?)text["Value"] == equal));
        Assert.Equal("d", await FindAsync(text => (string?)text["Value"] == longer));
        Assert.Equal("ab", await FindAsync(text => ((string)text["Value"]!).StartsWith(start, StringComparison.Ordinal)));
        Assert.Equal("ad", await FindAsync(text => ((string)text["Value"]!).EndsWith(end, StringComparison.Ordinal)));
        Assert.Equal("abcd", await FindAsync(text => ((string)text["Value"]!).EndsWith("", StringComparison.Ordinal)));
        Assert.Equal("ad", await FindAsync(text => ((string)text["Value"]!).Contains(end)));
        Assert.Equal("ae", await FindAsync(text => ((string?)text["Value"] ?? "one\0two") == equal));
        List<string> many = [.. Enumerable.Range(0, 200).Select(i => $"none {i}"), equal];
        Assert.Equal("a", await FindAsync(text => many.Contains((string)text["Value"]!)));

        async Task<string> FindAsync(System.Linq.Expressions.Expression<Func<Dictionary<string, object?>, bool>> filter) =>
            string.Concat((await texts.GetAsync(filter, 10).ToListAsync()).Select(text => (string)text["Id"]!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData('\0', "U+0000")]
    [InlineData('\ud800', "a surrogate")]
    [InlineData('\udc00', "a surrogate")]
    public async Task A_key_that_could_not_be_told_from_others_is_refused(char character, string reason)
    {
        var texts = await OpenAsync();
        var key = $"a{character}b";
        var error = await Assert.ThrowsAsync<ArgumentException>(() => texts.UpsertAsync(Text(key, "x")));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<ArgumentException>(() => texts.GetAsync(key));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<ArgumentException>(() => texts.DeleteAsync(key));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_may_have_surrogates_in_pairs()
    {
        var texts = await OpenAsync();
        await texts.UpsertAsync([Text("a😀b", "x"), Text("", "y")]);
        Assert.Equal("x", (await texts.GetAsync("a😀b"))!["Value"]);
        Assert.Equal("y", (await texts.GetAsync(""))!["Value"]);
    }

    private static Dictionary<string, object?> Text(string id, string? value) => new() { ["Id"] = id, ["Value"] = value };

    private async Task<FaissDynamicCollection> OpenAsync()
    {
        var texts = _temporary.Store.GetDynamicCollection("texts", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreDataProperty("Value", typeof(string)), new VectorStoreVectorProperty("Vector", typeof(float[]), 2)],
        });
        await texts.EnsureCollectionExistsAsync();
        return texts;
    }
}
