using System.Collections.Concurrent;
using System.Diagnostics;

namespace FaissSdk.Tests.Indexes;

/// <summary><see cref="ConcurrentIndex"/>: calls wait for each other, in order of arrival.</summary>
public class ConcurrentIndexTests
{
    private const int Dimension = 16;

    [Theory]
    [InlineData("Flat")]
    [InlineData("HNSW8")]
    [InlineData("IVF4,Flat")]
    public void Changes_and_searches_from_many_threads_all_succeed(string description)
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var index = FaissIndex.Create(Dimension, description);
        var shared = index.AsConcurrent();
        Assert.Same(shared, index.AsConcurrent());
        shared.Train(TestData.Uniform(200, Dimension));
        var failures = new ConcurrentQueue<Exception>();
        var vectors = TestData.Uniform(10, Dimension);
        Run(8, thread =>
        {
            for (var i = 0; i < 50; i++)
            {
                if (thread % 4 == 0)
                {
                    shared.Add(vectors);
                }
                else
                {
                    Assert.Equal(2, shared.Search(vectors.AsSpan(0, 2 * Dimension), 3).QueryCount);
                }
            }
        });
        Assert.Equal(1000, shared.Count);
    }

    [Fact]
    public void Calls_do_the_same_as_those_of_the_index()
    {
        Native.Require();
        using var folder = new TemporaryFolder();
        using var index = FaissIndex.Create(Dimension, "IDMap2,Flat");
        var shared = index.AsConcurrent();
        var vectors = TestData.Uniform(20, Dimension);
        Assert.Equal((Dimension, MetricType.L2, true), (shared.Dimension, shared.Metric, shared.IsTrained));
        shared.AddWithIds(vectors, [.. Enumerable.Range(100, 20).Select(i => (long)i)]);
        var (distances, ids) = (new float[60], new long[60]);
        shared.Search(vectors, 3, distances, ids);
        Assert.Equal(index.Search(vectors, 3).Ids, ids);
        Assert.Equal(ids, shared.Search(vectors, 3).Ids);
        shared.Assign(vectors, 3, ids);
        Assert.Equal(ids, shared.Assign(vectors, 3));
        Assert.Equal(index.RangeSearch(vectors, 1).TotalCount, shared.RangeSearch(vectors, 1).TotalCount);
        var vector = new float[Dimension];
        shared.Reconstruct(101, vector);
        Assert.Equal(vector, shared.Reconstruct(101));
        shared.ReconstructRange(101, vector);
        Assert.Equal(vector, shared.ReconstructRange(101, 1));
        var path = Path.Combine(folder.Path, "index");
        using var stream = new MemoryStream();
        shared.Save(path);
        shared.Save(stream);
        Assert.Equal(File.ReadAllBytes(path), shared.Serialize());
        Assert.Equal(stream.ToArray(), shared.Serialize());
        using var copy = shared.Clone();
        Assert.Equal(20, copy.Count);
        Assert.Equal(20, shared.Read(whole => ((IndexIDMap)whole).CopyIds().Length));
        using var selector = new IDSelectorRange(100, 105);
        Assert.Equal(5, shared.Remove(selector));
        shared.Change(whole => whole.Reset());
        shared.Reset();
        Assert.Equal(0, shared.Count);
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => shared.Search(vectors, 3));
    }

    [Fact]
    public void A_binary_index_waits_as_well()
    {
        Native.Require();
        using var folder = new TemporaryFolder();
        var vectors = new byte[16 * 4];
        new Random(1).NextBytes(vectors);
        using var index = BinaryVectors.Index("BFlat", 32, vectors, folder.Path);
        var shared = index.AsConcurrent();
        Assert.Same(shared, index.AsConcurrent());
        Assert.Equal((32, 16L, true), (shared.Dimension, shared.Count, shared.IsTrained));
        Run(4, thread =>
        {
            for (var i = 0; i < 50; i++)
            {
                if (thread == 0)
                {
                    shared.Add(vectors.AsSpan(0, 4));
                }
                else
                {
                    Assert.Equal(16, shared.Search(vectors, 1).QueryCount);
                }
            }
        });
        Assert.Equal(66, shared.Count);
        var (distances, ids) = (new int[16], new long[16]);
        shared.Search(vectors, 1, distances, ids);
        Assert.Equal(ids, shared.Assign(vectors));
        shared.Assign(vectors, 1, ids);
        Assert.Equal(index.RangeSearch(vectors, 3).TotalCount, shared.RangeSearch(vectors, 3).TotalCount);
        Assert.Equal(vectors[4..8], shared.Reconstruct(1));
        Assert.Equal(vectors[4..12], shared.ReconstructRange(1, 2));
        using var stream = new MemoryStream();
        shared.Save(stream);
        shared.Save(Path.Combine(folder.Path, "copy"));
        Assert.Equal(stream.ToArray(), shared.Serialize());
        using var selector = new IDSelectorRange(0, 2);
        Assert.Equal(2, shared.Remove(selector));
        Assert.Equal(64, shared.Read(whole => whole.Count));
        shared.Change(whole => whole.Add(vectors));
        shared.Reset();
        Assert.Equal(0, shared.Count);
    }

    [Fact]
    public void Calls_are_made_in_order_of_arrival()
    {
        Native.Require();
        using var index = new IndexFlatL2(Dimension);
        var shared = index.AsConcurrent();
        var order = new ConcurrentQueue<string>();
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var threads = new List<Thread>();
        void Start(string name, Action call)
        {
            var thread = new Thread(() => call()) { Name = name };
            thread.Start();
            threads.Add(thread);
        }

        void StartAndWait(string name, Action call)
        {
            Start(name, call);
            WaitUntilItWaits(threads[^1]);
        }

        Start("reading", () => shared.Read(_ =>
        {
            entered.Set();
            leave.Wait();
            return 0;
        }));
        entered.Wait();
        StartAndWait("first change", () => shared.Change(_ => order.Enqueue("first change")));

        // Without the order it could read at once, beside the call under way.
        StartAndWait("search", () => shared.Read(_ =>
        {
            order.Enqueue("search");
            return 0;
        }));
        StartAndWait("second change", () => shared.Change(_ => order.Enqueue("second change")));
        Assert.Empty(order);
        leave.Set();
        threads.ForEach(thread => thread.Join());
        Assert.Equal(["first change", "search", "second change"], order);
    }

    [Fact]
    public void A_canceled_wait_lets_the_others_pass()
    {
        Native.Require();
        using var index = new IndexFlatL2(Dimension);
        var shared = index.AsConcurrent();
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var reading = new Thread(() => shared.Read(_ =>
        {
            entered.Set();
            leave.Wait();
            return 0;
        }));
        reading.Start();
        entered.Wait();
        using var cancellation = new CancellationTokenSource();
        var vectors = TestData.Uniform(1, Dimension);
        var (canceled, found) = (default(Exception), default(SearchResult));
        var change = new Thread(() => canceled = Record.Exception(() => shared.Add(vectors, cancellation.Token)));
        change.Start();
        WaitUntilItWaits(change);
        var search = new Thread(() => found = shared.Search(vectors, 1));
        search.Start();
        WaitUntilItWaits(search);
        cancellation.Cancel();
        change.Join();
        search.Join();
        Assert.IsAssignableFrom<OperationCanceledException>(canceled);
        Assert.Equal(-1, found!.Ids[0]);
        Assert.Throws<OperationCanceledException>(() => shared.Add(vectors, cancellation.Token));
        leave.Set();
        reading.Join();
        shared.Add(vectors);
        Assert.Equal(1, shared.Count);
    }

    [Fact]
    public void A_call_within_a_call_does_not_wait_for_it()
    {
        Native.Require();
        using var index = new IndexFlatL2(Dimension);
        var shared = index.AsConcurrent();
        var vectors = TestData.Uniform(1, Dimension);
        shared.Change(whole =>
        {
            whole.Add(vectors);
            Assert.Equal(0, shared.Assign(vectors)[0]);
        });
        Assert.Throws<InvalidOperationException>(() => shared.Read(_ =>
        {
            shared.Add(vectors);
            return 0;
        }));
        Assert.Equal(1, shared.Count);
    }

    [Fact]
    public void Neither_a_stream_of_searches_nor_one_of_changes_starves_the_other()
    {
        Native.Require();
        using var index = new IndexFlatL2(Dimension);
        var shared = index.AsConcurrent();
        var vectors = TestData.Uniform(1, Dimension);
        var calls = new int[4];
        var watch = Stopwatch.StartNew();
        Run(4, thread =>
        {
            while (calls.Min() < 50 && watch.Elapsed.TotalSeconds < 60)
            {
                if (thread < 2)
                {
                    shared.Search(vectors, 1);
                }
                else
                {
                    shared.Change(_ => { });
                }

                Interlocked.Increment(ref calls[thread]);
            }
        });
        Assert.All(calls, count => Assert.True(count >= 50, string.Join(", ", calls)));
    }

    private static void WaitUntilItWaits(Thread thread)
    {
        Assert.True(SpinWait.SpinUntil(() => (thread.ThreadState & System.Threading.ThreadState.WaitSleepJoin) != 0, TimeSpan.FromSeconds(60)), $"{thread.Name} does not wait.");
        Thread.Sleep(50);
    }

    private static void Run(int threads, Action<int> call)
    {
        var failures = new ConcurrentQueue<Exception>();
        var running = Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            if (Record.Exception(() => call(i)) is { } failure)
            {
                failures.Enqueue(failure);
            }
        })).ToArray();
        Array.ForEach(running, thread => thread.Start());
        Array.ForEach(running, thread => thread.Join());
        Assert.True(failures.IsEmpty, string.Join('\n', failures));
    }
}
