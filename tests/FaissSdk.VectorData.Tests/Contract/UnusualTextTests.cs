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

    [Fact]
    public async Task Halves_of_surrogate_pairs_are_stored_and_compared()
    {
        // Attributes would replace them.
        foreach (var text in new[] { "\ud83d", "\ude00 of a pair that was cut", "a \ud83d\ud83d\ude00 and \ufffd, \"quoted\" \\ é", "\ud7ff\ud800\ue000\udfff\uffff" })
        {
            await CheckHalvesAsync(text);
        }
    }

    [Fact]
    public async Task A_list_with_a_text_that_SQL_would_cut_is_refused()
    {
        var texts = await OpenAsync();
        var error = await Assert.ThrowsAsync<ArgumentException>(() => texts.UpsertAsync(Text("a", "x", ["y", "one\0two"])));
        Assert.Contains("'List'", error.Message, StringComparison.Ordinal);
        Assert.Contains("U+0000", error.Message, StringComparison.Ordinal);
        await texts.UpsertAsync(Text("a", "x", ["one"]));
        Assert.Equal("", await FindAsync(texts, record => ((string?[])record["List"]!).Contains("one\0two")));
        Assert.Equal("a", await FindAsync(texts, record => ((string?[])record["List"]!).Contains("one")));
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

    private async Task CheckHalvesAsync(string text)
    {
        var texts = await OpenAsync();
        var longer = new string('é', 300) + text;
        string?[] list = [null, text, longer];
        await texts.UpsertAsync([Text("a", text, list), Text("b", longer), Text("c", text.Replace('\ud83d', '\ufffd').Replace('\ud800', '\ufffd').Replace('\ude00', '\ufffd') + "\ufffd"), Text("d", "\ufffd", ["\ufffd"])]);
        Assert.Equal(text, (await texts.GetAsync("a"))!["Value"]);
        Assert.Equal(list, (string?[])(await texts.GetAsync("a"))!["List"]!);
        Assert.Equal(longer, (await texts.GetAsync("b"))!["Value"]);
        Assert.Equal("\ufffd", (await texts.GetAsync("d"))!["Value"]);
        Assert.Equal("a", await FindAsync(texts, record => (string?)record["Value"] == text));
        Assert.Equal("b", await FindAsync(texts, record => (string?)record["Value"] == longer));
        Assert.Equal("d", await FindAsync(texts, record => (string?)record["Value"] == "\ufffd"));
        Assert.Equal("a", await FindAsync(texts, record => ((string?[])record["List"]!).Contains(text)));
        Assert.Equal("d", await FindAsync(texts, record => ((string?[])record["List"]!).Contains("\ufffd")));
        List<string> many = [.. Enumerable.Range(0, 200).Select(i => $"none {i}"), text];
        Assert.Equal("a", await FindAsync(texts, record => many.Contains((string)record["Value"]!)));
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => FindAsync(texts, record => ((string)record["Value"]!).Contains('\ud83d')));
        Assert.Contains("half of a surrogate pair", error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, object?> Text(string id, string? value, string?[]? list = null) => new() { ["Id"] = id, ["Value"] = value, ["List"] = list };

    private static async Task<string> FindAsync(FaissDynamicCollection texts, System.Linq.Expressions.Expression<Func<Dictionary<string, object?>, bool>> filter) =>
        string.Concat((await texts.GetAsync(filter, 10).ToListAsync()).Select(text => (string)text["Id"]!).Order(StringComparer.Ordinal));

    private async Task<FaissDynamicCollection> OpenAsync()
    {
        var texts = _temporary.Store.GetDynamicCollection("texts", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Id", typeof(string)), new VectorStoreDataProperty("Value", typeof(string)), new VectorStoreDataProperty("List", typeof(string[])), new VectorStoreVectorProperty("Vector", typeof(float[]), 2)],
        });
        await texts.EnsureCollectionExistsAsync();
        return texts;
    }
}
