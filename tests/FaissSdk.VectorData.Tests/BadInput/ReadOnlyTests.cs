namespace FaissSdk.VectorData.Tests.BadInput;

public sealed class ReadOnlyTests
{
    [Fact]
    public async Task A_write_to_a_database_that_is_read_only_says_what_to_do()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Hotel.Create(1, 1, 0, 0, 0));
        // Behaves like a file system that is mounted read-only; a file mode would not stop root.
        var connection = temporary.Store.Core.Database.Rent();
        connection.Execute("PRAGMA query_only=1");
        temporary.Store.Core.Database.Return(connection);
        foreach (var write in (Func<Task>[])[() => hotels.UpsertAsync(Hotel.Create(2, 2, 0, 0, 0)), () => hotels.DeleteAsync(1)])
        {
            var error = await Assert.ThrowsAsync<VectorStoreException>(write);
            Assert.Contains("read-only. Make both writable", error.Message, StringComparison.Ordinal);
            Assert.Contains(temporary.Path, error.Message, StringComparison.Ordinal);
        }

        await hotels.EnsureCollectionExistsAsync();
        Assert.Equal("1", await NearestAsync(hotels));
    }

    [Fact]
    public async Task A_file_without_write_permission_is_read()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "The permissions of files do not bind this user.");
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Hotel.Create(1, 1, 0, 0, 0));
        temporary.Store.Dispose();
        File.SetAttributes(temporary.Path, FileAttributes.ReadOnly);
        hotels = temporary.Reopen().GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        Assert.Equal("1", await NearestAsync(hotels));
        var error = await Assert.ThrowsAsync<VectorStoreException>(() => hotels.UpsertAsync(Hotel.Create(2, 2, 0, 0, 0)));
        Assert.Contains("read-only. Make both writable", error.Message, StringComparison.Ordinal);
        temporary.Store.Dispose();
        File.SetAttributes(temporary.Path, FileAttributes.Normal);
    }

    private static async Task<string> NearestAsync(FaissCollection<int, Hotel> hotels) =>
        string.Join(' ', (await hotels.SearchAsync(new float[] { 1, 0, 0, 0 }, 3).ToListAsync()).Select(result => result.Record.Id));
}
