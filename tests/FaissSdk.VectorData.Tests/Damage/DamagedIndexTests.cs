using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace FaissSdk.VectorData.Tests;

/// <summary>Index files are only a cache: whatever happens to them, the store opens, answers as before, and logs that it has rebuilt them.</summary>
public sealed class DamagedIndexTests
{
    private const int Count = 700;

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var kind in (string[])[IndexKind.Flat, IndexKind.Hnsw, IndexKind.IvfFlat, IndexKind.QuantizedFlat])
        {
            foreach (var damage in (string[])["deleted", "empty", "truncated", "cut at the start", "flipped at the start", "flipped in the middle", "flipped at the end", "text", "of another kind", "of older records"])
            {
                cases.Add(kind, damage);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_damaged_index_file_is_built_anew(string indexKind, string damage)
    {
        Assert.SkipUnless(FaissLibrary.IsAvailable, "There is no native FAISS library.");
        using var folder = new TemporaryFolder();
        var path = folder.File("store.db");
        List<(string Key, double Score)> before;
        using (var store = Stores.Open(path, sealAt: 100))
        using (var items = await Fill(store, indexKind, 0, Count / 2))
        {
            await Stores.Seal(items);
        }

        var older = Stores.IndexFiles(path).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
        using (var store = Stores.Open(path, sealAt: 100))
        using (var items = await Fill(store, indexKind, Count / 2, Count))
        {
            await Stores.Seal(items);
            before = await Search(items);
        }

        var files = Stores.IndexFiles(path);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            Damage(file, damage, older);
        }

        var log = new LogLines();
        using (var store = Stores.Open(path, sealAt: 100, log))
        using (var items = store.GetCollection<string, Item>("items", Item.Definition(indexKind, DistanceFunction.CosineSimilarity)))
        {
            await items.EnsureCollectionExistsAsync();
            var after = await Search(items);
            Assert.Equal(before.Select(result => result.Key).Take(1), after.Select(result => result.Key).Take(1));
            Assert.Equal(before.Count, after.Count);
            if (indexKind is IndexKind.Flat or IndexKind.QuantizedFlat)
            {
                Assert.All(before.Zip(after), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 0.02));
            }

            await Stores.Seal(items);
        }

        if (damage != "of older records")
        {
            Assert.True(log.Lines.Any(line => line.Level >= LogLevel.Information && line.Text.Contains("items", StringComparison.Ordinal)), $"Nothing is logged of it:\n{log}");
        }

        // Rebuilt once, not at every start.
        log = new LogLines();
        using (var store = Stores.Open(path, sealAt: 100, log))
        using (var items = store.GetCollection<string, Item>("items", Item.Definition(indexKind, DistanceFunction.CosineSimilarity)))
        {
            await items.EnsureCollectionExistsAsync();
            Assert.Equal(before.Count, (await Search(items)).Count);
        }

        Assert.DoesNotContain(log.Lines, line => line.Level >= LogLevel.Warning);
    }

    private static async Task<VectorStoreCollection<string, Item>> Fill(FaissVectorStore store, string indexKind, int first, int end)
    {
        var items = store.GetCollection<string, Item>("items", Item.Definition(indexKind, DistanceFunction.CosineSimilarity));
        await items.EnsureCollectionExistsAsync();
        await items.UpsertAsync(Enumerable.Range(first, end - first).Select(key => CrashWriter.Create(key, 1)));
        return items;
    }

    private static async Task<List<(string Key, double Score)>> Search(VectorStoreCollection<string, Item> items)
    {
        var results = new List<(string, double)>();
        foreach (var key in (int[])[3, 300, 650])
        {
            var query = CrashWriter.Create(key, 1).Vector;
            results.AddRange(await items.SearchAsync(query, 10).Select(result => (result.Record.Key, result.Score!.Value)).ToListAsync());
            Assert.Equal(CrashWriter.Key(key), results[^10].Item1);
        }

        return results;
    }

    private static void Damage(string file, string damage, Dictionary<string, byte[]> older)
    {
        var content = File.ReadAllBytes(file);
        switch (damage)
        {
            case "deleted":
                File.Delete(file);
                return;
            case "empty":
                content = [];
                break;
            case "truncated":
                content = content[..(content.Length * 2 / 3)];
                break;
            case "cut at the start":
                content = content[100..];
                break;
            case "flipped at the start":
                content[1] ^= 0x20;
                break;
            case "flipped in the middle":
                // Flips bits in the exponents of some numbers, which would change the results of searches.
                for (var i = content.Length / 2; i < (content.Length / 2) + 400 && i < content.Length; i++)
                {
                    content[i] ^= 0x40;
                }

                break;
            case "flipped at the end":
                content[^9] ^= 0x40;
                content[^2] ^= 0x40;
                break;
            case "text":
                content = "This is no index."u8.ToArray();
                break;
            case "of another kind":
                using (var other = FaissIndex.Create(Item.Dimension + 1, "Flat"))
                {
                    other.Add(MemoryMarshal.Cast<byte, float>(new byte[sizeof(float) * 20 * (Item.Dimension + 1)]));
                    other.Save(file);
                }

                return;
            case "of older records":
                // A copy of the folder that was made in two parts: the names may differ then.
                content = older.GetValueOrDefault(Path.GetFileName(file)) ?? older.Values.First();
                break;
        }

        File.WriteAllBytes(file, content);
    }
}
