using FaissSdk.VectorData.Tests.Contract;

namespace FaissSdk.VectorData.Tests;

/// <summary>A database that was replaced by an older or another state of itself does not use the index files of what it was.</summary>
public sealed class RestoredDatabaseTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_record_that_an_index_lacks_is_found(bool isBackup)
    {
        using var temporary = new TemporaryStore();
        var copy = temporary.Path + ".copy";
        await FillAsync(temporary.Store, 1, 50, 0);
        if (isBackup)
        {
            await temporary.Store.BackupAsync(copy);
        }
        else
        {
            // The last connection moves the write-ahead log into the database.
            temporary.Store.Dispose();
            File.Copy(temporary.Path, copy);
            temporary.Reopen();
        }

        var hotels = Open(temporary.Store);
        await hotels.DeleteAsync(7);
        await hotels.OptimizeAsync();
        temporary.Store.Dispose();
        File.Copy(copy, temporary.Path, overwrite: true);
        Assert.Equal(new[] { 7, 8, 6 }, await RecordTests.NearestAsync(Open(temporary.Reopen()), 7.1f));
    }

    [Fact]
    public async Task A_backup_that_was_written_to_has_indexes_of_its_own()
    {
        using var temporary = new TemporaryStore();
        var copy = temporary.Path + ".copy";
        await FillAsync(temporary.Store, 1, 50, 0);
        await temporary.Store.BackupAsync(copy);
        await (await FillAsync(temporary.Store, 51, 10, 0)).OptimizeAsync();
        temporary.Store.Dispose();
        using (var other = new FaissVectorStore(copy))
        {
            for (var i = 0; i < 10; i++)
            {
                await FillAsync(other, 51 + i, 1, 1000);
            }
        }

        File.Copy(copy, temporary.Path, overwrite: true);
        Assert.Equal(new[] { 51 }, await RecordTests.NearestAsync(Open(temporary.Reopen()), 1051, top: 1));
        Assert.Equal(new[] { 50 }, await RecordTests.NearestAsync(Open(temporary.Store), 60, top: 1));
    }

    private static FaissCollection<int, Hotel> Open(FaissVectorStore store) => store.GetCollection<int, Hotel>("hotels");

    private static async Task<FaissCollection<int, Hotel>> FillAsync(FaissVectorStore store, int first, int count, float offset)
    {
        var hotels = Open(store);
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Enumerable.Range(first, count).Select(id => Hotel.Create(id, id + offset, 0, 0, 0)).ToList());
        return hotels;
    }
}
