namespace FaissSdk.VectorData.Tests;

/// <summary>Files that processes left behind that were killed while they sealed are deleted.</summary>
public sealed class LeftoverTests
{
    [Fact]
    public async Task Unfinished_files_are_deleted_after_a_day()
    {
        using var temporary = new TemporaryStore();
        var hotels = temporary.Store.GetCollection<int, Hotel>("hotels");
        await hotels.EnsureCollectionExistsAsync();
        await hotels.UpsertAsync(Enumerable.Range(1, 50).Select(id => Hotel.Create(id, id, 0, 0, 0)));
        await hotels.OptimizeAsync();
        var folder = temporary.Path + "-faiss";
        var complete = Directory.GetFiles(folder, "collection-*-vector-*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).ToArray();
        string[] leftovers = [.. ((string[])["0-1.faiss", "0-2.faiss.new", "0-3.ids.new"]).Select(name => Path.Combine(folder, "collection-1-vector-0-" + name))];
        foreach (var file in leftovers)
        {
            await File.WriteAllTextAsync(file, "x");
            await File.WriteAllTextAsync(file.Replace("0-0-", "0-1-", StringComparison.Ordinal), "x");
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-2));
        }

        hotels = temporary.Reopen().GetCollection<int, Hotel>("hotels");
        Assert.Equal(3, await hotels.SearchAsync(new float[] { 1, 0, 0, 0 }, 3).CountAsync());
        Assert.All(leftovers, file => Assert.False(File.Exists(file), file));
        Assert.All(leftovers, file => Assert.True(File.Exists(file.Replace("0-0-", "0-1-", StringComparison.Ordinal)), file));
        Assert.All(complete, file => Assert.True(File.Exists(file), file));
    }

    [Fact]
    public async Task A_deleted_collection_leaves_no_files()
    {
        using var temporary = new TemporaryStore();
        foreach (var name in (string[])["hotels", "others"])
        {
            var hotels = temporary.Store.GetCollection<int, Hotel>(name);
            await hotels.EnsureCollectionExistsAsync();
            await hotels.UpsertAsync(Enumerable.Range(1, 50).Select(id => Hotel.Create(id, id, 0, 0, 0)));
            await hotels.OptimizeAsync();
        }

        var folder = temporary.Path + "-faiss";
        await File.WriteAllTextAsync(Path.Combine(folder, "collection-1-vector-0-0-2.faiss.new"), "x");
        await File.WriteAllTextAsync(Path.Combine(folder, "collection-10-vector-0-0-2.faiss.new"), "x");
        await temporary.Store.EnsureCollectionDeletedAsync("hotels");
        Assert.Empty(Directory.GetFiles(folder, "collection-1-*"));
        Assert.NotEmpty(Directory.GetFiles(folder, "collection-2-*.ids"));
        Assert.Single(Directory.GetFiles(folder, "collection-10-*"));
    }
}
