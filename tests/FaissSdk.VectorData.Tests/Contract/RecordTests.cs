namespace FaissSdk.VectorData.Tests.Contract;

public sealed class RecordTests
{
    [Fact]
    public async Task A_record_is_read_as_it_was_written()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        var hotel = new Hotel { Id = 3, City = "Århus", Description = "by the sea", Price = 12.5, Stars = 4, IsOpen = true, Tags = ["quiet", "new"], Vector = new float[] { 1, 2, 3, 4 } };
        await hotels.UpsertAsync(hotel);
        var read = await hotels.GetAsync(3, new RecordRetrievalOptions { IncludeVectors = true });
        Assert.NotNull(read);
        Assert.Equal(hotel.City, read.City);
        Assert.Equal(hotel.Description, read.Description);
        Assert.Equal(hotel.Price, read.Price);
        Assert.Equal(hotel.Stars, read.Stars);
        Assert.True(read.IsOpen);
        Assert.Equal(hotel.Tags, read.Tags);
        Assert.Equal(hotel.Vector.ToArray(), read.Vector.ToArray());
    }

    [Fact]
    public async Task The_nearest_record_is_found_and_survives_reopening()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Enumerable.Range(1, 20).Select(id => Hotel.Create(id, id, 0, 0, 0)));
        Assert.Equal(new[] { 7, 8, 6 }, await NearestAsync(hotels, 7.1f));
        hotels = temporary.Reopen().GetCollection<int, Hotel>("hotels");
        Assert.Equal(new[] { 7, 8, 6 }, await NearestAsync(hotels, 7.1f));
    }

    [Fact]
    public async Task An_upsert_replaces_and_a_delete_removes_a_record()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Enumerable.Range(1, 20).Select(id => Hotel.Create(id, id, 0, 0, 0)));
        await hotels.UpsertAsync(Hotel.Create(7, 100, 0, 0, 0));
        await hotels.DeleteAsync(8);
        Assert.Equal(new[] { 6, 9, 5 }, await NearestAsync(hotels, 7.1f));
        Assert.Equal(new[] { 7 }, await NearestAsync(hotels, 99, top: 1));
        Assert.Null(await hotels.GetAsync(8));
    }

    [Fact]
    public async Task A_search_finds_only_what_the_filter_matches()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Enumerable.Range(1, 20).Select(id => Hotel.Create(id, id, 0, 0, 0)));
        var city = "city 1";
        var found = await hotels.SearchAsync(new ReadOnlyMemory<float>([7.1f, 0, 0, 0]), 3, new VectorSearchOptions<Hotel> { Filter = hotel => hotel.City == city && hotel.Price > 4 }).ToListAsync();
        Assert.Equal([7, 10, 13], found.Select(result => result.Record.Id));
    }

    [Fact]
    public async Task Streamed_records_may_share_a_buffer()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Stream());
        Assert.Equal(new[] { 7, 8, 6 }, await NearestAsync(hotels, 7.1f));

        static IEnumerable<Hotel> Stream()
        {
            var buffer = new float[4];
            for (var id = 1; id <= 20; id++)
            {
                buffer[0] = id;
                yield return Hotel.Create(id, buffer);
            }
        }
    }

    [Fact]
    public async Task A_stored_batch_is_no_failure_when_the_log_cannot_be_copied()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        // As long as another connection is open, the log stays.
        using var other = temporary.Open();
        Assert.Null(await other.GetCollection<int, Hotel>("hotels").GetAsync(1));
        var hotel = Hotel.Create(0, 1, 2, 3, 4);
        hotel.Tags = [new string('x', 17 << 20)];
        await hotels.UpsertAsync(Dispose());
        Assert.NotEqual(0, hotel.Id);
        Assert.Single(await other.GetCollection<int, Hotel>("hotels").GetAsync(stored => true, 10).ToListAsync());

        // The store is disposed by another thread: here before the commit, to be early enough for what follows it.
        IEnumerable<Hotel> Dispose()
        {
            yield return hotel;
            temporary.Store.Core.Database.Dispose();
        }
    }

    internal static async Task<int[]> NearestAsync(FaissCollection<int, Hotel> hotels, float x, int top = 3) =>
        [.. (await hotels.SearchAsync(new ReadOnlyMemory<float>([x, 0, 0, 0]), top).ToListAsync()).Select(result => result.Record.Id)];
}
