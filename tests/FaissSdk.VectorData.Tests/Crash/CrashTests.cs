using System.Diagnostics;

namespace FaissSdk.VectorData.Tests;

/// <summary>Kills a writing process at random moments (kill −9), and compares the store with the changes that the process reported.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task A_killed_writer_loses_and_mixes_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The rounds end a process by a signal.");
        using var folder = new TemporaryFolder();
        var (rounds, random, watch) = (Effort.Of(25, 100), new Random(7), Stopwatch.StartNew());
        var kinds = FaissLibrary.IsAvailable ? (string[])[IndexKind.Flat, IndexKind.Hnsw, IndexKind.IvfFlat] : [IndexKind.Flat];
        var checks = kinds.ToDictionary(kind => kind, _ => new CrashCheck());
        var backups = 0;
        for (var round = 0; round < rounds; round++)
        {
            var (kind, mode) = (kinds[round % kinds.Length], (CrashMode)(round % 4));
            var (check, path) = (checks[kind], folder.File(kind + ".db"));
            await WriteAndKill(check, $"{mode} {kind} {round} {check.LastVersion + 1} {path}", random);

            using (var store = Stores.Open(path, sealAt: 400))
            using (var items = store.GetCollection<string, Item>("items", Item.Definition(kind, DistanceFunction.CosineSimilarity)))
            {
                await items.EnsureCollectionExistsAsync();
                await check.Check(items, kind == IndexKind.Flat, random);
            }

            backups += await CheckBackups(folder.Path, kind);
        }

        var sum = (Torn: checks.Values.Sum(check => check.Torn), Missing: checks.Values.Sum(check => check.Missing), Stale: checks.Values.Sum(check => check.Stale));
        Console.WriteLine($"kill -9: {rounds} rounds in {watch.Elapsed.TotalSeconds:F0} s, {checks.Values.Sum(check => check.Acknowledged)} changes acknowledged, {backups} backups: {sum.Torn} torn, {sum.Missing} missing, {sum.Stale} stale");
        Assert.True(sum == (0, 0, 0), string.Concat(checks.Values.Select(check => check.Faults)));
        Assert.True(checks.Values.All(check => check.Acknowledged > rounds), "The rounds acknowledged almost nothing, so they prove nothing.");
    }

    private static async Task WriteAndKill(CrashCheck check, string argument, Random random)
    {
        using var writer = Scenario.Start(CrashWriter.Run, argument);
        Assert.Equal("ready", await writer.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)));
        var reading = writer.StandardOutput.ReadToEndAsync();
        await Task.Delay(random.Next(20, 700));
        writer.Kill();
        await writer.WaitForExitAsync();
        var lines = (await reading).Split('\n');

        // The last line lacks its end unless the writer was ended after it; a change is made after its line is written.
        foreach (var line in lines[..^1])
        {
            check.Read(line);
        }
    }

    // A backup that has its name is complete; an unfinished one has another name.
    private static async Task<int> CheckBackups(string folder, string kind)
    {
        var backups = Directory.GetFiles(folder, "*-backup*").Where(file => char.IsAsciiDigit(file[^1])).ToArray();
        foreach (var backup in backups)
        {
            await CheckBackup(backup, kind);
        }

        foreach (var file in Directory.GetFiles(folder, "*-backup*"))
        {
            File.Delete(file);
        }

        foreach (var indexes in Directory.GetDirectories(folder, "*-backup*"))
        {
            Directory.Delete(indexes, recursive: true);
        }

        return backups.Length;
    }

    private static async Task CheckBackup(string path, string kind)
    {
        using var store = Stores.Open(path, sealAt: 400);
        using var items = store.GetCollection<string, Item>("items", Item.Definition(kind, DistanceFunction.CosineSimilarity));
        Assert.True(await items.CollectionExistsAsync(), $"{path} has no collection.");
        var all = await items.GetAsync(item => true, CrashWriter.KeyCount + 10, new() { IncludeVectors = true }).ToListAsync();
        Assert.All(all, item => Assert.True(item.HasDataOf(CrashWriter.Create(item.Optional!.Value, item.Number)), item.ToString()));
        var found = await items.SearchAsync(CrashWriter.Create(0, 0).Vector, CrashWriter.KeyCount + 10).ToListAsync();
        Assert.True(kind == IndexKind.Flat ? found.Count == all.Count : found.Count >= 0.9 * all.Count, $"{path}: a search finds {found.Count} of {all.Count}");
    }
}
