using System.Globalization;

namespace FaissSdk.VectorData.Tests;

/// <summary>Writes to a store in a process that may be killed at any moment, and reports each change before and after it on standard output.</summary>
internal static class CrashWriter
{
    public const int KeyCount = 300;

    /// <summary>Runs until the process is killed. The argument: mode, index kind, seed, first version, path.</summary>
    public static async Task Run(string argument)
    {
        var parts = argument.Split(' ', 5);
        var (mode, indexKind, path) = (Enum.Parse<CrashMode>(parts[0]), parts[1], parts[4]);
        var (random, version) = (new Random(int.Parse(parts[2], CultureInfo.InvariantCulture)), int.Parse(parts[3], CultureInfo.InvariantCulture));
        await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        using var store = Stores.Open(path, sealAt: mode == CrashMode.Seal ? 40 : 400);
        using var items = store.GetCollection<string, Item>("items", Item.Definition(indexKind, DistanceFunction.CosineSimilarity));
        await items.EnsureCollectionExistsAsync();
        await output.WriteLineAsync("ready");
        for (; ; version++)
        {
            var keys = Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(KeyCount)).Distinct().ToArray();
            var isDelete = random.Next(4) == 0;
            await output.WriteLineAsync($"{(isDelete ? "delete" : "upsert")} {version} {string.Join(' ', keys)}");
            if (isDelete)
            {
                await items.DeleteAsync(keys.Select(Key));
            }
            else
            {
                await items.UpsertAsync(keys.Select(key => Create(key, version)));
            }

            await output.WriteLineAsync($"done {version}");
            if (version % 3 == 0)
            {
                await (mode switch
                {
                    CrashMode.Seal => Stores.Seal(items),
                    CrashMode.Checkpoint => Stores.Checkpoint(path),
                    CrashMode.Backup => store.BackupAsync($"{path}-backup{version}"),
                    _ => Task.CompletedTask,
                });
            }
        }
    }

    public static string Key(int key) => "k" + key;

    /// <summary>Returns the record of a key and a version; each property depends on both, so that a mixture of two versions is noticed.</summary>
    public static Item Create(int key, int version)
    {
        var random = new Random(unchecked((key * 7919) + version));
        var vector = new float[Item.Dimension];
        foreach (ref var component in vector.AsSpan())
        {
            component = random.NextSingle() - 0.5f;
        }

        return new Item { Key = Key(key), Number = version, Optional = key, Text = Word(key, version), Tags = [$"t{version}", $"t{key}"], Flag = version % 2 == 0, Vector = vector };
    }

    public static string Word(int key, int version) => $"w{key}x{version}";
}
