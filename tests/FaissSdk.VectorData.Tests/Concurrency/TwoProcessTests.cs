using System.Globalization;

namespace FaissSdk.VectorData.Tests;

/// <summary>Two processes use one store at the same time.</summary>
public sealed class TwoProcessTests
{
    [Theory]
    [InlineData(IndexKind.Flat)]
    [InlineData(IndexKind.Hnsw)]
    public async Task A_process_finds_what_another_has_written(string indexKind)
    {
        Assert.SkipUnless(indexKind == IndexKind.Flat || FaissLibrary.IsAvailable, "There is no native FAISS library.");
        using var folder = new TemporaryFolder();
        var path = folder.File("store.db");
        using var store = Stores.Open(path, sealAt: 60);
        using var items = store.GetCollection<string, Item>("items", Item.Definition(indexKind, DistanceFunction.CosineSimilarity));
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync(Enumerable.Range(0, 20).Select(key => CrashWriter.Create(key, 0)));

        using var other = Scenario.Start(Obey, $"{indexKind} {path}");
        Assert.Equal("ready", await Read());
        var versions = Enumerable.Range(0, 20).ToDictionary(key => key, _ => 0);
        var random = new Random(3);
        for (var version = 1; version <= Effort.Of(60, 600); version++)
        {
            // Each process writes in turn, and this one looks for all that both have written.
            var keys = Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(200)).Distinct().ToArray();
            var (isOther, isDelete) = (version % 2 == 0, random.Next(4) == 0);
            if (isOther)
            {
                Assert.Equal("done", await Ask($"{(isDelete ? "delete" : "upsert")} {version} {string.Join(' ', keys)}"));
            }
            else
            {
                await Change(items, isDelete, version, keys);
            }

            foreach (var key in keys)
            {
                if (isDelete)
                {
                    versions.Remove(key);
                }
                else
                {
                    versions[key] = version;
                }
            }

            var all = await items.SearchAsync(CrashWriter.Create(0, 0).Vector, 250).ToListAsync();
            var stored = all.ToDictionary(result => result.Record.Optional!.Value, result => result.Record.Number);
            Assert.True(stored.All(pair => versions.GetValueOrDefault(pair.Key, -1) == pair.Value), $"Version {version}: a search finds a record that was deleted or replaced.");
            Assert.True(indexKind == IndexKind.Flat ? stored.Count == versions.Count : stored.Count >= 0.9 * versions.Count, $"Version {version}: a search finds {stored.Count} of {versions.Count} records.");
            if (!isDelete)
            {
                var (key, created) = (keys[0], CrashWriter.Create(keys[0], version));
                Assert.Equal(created.Key, (await items.SearchAsync(created.Vector, 1).ToListAsync()).Single().Record.Key);
                if (!isOther)
                {
                    Assert.Equal(version.ToString(CultureInfo.InvariantCulture), await Ask($"find {version} {key}"));
                }
            }
        }

        other.StandardInput.Close();
        await other.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, other.ExitCode);

        async Task<string?> Ask(string command)
        {
            await other.StandardInput.WriteLineAsync(command);
            await other.StandardInput.FlushAsync();
            return await Read();
        }

        Task<string?> Read() => other.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Two_processes_write_at_the_same_time()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("store.db");
        const int each = 40;
        using var store = Stores.Open(path, sealAt: 60);
        using var items = store.GetCollection<string, Item>("items", Item.Definition(IndexKind.Flat, DistanceFunction.CosineSimilarity));
        await items.EnsureCollectionExistsAsync();
        using var other = Scenario.Start(WriteMany, $"{each} {path}");
        Assert.Equal("ready", await other.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        for (var version = 0; version < each; version++)
        {
            await items.UpsertAsync(Enumerable.Range(version * 5, 5).Select(key => CrashWriter.Create(key, version)));
        }

        Assert.Equal("done", await other.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        await other.WaitForExitAsync(TestContext.Current.CancellationToken);

        var all = await items.SearchAsync(CrashWriter.Create(0, 0).Vector, 20 * each).ToListAsync();
        Assert.Equal(10 * each, all.Count);
        Assert.Equal(10 * each, all.DistinctBy(result => result.Record.Key).Count());
    }

    private static async Task WriteMany(string argument)
    {
        var parts = argument.Split(' ', 2);
        var each = int.Parse(parts[0], CultureInfo.InvariantCulture);
        using var store = Stores.Open(parts[1], sealAt: 60);
        using var items = store.GetCollection<string, Item>("items", Item.Definition(IndexKind.Flat, DistanceFunction.CosineSimilarity));
        await items.EnsureCollectionExistsAsync();
        Console.WriteLine("ready");
        for (var version = 0; version < each; version++)
        {
            await items.UpsertAsync(Enumerable.Range(100_000 + (version * 5), 5).Select(key => CrashWriter.Create(key, version)));
        }

        Console.WriteLine("done");
    }

    // Makes the changes that the standard input names, and answers each with a line.
    private static async Task Obey(string argument)
    {
        var parts = argument.Split(' ', 2);
        using var store = Stores.Open(parts[1], sealAt: 60);
        using var items = store.GetCollection<string, Item>("items", Item.Definition(parts[0], DistanceFunction.CosineSimilarity));
        await items.EnsureCollectionExistsAsync();
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            var (version, keys) = (int.Parse(words[1], CultureInfo.InvariantCulture), words[2..].Select(key => int.Parse(key, CultureInfo.InvariantCulture)).ToArray());
            if (words[0] == "find")
            {
                var found = await items.SearchAsync(CrashWriter.Create(keys[0], version).Vector, 1).ToListAsync();
                Console.WriteLine(found.Single().Record.Optional == keys[0] ? found[0].Record.Number : -1);
            }
            else
            {
                await Change(items, words[0] == "delete", version, keys);
                Console.WriteLine("done");
            }
        }
    }

    private static Task Change(VectorStoreCollection<string, Item> items, bool isDelete, int version, int[] keys) =>
        isDelete ? items.DeleteAsync(keys.Select(CrashWriter.Key)) : items.UpsertAsync(keys.Select(key => CrashWriter.Create(key, version)));
}
