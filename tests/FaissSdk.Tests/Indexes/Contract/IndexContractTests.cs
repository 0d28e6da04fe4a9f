using System.Diagnostics;
using FaissSdk.Tests.Files;

namespace FaissSdk.Tests.Indexes;

/// <summary>The contract that every kind of index fulfills.</summary>
public sealed partial class IndexContractTests(FilledIndexes filled) : IClassFixture<FilledIndexes>
{
    private const int Size = IndexKind.Size;
    private const int K = 10;

    public static TheoryData<string> Kinds => IndexRegistry.Names;

    public static TheoryData<string> OneDimensional => [.. IndexRegistry.All.Where(kind => kind.SupportsOneDimension || kind.Components == 1).Select(kind => kind.Name)];

    [Fact]
    public void The_registry_covers_every_searchable_float_index_file()
    {
        var files = IndexFiles.All.Where(file => !file.IsBinary && file.Count is not (0 or 3) && !file.Description.StartsWith("Residual", StringComparison.Ordinal));
        Assert.All(files, file => Assert.Contains(IndexRegistry.All, kind => kind.Description == file.Description && kind.Metric == file.Metric));
        Assert.Distinct(IndexRegistry.All.Select(kind => kind.Name));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Counts_and_shapes_match(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        Assert.Equal((kind.Components, kind.Metric, Size, true), (index.Dimension, index.Metric, index.Count, index.IsTrained));
        var result = index.Search(kind.Vectors(7, 2), 3);
        Assert.Equal((7, 3, 21, 21), (result.QueryCount, result.K, result.Ids.Length, result.Distances.Length));
        Assert.Equal((0, 3), (index.Search([], 3).QueryCount, index.Search([], 3).K));
        Assert.Equal(14, index.Assign(kind.Vectors(7, 2), 2).Length);
        Assert.Empty(index.Assign([]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Dispose_waits_for_running_searches(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeFilled();
        var queries = kind.Vectors(5, 2);
        var expected = made.Index.Search(queries, K).Ids.ToArray();
        using var searching = new CountdownEvent(4);
        OnThreads(4, () =>
        {
            var started = Stopwatch.GetTimestamp();
            for (var first = true; ; first = false)
            {
                Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10), "Searches go on after Dispose.");
                try
                {
                    Assert.Equal(expected, made.Index.Search(queries, K).Ids);
                }
                catch (ObjectDisposedException)
                {
                    return;
                }

                if (first)
                {
                    searching.Signal();
                }
            }
        }, () =>
        {
            searching.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            made.Dispose();
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Eight_threads_find_the_same_as_one(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var queries = kind.Vectors(20, 2);
        var expected = index.Search(queries, K);
        OnThreads(8, () =>
        {
            for (var round = 0; round < 3; round++)
            {
                var found = index.Search(queries, K);
                Assert.Equal(expected.Ids, found.Ids);
                Assert.Equal(expected.Distances, found.Distances);
            }
        });
    }

    private static void AssertNotSupported(Action call)
    {
        var error = Record.Exception(call);
        Assert.True(error is FaissException or NotSupportedException, error?.ToString() ?? "No exception was thrown.");
    }

    /// <summary>Which exception it is depends on whether the SDK checks the id or FAISS does.</summary>
    private static void AssertHasNoVector(FaissIndex index, long id)
    {
        var error = Record.Exception(() => index.Reconstruct(id));
        Assert.True(error is ArgumentOutOfRangeException { ParamName: "label" or "id" } or FaissException or NotSupportedException, error?.ToString() ?? "No exception was thrown.");
    }

    private static double[][] Distances(IndexKind kind, ReadOnlySpan<float> vectors, ReadOnlySpan<float> queries, int dimension)
    {
        var distances = new double[queries.Length / dimension][];
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = new double[vectors.Length / dimension];
            for (var j = 0; j < distances[i].Length; j++)
            {
                distances[i][j] = kind.Distance(queries.Slice(i * dimension, dimension), vectors.Slice(j * dimension, dimension));
            }
        }

        return distances;
    }

    /// <summary>Returns the share of the K nearest vectors, or of others at the same distance, that the result contains.</summary>
    private static double Recall(IndexKind kind, ReadOnlySpan<float> vectors, ReadOnlySpan<float> queries, SearchResult result)
    {
        var all = Distances(kind, vectors, queries, kind.Components);
        var hits = 0;
        for (var i = 0; i < all.Length; i++)
        {
            var farthest = all[i].Order().ElementAt(K - 1) + 1e-5;
            hits += result.Ids.Slice(i * K, K).ToArray().Count(label => label >= 0 && all[i][label] <= farthest);
        }

        return (double)hits / (all.Length * K);
    }

    private static void OnThreads(int count, Action work, Action? meanwhile = null)
    {
        Exception? failure = null;
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(() =>
        {
            using var single = Native.SingleThread();
            try
            {
                work();
            }
            catch (Exception e)
            {
                failure = e;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        meanwhile?.Invoke();
        threads.ForEach(thread => thread.Join());
        Assert.Null(failure);
    }
}
