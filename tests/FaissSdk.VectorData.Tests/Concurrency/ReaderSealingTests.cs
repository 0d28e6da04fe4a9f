namespace FaissSdk.VectorData.Tests;

/// <summary>A process that only reads has the indexes that its searches need, and builds none that another process builds.</summary>
public sealed class ReaderSealingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LogLines _log = new();

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_reader_seals_what_a_writer_has_left()
    {
        using (var writer = Open(sealAt: 1_000_000))
        {
            await FillAsync(Items(writer), 0, 300);
        }

        using var reader = Open(sealAt: 60);
        Assert.Equal(10, await SearchAsync(reader));
        await WaitFor("Sealed 300 vectors of 'Vector'", 1);
        Assert.Equal(10, await SearchAsync(reader));
    }

    [Fact]
    public async Task Of_several_processes_one_builds_and_the_others_load()
    {
        using FaissVectorStore writer = Open(sealAt: 60), reader = Open(sealAt: 60), second = Open(sealAt: 60);
        await FillAsync(Items(writer), 0, 20);
        Assert.Equal(10, await SearchAsync(reader));
        Assert.Equal(10, await SearchAsync(second));
        await FillAsync(Items(writer), 20, 280);
        Assert.Equal(10, await SearchAsync(reader));
        Assert.Equal(10, await SearchAsync(second));
        await WaitFor("with 300 vectors was", 2);
        Assert.Single(_log.Lines, line => line.Text.StartsWith("Sealing 300", StringComparison.Ordinal));
        await FillAsync(Items(writer), 300, 5);
        Assert.Equal(305, await Items(reader).SearchAsync(CrashWriter.Create(0, 0).Vector, 1000).CountAsync());
    }

    private FaissVectorStore Open(int sealAt) => Stores.Open(_folder.File("store.db"), sealAt, _log);

    private static FaissCollection<string, Item> Items(FaissVectorStore store) =>
        store.GetCollection<string, Item>("items", Item.Definition(IndexKind.Flat, DistanceFunction.CosineSimilarity));

    private static async Task FillAsync(FaissCollection<string, Item> items, int first, int count)
    {
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync(Enumerable.Range(first, count).Select(key => CrashWriter.Create(key, 0)).ToList());
    }

    private static async Task<int> SearchAsync(FaissVectorStore store) => await Items(store).SearchAsync(CrashWriter.Create(1, 0).Vector, 10).CountAsync();

    private async Task WaitFor(string text, int count)
    {
        for (var i = 0; i < 200 && _log.Lines.Count(line => line.Text.Contains(text, StringComparison.Ordinal)) < count; i++)
        {
            await Task.Delay(100);
        }

        Assert.True(_log.Lines.Count(line => line.Text.Contains(text, StringComparison.Ordinal)) == count, $"'{text}' is expected {count} times in:\n{_log}");
    }
}
