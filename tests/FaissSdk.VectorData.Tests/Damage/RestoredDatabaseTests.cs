using FaissSdk.VectorData.Tests.Contract;
using Microsoft.Data.Sqlite;

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

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 100)]
    [InlineData(false, 0)]
    public async Task A_backup_that_is_restored_while_the_store_is_open_is_followed(bool hasOwnTokens, int later)
    {
        using var temporary = new TemporaryStore();
        var copy = temporary.Path + ".copy";
        var hotels = await FillAsync(temporary.Store, 1, 50, 0);
        if (hasOwnTokens)
        {
            await temporary.Store.BackupAsync(copy);
        }
        else
        {
            Copy(temporary.Path, copy);
        }

        if (later > 0)
        {
            // The version of the copy is greater than that of the original.
            using var other = new FaissVectorStore(copy);
            for (var i = 0; i < later; i++)
            {
                await FillAsync(other, 51, 1, 1000);
            }
        }

        await hotels.OptimizeAsync();
        await FillAsync(temporary.Store, 1, 50, 500);
        await FillAsync(temporary.Store, 60, 10, 500);
        Assert.Equal(new[] { 7, 8, 6 }, await RecordTests.NearestAsync(hotels, 507.1f));
        Assert.Equal(49, await hotels.SearchAsync(new float[4], 100, new() { Filter = hotel => hotel.Price <= 49 }).CountAsync());
        Copy(copy, temporary.Path);

        // The search must not wait for a version that does not come again.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        if (later == 0)
        {
            Assert.Equal(new[] { 7, 8, 6 }, await Task.Run(() => RecordTests.NearestAsync(hotels, 7.1f)).WaitAsync(patience.Token));
        }

        await FillAsync(temporary.Store, 7, 1, 0.05f);
        Assert.Equal(new[] { 7, 8, 6 }, await RecordTests.NearestAsync(hotels, 7.1f));
        Assert.Equal(later > 0 ? new[] { 51, 50 } : new[] { 50, 49 }, (await RecordTests.NearestAsync(hotels, 5000))[..2]);
        Assert.Equal(49, await hotels.SearchAsync(new float[4], 100, new() { Filter = hotel => hotel.Price <= 49 }).CountAsync());
        await hotels.OptimizeAsync();
        Assert.Equal(new[] { 7, 8, 6 }, await RecordTests.NearestAsync(Open(temporary.Reopen()), 7.1f));
    }

    [Fact]
    public async Task A_backup_that_is_restored_while_an_index_is_built_is_followed()
    {
        using var log = new LogLines();
        using var temporary = new TemporaryStore(new FaissVectorStoreOptions { LoggerFactory = log });
        var copy = temporary.Path + ".copy";
        var hotels = await FillAsync(temporary.Store, 1, 50, 0);
        await temporary.Store.BackupAsync(copy);
        await FillAsync(temporary.Store, 1, 50, 500);
        log.Heard = line =>
        {
            if (line.StartsWith("Sealing 50 vectors", StringComparison.Ordinal))
            {
                log.Heard = null;
                Copy(copy, temporary.Path);
            }
        };
        await hotels.OptimizeAsync();
        Assert.Null(log.Heard);
        Assert.Equal(new[] { 7, 8, 6 }, await RecordTests.NearestAsync(hotels, 7.1f));
        Assert.Equal(new[] { 7, 8, 6 }, await RecordTests.NearestAsync(Open(temporary.Reopen()), 7.1f));
    }

    // Copies a database into another one that is in use, as ".restore" of SQLite's shell does.
    private static void Copy(string from, string to)
    {
        using var source = new SqliteConnection($"Data Source={from};Pooling=False");
        using var target = new SqliteConnection($"Data Source={to};Pooling=False");
        source.Open();
        target.Open();
        source.BackupDatabase(target);
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
