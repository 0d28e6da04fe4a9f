namespace FaissSdk.VectorData.Tests.Contract;

/// <summary>What a record is initialized with does not take the place of what was stored.</summary>
public sealed class InitialValueTests
{
    [Fact]
    public async Task A_null_is_read_as_null()
    {
        using var temporary = new TemporaryStore();
        var places = temporary.Store.GetCollection<int, Place>("places");
        await places.EnsureCollectionExistsAsync();
        await places.UpsertAsync(new Place { Id = 1, Stars = null, City = null, Tags = null, Opened = null, Vector = null });
        await CheckAsync();
        // A record that was read is written as it is.
        await places.UpsertAsync((await places.GetAsync(1, new() { IncludeVectors = true }))!);
        await CheckAsync();

        async Task CheckAsync()
        {
            var found = await places.GetAsync(place => place.Stars == null && place.City == null && place.Tags == null && place.Opened == null, 10, new() { IncludeVectors = true }).SingleAsync();
            Assert.Equal(new Place { Id = 1, Stars = null, City = null, Tags = null, Opened = null, Vector = null }.ToString(), found.ToString());
            Assert.Empty(await places.SearchAsync(new float[] { 1, 2 }, 10).ToListAsync());
        }
    }

    [Fact]
    public async Task A_record_that_is_older_than_a_property_has_the_default_of_its_type()
    {
        using var temporary = new TemporaryStore();
        var old = temporary.Store.GetCollection<int, OldPlace>("places");
        await old.EnsureCollectionExistsAsync();
        await old.UpsertAsync(new OldPlace { Id = 1, Vector = new float[] { 1, 2 } });
        var places = temporary.Store.GetCollection<int, Place>("places");
        Assert.Equal("1: , , , , 0, (1 2)", (await places.GetAsync(1, new() { IncludeVectors = true }))!.ToString());
        Assert.Empty(await places.GetAsync(place => place.City == "unknown" || place.Rooms == 7, 10).ToListAsync());
    }

    public sealed class OldPlace
    {
        [VectorStoreKey]
        public int Id { get; set; }

        [VectorStoreVector(2)]
        public float[]? Vector { get; set; }
    }

    public sealed class Place
    {
        [VectorStoreKey]
        public int Id { get; set; }

        [VectorStoreData]
        public int? Stars { get; set; } = 3;

        [VectorStoreData]
        public string? City { get; init; } = "unknown";

        [VectorStoreData]
        public List<string>? Tags { get; set; } = ["new"];

        [VectorStoreData]
        public DateTimeOffset? Opened { get; set; } = DateTimeOffset.UnixEpoch;

        [VectorStoreData]
        public int Rooms { get; set; } = 7;

        [VectorStoreVector(2)]
        public float[]? Vector { get; set; } = [1, 1];

        public override string ToString() => FormattableString.Invariant($"{Id}: {Stars}, {City}, {Tags?.Count}, {Opened}, {Rooms}, ({string.Join(' ', Vector ?? [])})");
    }
}
