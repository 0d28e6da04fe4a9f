using System.Collections.Concurrent;
using System.Diagnostics;

namespace FaissSdk.VectorData.Tests;

/// <summary>Eight readers search while one writer changes the store.</summary>
public sealed class ReadersAndWriterTests
{
    private const int Readers = 8;

    [Theory]
    [InlineData(IndexKind.Flat)]
    [InlineData(IndexKind.Hnsw)]
    public async Task Every_answer_is_that_of_a_state_between_its_start_and_its_end(string indexKind)
    {
        Assert.SkipUnless(indexKind == IndexKind.Flat || FaissLibrary.IsAvailable, "There is no native FAISS library.");
        using var folder = new TemporaryFolder();

        // Searches of a local store do not yield, and the pool adds threads slowly: the writer would wait for the first second.
        ThreadPool.SetMinThreads(4 * Readers, Readers);
        using var store = Stores.Open(folder.File("store.db"), sealAt: 500);
        using var items = store.GetCollection<string, Item>("items", Item.Definition(indexKind, DistanceFunction.EuclideanDistance));
        await items.EnsureCollectionExistsAsync();
        var (changes, answers, times) = (new List<Change>(), new ConcurrentBag<Answer>(), new ConcurrentBag<double>());
        var (begun, complete, duration) = (0, 0, TimeSpan.FromSeconds(Effort.Of(indexKind == IndexKind.Flat ? 10 : 4, 60)));
        using var end = new CancellationTokenSource(duration);

        var writer = Task.Run(async () =>
        {
            var random = new Random(1);
            while (!end.IsCancellationRequested)
            {
                var change = RandomChange(random, changes.Count);
                changes.Add(change);
                Volatile.Write(ref begun, changes.Count);
                if (change.Deleted.Count > 0)
                {
                    await items.DeleteAsync(change.Deleted);
                }
                else
                {
                    await items.UpsertAsync(change.Upserted);
                }

                Volatile.Write(ref complete, changes.Count);
                await Task.Delay(random.Next(4));
            }
        });
        var readers = Enumerable.Range(0, Readers).Select(reader => Task.Run(async () =>
        {
            var random = new Random(100 + reader);
            while (!end.IsCancellationRequested)
            {
                var (query, top) = (RandomVector(random), random.Next(1, 12));
                int? max = random.Next(3) == 0 ? Volatile.Read(ref complete) - random.Next(30) : null;
                var first = Volatile.Read(ref complete);
                var started = Stopwatch.GetTimestamp();
                var found = await items.SearchAsync(query, top, new VectorSearchOptions<Item> { Filter = max is { } number ? item => item.Number <= number : null }).ToArrayAsync();
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                answers.Add(new Answer(first, Volatile.Read(ref begun), query, max, top, Array.ConvertAll(found, result => (result.Record.Key, result.Record.Number))));
            }
        })).ToArray();
        await writer;
        await Task.WhenAll(readers);

        var unexplained = History.Unexplained(changes, answers, isExact: indexKind == IndexKind.Flat);
        var sorted = times.Order().ToArray();
        Console.WriteLine(FormattableString.Invariant(
            $"{Readers} readers and a writer, {indexKind}, {duration.TotalSeconds} s: {answers.Count} answers, {changes.Count} changes, {unexplained.Count} answers of no state; p50 {sorted[sorted.Length / 2]:F2} ms, p99 {sorted[sorted.Length * 99 / 100]:F2} ms"));
        Assert.True(unexplained.Count == 0, $"{unexplained.Count} of {answers.Count}, for example {unexplained.FirstOrDefault()} with {string.Join(", ", unexplained.FirstOrDefault()?.Results ?? [])}");
        Assert.True(answers.Count > 100 && changes.Count > 10, "Too few answers or changes prove anything.");
    }

    private static Change RandomChange(Random random, int number)
    {
        if (number > 5 && random.Next(3) == 0)
        {
            return new Change([], [.. Enumerable.Range(0, random.Next(1, 15)).Select(_ => "k" + random.Next(1000)).Distinct()]);
        }

        var keys = Enumerable.Range(0, number < 5 ? 300 : random.Next(1, 40)).Select(_ => random.Next(1000)).Distinct();
        return new Change([.. keys.Select(key => new Item { Key = "k" + key, Number = number, Optional = key, Vector = RandomVector(random) })], []);
    }

    private static ReadOnlyMemory<float> RandomVector(Random random)
    {
        var vector = new float[Item.Dimension];
        foreach (ref var component in vector.AsSpan())
        {
            component = random.NextSingle() - 0.5f;
        }

        return vector;
    }
}
