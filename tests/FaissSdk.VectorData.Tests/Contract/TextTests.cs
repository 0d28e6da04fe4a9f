namespace FaissSdk.VectorData.Tests.Contract;

/// <summary>Several properties with full-text search are searched independently of each other.</summary>
public sealed class TextTests : IAsyncLifetime
{
    private readonly TemporaryStore _temporary = new();
    private FaissCollection<int, Article> _articles = null!;

    public async ValueTask InitializeAsync()
    {
        _articles = _temporary.Store.GetCollection<int, Article>("articles");
        await _articles.EnsureCollectionExistsAsync();
        await _articles.UpsertAsync(
        [
            new() { Id = 1, Title = "Rain in spring", Body = "Clouds and wind" },
            new() { Id = 2, Title = "Wind", Body = "Rain in autumn" },
            new() { Id = 3, Title = "Snow", Body = null },
        ]);
    }

    public ValueTask DisposeAsync()
    {
        _temporary.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_search_names_the_property()
    {
        Assert.Equal(1, await FirstAsync(article => article.Title, "rain"));
        Assert.Equal(2, await FirstAsync(article => article.Body, "rain"));
        Assert.Equal(2, await FirstAsync(article => article.Title, "wind"));
        Assert.Equal(1, await FirstAsync(article => article.Body, "wind"));
        Assert.Equal(3, await FirstAsync(article => article.Title, "snow"));
    }

    [Fact]
    public async Task A_search_without_a_property_is_refused()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _articles.HybridSearchAsync(Query, ["rain"], 3).ToListAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => FirstAsync(article => article.Note, "rain"));
    }

    [Theory]
    [InlineData("𠮷")]
    [InlineData("Ⅱ")]
    [InlineData("½")]
    [InlineData("𐌰")]
    [InlineData("①")]
    public async Task Any_character_that_the_index_takes_as_part_of_a_word_is_searched(string word)
    {
        await _articles.UpsertAsync(new Article { Id = 4, Title = $"rain {word} rain" });
        Assert.Equal(4, await FirstAsync(article => article.Title, word));
        Assert.Equal(4, (await _articles.HybridSearchAsync(Query, ["!!", word, ""], 3, new() { AdditionalProperty = article => article.Title }).FirstAsync()).Record.Id);
    }

    [Fact]
    public async Task Keywords_without_words_leave_the_order_to_the_vectors()
    {
        foreach (var keywords in new string[][] { [], [""], ["!!"], ["\0", "\"", "-"] })
        {
            Assert.Equal([1, 2, 3], await _articles.HybridSearchAsync(Query, keywords, 3, new() { AdditionalProperty = article => article.Title }).Select(result => result.Record.Id).ToListAsync());
        }

        await Assert.ThrowsAsync<ArgumentException>(async () => await _articles.HybridSearchAsync(Query, ["rain", null!], 3, new() { AdditionalProperty = article => article.Title }).ToListAsync());
    }

    [Fact]
    public async Task An_update_changes_what_each_property_is_found_by()
    {
        await _articles.UpsertAsync(new Article { Id = 1, Title = "Clouds", Body = "Rain" });
        Assert.Equal(1, await FirstAsync(article => article.Body, "rain", article => article.Id != 2));
        Assert.Equal(1, await FirstAsync(article => article.Title, "clouds"));
        await _articles.DeleteAsync(1);
        Assert.Equal(2, await FirstAsync(article => article.Body, "rain"));
    }

    [Fact]
    public async Task Pages_of_a_search_neither_repeat_nor_omit_records()
    {
        const int count = 400;
        var random = new Random(5);
        await _articles.UpsertAsync(Enumerable.Range(10, count).Select(id => new Article
        {
            Id = id,
            Title = "page " + string.Join(' ', Enumerable.Repeat("other", random.Next(1, 100))),
            Vector = new[] { 1, random.NextSingle() },
        }).ToList());
        var pages = new List<int>();
        for (var skip = 0; skip < count; skip += 20)
        {
            pages.AddRange(await _articles.HybridSearchAsync(Query, ["page"], 20, new() { AdditionalProperty = article => article.Title, Filter = article => article.Id >= 10, Skip = skip }).Select(result => result.Record.Id).ToListAsync());
        }

        Assert.Equal(Enumerable.Range(10, count), pages.Order());
        Assert.Equal(pages, await _articles.HybridSearchAsync(Query, ["page"], count, new() { AdditionalProperty = article => article.Title, Filter = article => article.Id >= 10 }).Select(result => result.Record.Id).ToListAsync());
    }

    private static float[] Query => [1, 0];

    // All vectors are equal, so that the words decide.
    private async Task<int> FirstAsync(System.Linq.Expressions.Expression<Func<Article, object?>> property, string word, System.Linq.Expressions.Expression<Func<Article, bool>>? filter = null) =>
        (await _articles.HybridSearchAsync(Query, [word], 3, new() { AdditionalProperty = property, Filter = filter }).FirstAsync()).Record.Id;

    public sealed class Article
    {
        [VectorStoreKey]
        public int Id { get; set; }

        [VectorStoreData(IsFullTextIndexed = true)]
        public string? Title { get; set; }

        [VectorStoreData(IsFullTextIndexed = true)]
        public string? Body { get; set; }

        [VectorStoreData]
        public string? Note { get; set; }

        [VectorStoreVector(2)]
        public ReadOnlyMemory<float> Vector { get; set; } = new float[] { 1, 0 };
    }
}
