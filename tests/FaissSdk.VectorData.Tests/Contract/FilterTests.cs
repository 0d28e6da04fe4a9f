using System.Linq.Expressions;

namespace FaissSdk.VectorData.Tests.Contract;

/// <summary>A filter finds the records that the same function finds in memory.</summary>
public sealed class FilterTests : IAsyncLifetime
{
    private readonly TemporaryStore _temporary = new();
    private readonly Item[] _items = CreateItems();
    private FaissCollection<long, Item> _collection = null!;

    public async ValueTask InitializeAsync()
    {
        _collection = _temporary.Store.GetCollection<long, Item>("items");
        await _collection.EnsureCollectionExistsAsync();
        await _collection.UpsertAsync(_items);
    }

    public ValueTask DisposeAsync()
    {
        _temporary.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Comparisons_of_numbers_mean_what_they_mean_in_CSharp()
    {
        await CheckAsync(item => item.Int == 8);
        await CheckAsync(item => item.Int != 8);
        await CheckAsync(item => 8 <= item.Int);
        await CheckAsync(item => item.Int > 3 && item.Int < 9);
        await CheckAsync(item => item.Byte > 3 && item.Short == 4);
        await CheckAsync(item => item.Int == item.Id);
        await CheckAsync(item => item.Byte < item.Id);
        await CheckAsync(item => item.Float == 1.1f);
        await CheckAsync(item => item.Double >= 2.5);
        await CheckAsync(item => item.Float > 1.5);
        await CheckAsync(item => item.Decimal > 9.95m);
        await CheckAsync(item => item.Decimal == 10.50m);
        await CheckAsync(item => item.Int > 2.5);
    }

    [Fact]
    public async Task Nulls_compare_as_in_CSharp()
    {
        int? none = null, three = 3;
        string? text = null;
        await CheckAsync(item => item.Stars == null);
        await CheckAsync(item => item.Stars != null);
        await CheckAsync(item => item.Stars == none);
        await CheckAsync(item => item.Stars != three);
        await CheckAsync(item => item.Stars > 2);
        await CheckAsync(item => !(item.Stars > 2));
        await CheckAsync(item => item.Stars <= none);
        await CheckAsync(item => !(item.Stars <= 2 || item.Text == "b"));
        await CheckAsync(item => item.Text == null);
        await CheckAsync(item => item.Text == text);
        await CheckAsync(item => item.Text != "b");
        await CheckAsync(item => !(item.Text == "b"));
        await CheckAsync(item => item.Stars.HasValue && item.Stars.Value == 3);
        await CheckAsync(item => (item.Stars ?? 0) < 2);
        await CheckAsync(item => item.Flag == true);
        await CheckAsync(item => item.Flag != true);
        await CheckAsync(item => item.Text == item.Other);
        await CheckAsync(item => item.Text != item.Other);
    }

    [Fact]
    public async Task Conditions_join_as_in_CSharp()
    {
        var yes = true;
        await CheckAsync(item => item.Bool);
        await CheckAsync(item => !item.Bool);
        await CheckAsync(item => item.Bool || !item.Bool);
        await CheckAsync(item => item.Bool == item.Int > 4);
        await CheckAsync(item => item.Bool != (item.Stars > 2));
        await CheckAsync(item => !(item.Bool && (item.Stars == 3 || item.Int == 2)));
        await CheckAsync(item => true);
        await CheckAsync(item => false);
        await CheckAsync(item => yes && item.Int == 2);
        await CheckAsync(item => yes ? item.Int == 2 : item.Int == 3);
        await CheckAsync(item => item.Bool ? item.Int < 4 : item.Int > 8);
        await CheckAsync(item => item.Int.Equals(2) || Equals(item.Text, "a"));
    }

    [Fact]
    public async Task Conditions_without_the_record_are_those_of_CSharp()
    {
        var limit = 0.00m;
        var name = "A";
        await CheckAsync(item => limit == 0m || item.Decimal <= limit);
        await CheckAsync(item => !(limit != 0m) && item.Bool);
        await CheckAsync(item => name.Equals("a", StringComparison.OrdinalIgnoreCase) && item.Bool);
        await CheckAsync(item => string.Compare(name, "b", StringComparison.Ordinal) < 0 && item.Bool);
        await CheckAsync(item => new[] { item.Decimal, 0m }.Contains(limit));
    }

    [Fact]
    public async Task A_condition_that_does_not_matter_is_not_evaluated()
    {
        Item? none = null;
        await CheckAsync(item => none == null || item.Text == none.Text);
        await CheckAsync(item => none == null || item.Int > 3 || item.Text == none.Text);
        await CheckAsync(item => none != null && item.Text == none.Text);
        await CheckAsync(item => item.Bool || (none != null && item.Text == none.Text));
        await CheckAsync(item => !(none != null && item.Int > 3 && item.Text == none.Text));
        await CheckAsync(item => (none == null && item.Bool) || (none != null && item.Text == none.Text));
        DateOnly? from = null;
        await CheckAsync(item => item.Bool && none != null && item.Text == none.Text);
        await CheckAsync(item => item.Bool || none == null || item.Text == none.Text);
        await CheckAsync(item => item.Int > 3 && item.Bool && from.HasValue && item.Date >= from.Value);
        await CheckAsync(item => !(item.Bool && none != null && item.Text == none.Text));
        await CheckAsync(item => item.Int > 8 || ((item.Int > 3 || item.Bool) && none != null && item.Text == none.Text));
        await CheckAsync(item => item.Bool && none != null ? item.Text == none.Text : item.Int > 3);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => CheckAsync(item => item.Bool && item.Date >= from!.Value, isInvalid: true));
        Assert.Contains("from.Value", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Defaults_of_nulls_may_be_any_value()
    {
        await CheckAsync(item => (item.Limit ?? double.PositiveInfinity) >= 5);
        await CheckAsync(item => (item.Limit ?? double.NegativeInfinity) >= 5);
        await CheckAsync(item => (item.Limit ?? 2.5) == 2.5 || (item.Text ?? "b") == "b");
        await CheckAsync(item => new[] { 2.5, 7 }.Contains(item.Limit ?? 2.5) && item.Int > 2);
        await CheckAsync(item => (item.Limit ?? 8) > (item.Stars ?? 3));
        await CheckAsync(item => item.Flag ?? true);
        await CheckAsync(item => (item.Text ?? "xyz").Contains('y') || string.IsNullOrEmpty(item.Text ?? ""));
        await RefuseAsync(item => (item.Limit ?? double.NaN) > 3);
    }

    [Fact]
    public async Task NaN_compares_as_in_CSharp()
    {
        var nan = double.NaN;
        float? none = float.NaN;
        await CheckAsync(item => item.Double < nan);
        await CheckAsync(item => !(item.Double < nan));
        await CheckAsync(item => nan <= item.Limit);
        await CheckAsync(item => item.Double == nan);
        await CheckAsync(item => item.Limit != nan);
        await CheckAsync(item => item.Double.Equals(nan));
        await CheckAsync(item => !(item.Float >= none));
        await CheckAsync(item => new[] { 2.5, nan }.Contains(item.Double));
        await CheckAsync(item => !new[] { nan }.Contains(item.Double));
    }

    [Fact]
    public async Task Objects_of_different_types_are_different()
    {
        object[] numbers = [2L, 3];
        await CheckAsync(item => item.Int.Equals(2L));
        await CheckAsync(item => Equals(item.Int, 2L));
        await CheckAsync(item => !Equals(item.Int, 2L));
        await CheckAsync(item => Equals(item.Int, 2));
        await CheckAsync(item => Equals((long)item.Int, 2L));
        await CheckAsync(item => Equals((long)item.Int, 2));
        await CheckAsync(item => item.Stars.Equals(3));
        await CheckAsync(item => item.Stars.Equals(3L));
        await CheckAsync(item => item.Stars.Equals(null));
        await CheckAsync(item => Equals(item.Stars, null));
        await CheckAsync(item => Equals(item.Text, "a") || Equals(item.Text, 'b'));
        await CheckAsync(item => string.Equals(item.Text, "a") || decimal.Equals(item.Decimal, 10.5m) || Nullable.Equals(item.Stars, 3));
        await CheckAsync(item => numbers.Contains(item.Int));
        await CheckAsync(item => new object[] { item.Int, 7L }.Contains(numbers[0]));
        await RefuseAsync(item => Names.Equals(item.Text, "A"));
    }

    [Fact]
    public async Task Lists_contain_as_in_CSharp()
    {
        int[] numbers = [2, 4, 100];
        List<string?> texts = ["a", null];
        var set = new HashSet<long> { 1, 5 };
        int[] many = [.. Enumerable.Range(3, 300)];
        await CheckAsync(item => numbers.Contains(item.Int));
        await CheckAsync(item => !numbers.Contains(item.Int));
        await CheckAsync(item => texts.Contains(item.Text));
        await CheckAsync(item => !texts.Contains(item.Text));
        await CheckAsync(item => set.Contains(item.Id));
        await CheckAsync(item => many.Contains(item.Int));
        await CheckAsync(item => new[] { "a", "c" }.Contains(item.Text));
        await CheckAsync(item => new int?[] { 3, null }.Contains(item.Stars));
        await CheckAsync(item => Array.Empty<int>().Contains(item.Int));
        await CheckAsync(item => item.Tags.Contains("x"));
        await CheckAsync(item => !item.Tags.Contains("x"));
        await CheckAsync(item => item.Tags.Contains(item.Text));
        await CheckAsync(item => item.Numbers.Contains(3));
        await CheckAsync(item => item.Tags.Any(tag => tag == "x" || tag == "z"));
        await CheckAsync(item => item.Tags.Any(tag => texts.Contains(tag)));
        await CheckAsync(item => item.Numbers.Any(number => number > item.Int));
        await CheckAsync(item => item.Tags.Any());
        await CheckAsync(item => !item.Tags.Any());
    }

    [Fact]
    public async Task Texts_compare_by_code_units()
    {
        var quote = "it's \"quoted\"; DROP TABLE x; --";
        await CheckAsync(item => item.Other == quote);
        await CheckAsync(item => item.Other == "STRASSE");
        await CheckAsync(item => item.Other.Contains("quo"));
        await CheckAsync(item => item.Other.Contains(""));
        await CheckAsync(item => item.Other.Contains('%'));
        await CheckAsync(item => item.Other.StartsWith("it", StringComparison.Ordinal));
        await CheckAsync(item => item.Other.EndsWith("ße", StringComparison.Ordinal));
        await CheckAsync(item => item.Other.EndsWith("", StringComparison.Ordinal));
        await CheckAsync(item => string.IsNullOrEmpty(item.Text));
    }

    [Fact]
    public async Task Times_and_identifiers_compare_by_value()
    {
        var instant = _items[3].Instant.ToOffset(TimeSpan.FromHours(5));
        var guid = _items[2].Guid;
        await CheckAsync(item => item.Instant == instant);
        await CheckAsync(item => item.Instant > instant);
        await CheckAsync(item => item.Time < new DateTime(2024, 1, 4));
        await CheckAsync(item => item.Time == DateTime.SpecifyKind(new DateTime(2024, 1, 4), DateTimeKind.Utc));
        await CheckAsync(item => item.Date >= new DateOnly(2024, 1, 5));
        await CheckAsync(item => item.Clock > new TimeOnly(4, 30));
        await CheckAsync(item => item.Guid == guid);
        await CheckAsync(item => item.Guid != guid);
    }

    [Fact]
    public async Task Records_come_in_the_order_that_is_asked_for()
    {
        var found = await _collection.GetAsync(item => item.Int > 1, 4, new() { Skip = 1, OrderBy = order => order.Ascending(item => item.Bool).Descending(item => item.Decimal) }).ToListAsync();
        Assert.Equal(_items.Where(item => item.Int > 1).OrderBy(item => item.Bool).ThenByDescending(item => item.Decimal).Skip(1).Take(4).Select(item => item.Id), found.Select(item => item.Id));
        found = await _collection.GetAsync(item => true, 100, new() { OrderBy = order => order.Ascending(item => item.Instant) }).ToListAsync();
        Assert.Equal(_items.OrderBy(item => item.Instant).Select(item => item.Id), found.Select(item => item.Id));
        found = await _collection.GetAsync(item => true, 100, new() { OrderBy = order => order.Descending(item => item.Stars).Ascending(item => item.Id) }).ToListAsync();
        Assert.Equal(_items.OrderByDescending(item => item.Stars).ThenBy(item => item.Id).Select(item => item.Id), found.Select(item => item.Id));
    }

    [Fact]
    public async Task Every_value_is_read_as_it_was_written()
    {
        foreach (var item in _items)
        {
            var read = (await _collection.GetAsync(item.Id))!;
            Assert.Equivalent(item, read, strict: true);
            Assert.Equal(item.Time.Kind, read.Time.Kind);
            Assert.Equal(item.Instant.Offset, read.Instant.Offset);
        }
    }

    [Fact]
    public async Task What_SQL_does_not_express_is_refused()
    {
        var ignoringCase = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "A" };
        await RefuseAsync(item => item.Other.ToUpperInvariant() == "A");
        await RefuseAsync(item => ignoringCase.Contains(item.Other));
        await RefuseAsync(item => item.Other.StartsWith("a", StringComparison.OrdinalIgnoreCase));
        await RefuseAsync(item => item.Int + 1 == 3);
        await RefuseAsync(item => (float)item.Int > 2.5f);
        await RefuseAsync(item => string.Compare(item.Text, "b", StringComparison.Ordinal) > 0);
        await RefuseAsync(item => item.Other.Equals("a", StringComparison.OrdinalIgnoreCase));
    }

    private async Task RefuseAsync(Expression<Func<Item, bool>> filter)
    {
        var error = await Assert.ThrowsAsync<NotSupportedException>(async () => await _collection.GetAsync(filter, 10).ToListAsync());
        Assert.Contains("not translated to SQL", error.Message, StringComparison.Ordinal);
    }

    private async Task CheckAsync(Expression<Func<Item, bool>> filter, bool isInvalid = false)
    {
        long[] expected = isInvalid ? [] : [.. _items.Where(filter.Compile()).Select(item => item.Id).Order()];
        long[] found = [.. (await _collection.GetAsync(filter, 100).ToListAsync()).Select(item => item.Id).Order()];
        Assert.True(expected.SequenceEqual(found), $"{filter}: expected {string.Join(' ', expected)}, found {string.Join(' ', found)}");
    }

    private static Item[] CreateItems() =>
    [
        .. Enumerable.Range(1, 10).Select(i => new Item
        {
            Id = i,
            Int = i % 7 == 0 ? 8 : i,
            Byte = (byte)i,
            Short = (short)i,
            Float = i * 1.1f,
            Double = i / 2.0,
            Decimal = 10.5m * (i - 3),
            Bool = i % 2 == 0,
            Flag = i % 3 == 0 ? null : i % 2 == 0,
            Limit = i % 3 == 1 ? null : i,
            Stars = i % 4 == 0 ? null : i % 5,
            Text = i % 5 == 0 ? null : ((char)('a' + (i % 3))).ToString(),
            Other = i switch { 3 => "it's \"quoted\"; DROP TABLE x; --", 4 => "Straße", 5 => "100 %", 6 => "", _ => "a" },
            Tags = i % 3 == 0 ? [] : i % 3 == 1 ? ["x", "y"] : ["a", "z"],
            Numbers = [.. Enumerable.Range(1, i % 4)],
            Time = DateTime.SpecifyKind(new DateTime(2024, 1, i), i % 2 == 0 ? DateTimeKind.Utc : DateTimeKind.Unspecified),
            Instant = new DateTimeOffset(2024, 1, i, 23 - i, 0, 0, TimeSpan.FromHours((i % 5) - 2)),
            Date = new DateOnly(2024, 1, i),
            Clock = new TimeOnly(i, 15, 0, 7),
            Guid = new Guid(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, (byte)i),
        }),
    ];

    private static class Names
    {
        public static bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.OrdinalIgnoreCase);
    }

    public sealed class Item
    {
        [VectorStoreKey(IsAutoGenerated = false)]
        public long Id { get; set; }

        [VectorStoreData]
        public int Int { get; set; }

        [VectorStoreData]
        public byte Byte { get; set; }

        [VectorStoreData]
        public short Short { get; set; }

        [VectorStoreData]
        public float Float { get; set; }

        [VectorStoreData]
        public double Double { get; set; }

        [VectorStoreData(IsIndexed = true)]
        public decimal Decimal { get; set; }

        [VectorStoreData]
        public bool Bool { get; set; }

        [VectorStoreData]
        public bool? Flag { get; set; }

        [VectorStoreData]
        public double? Limit { get; set; }

        [VectorStoreData(IsIndexed = true)]
        public int? Stars { get; set; }

        [VectorStoreData(IsIndexed = true)]
        public string? Text { get; set; }

        [VectorStoreData]
        public string Other { get; set; } = "";

        [VectorStoreData]
        public string?[] Tags { get; set; } = [];

        [VectorStoreData]
        public List<int> Numbers { get; set; } = [];

        [VectorStoreData]
        public DateTime Time { get; set; }

        [VectorStoreData(IsIndexed = true)]
        public DateTimeOffset Instant { get; set; }

        [VectorStoreData]
        public DateOnly Date { get; set; }

        [VectorStoreData]
        public TimeOnly Clock { get; set; }

        [VectorStoreData]
        public Guid Guid { get; set; }
    }
}
