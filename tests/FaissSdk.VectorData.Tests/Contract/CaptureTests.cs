namespace FaissSdk.VectorData.Tests.Contract;

/// <summary>Filters read variables, fields and properties from wherever C# does.</summary>
public sealed class CaptureTests : IAsyncLifetime
{
    private const double Limit = 5;

    private static readonly string StaticField = "city 1";

    private readonly TemporaryStore _temporary = new();
    private readonly string _field = "city 2";
    private FaissCollection<int, Hotel> _hotels = null!;

    private static string StaticProperty => "city 1";

    private string Property => _field;

    public async ValueTask InitializeAsync()
    {
        _hotels = _temporary.Store.GetCollection<int, Hotel>("hotels");
        await _hotels.EnsureCollectionExistsAsync();
        await _hotels.UpsertAsync(Enumerable.Range(1, 9).Select(id => Hotel.Create(id, id, 0, 0, 0)));
    }

    public ValueTask DisposeAsync()
    {
        _temporary.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Static_members_and_constants()
    {
        await CheckAsync([1, 4, 7], hotel => hotel.City == StaticField);
        await CheckAsync([1, 4, 7], hotel => hotel.City == StaticProperty);
        await CheckAsync([6, 7, 8, 9], hotel => hotel.Price > Limit);
        await CheckAsync([1, 4, 7], hotel => hotel.City == Settings.Current.Place.City);
        await CheckAsync([], hotel => hotel.City == string.Empty);
    }

    [Fact]
    public async Task Members_of_the_caller()
    {
        await CheckAsync([2, 5, 8], hotel => hotel.City == _field);
        await CheckAsync([2, 5, 8], hotel => hotel.City == Property);
        await CheckAsync([2, 5, 8], hotel => hotel.City == this._field);
    }

    [Fact]
    public async Task Nested_members_elements_and_calls()
    {
        var settings = new Settings();
        var list = new List<Settings> { settings };
        (string City, int Least) pair = ("city 1", 3);
        var anonymous = new { Inner = new { City = "city 1" } };
        string[] cities = ["city 0", "city 1"];
        var byName = new Dictionary<string, string> { ["home"] = "city 1" };
        var index = 1;
        await CheckAsync([1, 4, 7], hotel => hotel.City == settings.Place.City);
        await CheckAsync([1, 4, 7], hotel => hotel.City == list[0].Place.City);
        await CheckAsync([4, 7], hotel => hotel.City == pair.City && hotel.Id > pair.Least);
        await CheckAsync([1, 4, 7], hotel => hotel.City == anonymous.Inner.City);
        await CheckAsync([1, 4, 7], hotel => hotel.City == cities[index]);
        await CheckAsync([1, 4, 7], hotel => hotel.City == byName["home"]);
        await CheckAsync([1, 4, 7], hotel => hotel.City == "CITY 1".ToLowerInvariant());
        await CheckAsync([1, 4, 7], hotel => hotel.City == $"city {index}");
        await CheckAsync([4], hotel => settings.Place.Ids.Contains(hotel.Id) && hotel.Id > index + 1);
    }

    [Fact]
    public async Task A_member_of_null_is_an_error_that_names_it()
    {
        Settings? none = null;
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => CheckAsync([], hotel => hotel.City == none!.Place.City));
        Assert.Contains("of null in", error.Message, StringComparison.Ordinal);
        Assert.Contains("none.Place", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_is_read_when_the_search_runs()
    {
        var city = "city 1";
        System.Linq.Expressions.Expression<Func<Hotel, bool>> filter = hotel => hotel.City == city;
        await CheckAsync([1, 4, 7], filter);
        city = "city 2";
        await CheckAsync([2, 5, 8], filter);
    }

    private async Task CheckAsync(int[] expected, System.Linq.Expressions.Expression<Func<Hotel, bool>> filter)
    {
        Assert.Equal(expected, await _hotels.GetAsync(filter, 20).Select(hotel => hotel.Id).Order().ToListAsync());
        Assert.Equal(expected, await _hotels.SearchAsync(new float[] { 1, 0, 0, 0 }, 20, new() { Filter = filter }).Select(result => result.Record.Id).Order().ToListAsync());
    }

    private sealed class Settings
    {
        public static Settings Current { get; } = new();

        public Location Place { get; } = new();
    }

    private sealed class Location
    {
        public int[] Ids { get; } = [1, 4];

        public string City = "city 1";
    }
}
