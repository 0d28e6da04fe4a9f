using FaissSdk.Native;

namespace FaissSdk.Tests.Indexes;

/// <summary>Calls that can be canceled do what other calls do, or nothing, or report how much they have done.</summary>
public class CancellationTests
{
    private const int Dimension = 16;

    [Theory]
    [InlineData("Flat")]
    [InlineData("IVF16,SQ8")]
    [InlineData("HNSW8,Flat")]
    [InlineData("PCA8,Flat")]
    public void Blocks_find_and_add_what_one_call_does(string description)
    {
        Native.Require();
        using var source = new CancellationTokenSource();
        var (vectors, queries) = (TestData.Uniform(3000, Dimension), TestData.Uniform(500, Dimension, 7));
        using var whole = FaissIndex.Create(Dimension, description);
        using var blocks = FaissIndex.Create(Dimension, description);
        whole.Train(vectors);
        blocks.Train(vectors, source.Token);
        whole.Add(vectors);
        var progress = new Reports();
        blocks.Add(vectors, progress, source.Token);
        Assert.Equal(3000, progress.Values[^1]);
        Assert.True(progress.Values.Count > 1);

        // Matrices of other sizes round differently, and graphs are built in an order that their threads decide.
        var (expected, found) = (whole.Search(queries, 5), blocks.Search(queries, 5, null, source.Token));
        Assert.Equal(500, found.QueryCount);
        Assert.InRange(Enumerable.Range(0, 500).Count(i => expected[i].Ids[0] == found[i].Ids[0]), description.StartsWith("HNSW", StringComparison.Ordinal) ? 450 : 495, 500);
        var radius = expected[0].Distances[4];
        if (!description.StartsWith("HNSW", StringComparison.Ordinal))
        {
            Assert.InRange(blocks.RangeSearch(queries, radius, source.Token).TotalCount, whole.RangeSearch(queries, radius).TotalCount - 5, whole.RangeSearch(queries, radius).TotalCount + 5);
        }
    }

    [Fact]
    public async Task A_call_does_not_wait_for_another_one_while_processors_are_idle()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "There is one processor.");
        for (var round = 0; round < 20; round++)
        {
            // A thread waits for the next call.
            await BlockingCallScheduler.Run(() => 1, CancellationToken.None);
            using var second = new ManualResetEventSlim();
            var waiting = BlockingCallScheduler.Run(() => second.Wait(TimeSpan.FromSeconds(20)), CancellationToken.None);
            var setting = BlockingCallScheduler.Run(second.Set, CancellationToken.None);
            Assert.True(await waiting, "The second call was not begun beside the first.");
            await setting;
        }
    }

    [Fact]
    public async Task Threads_that_could_not_be_started_are_not_counted()
    {
        var isFull = true;
        var scheduler = new BlockingCallScheduler(work =>
        {
            if (isFull)
            {
                throw new InsufficientMemoryException("There are too many threads.");
            }

            new Thread(work) { IsBackground = true }.Start();
        });
        Task<int> RunAsync(Func<int> call) => Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        for (var i = 0; i <= scheduler.MaximumConcurrencyLevel; i++)
        {
            Assert.IsType<InsufficientMemoryException>(Assert.Throws<TaskSchedulerException>(() => { _ = RunAsync(() => 1); }).InnerException);
        }

        isFull = false;
        Assert.Equal(2, await RunAsync(() => 2).WaitAsync(TimeSpan.FromSeconds(20)));

        // A call that is left to a thread that there is.
        using var goesOn = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var first = RunAsync(() =>
        {
            begun.Set();
            return goesOn.Wait(TimeSpan.FromSeconds(20)) ? 3 : 0;
        });
        Assert.True(begun.Wait(TimeSpan.FromSeconds(20)));
        isFull = true;
        var second = RunAsync(() => 4);
        goesOn.Set();
        var results = await Task.WhenAll(first, second).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal([3, 4], results);
    }

    [Fact]
    public async Task A_token_that_is_canceled_before_lets_nothing_happen()
    {
        Native.Require();
        using var index = new IndexFlatL2(Dimension);
        var vectors = TestData.Uniform(100, Dimension);
        var canceled = new CancellationToken(canceled: true);
        Assert.Equal(0, Assert.Throws<AddCanceledException>(() => index.Add(vectors, null, canceled)).AddedCount);
        Assert.Equal(0, index.Count);
        index.Add(vectors);
        Assert.Throws<OperationCanceledException>(() => index.Train(vectors, canceled));
        Assert.Throws<OperationCanceledException>(() => index.Search(vectors, 1, null, canceled));
        Assert.Throws<OperationCanceledException>(() => index.Search(vectors, 1, new float[100], new long[100], canceled));
        Assert.Throws<OperationCanceledException>(() => index.RangeSearch(vectors, 1, canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => index.SearchAsync(vectors, 1, cancellationToken: canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => index.AddAsync(vectors, cancellationToken: canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => index.TrainAsync(vectors, canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => index.SaveAsync("never", canceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FaissIndex.LoadAsync("never", cancellationToken: canceled));
        Assert.Equal(100, index.Count);
    }

    [Theory]
    [InlineData("Flat")]
    [InlineData("IVF16,Flat")]
    [InlineData("HNSW8,Flat")]
    [InlineData("IDMap2,Flat")]
    public void An_addition_that_is_canceled_says_how_many_it_added(string description)
    {
        Native.Require();
        using var source = new CancellationTokenSource();
        var vectors = TestData.Uniform(4000, Dimension);
        var ids = Enumerable.Range(0, 4000).Select(i => i + 10_000L).ToArray();
        using var index = FaissIndex.Create(Dimension, description);
        index.Train(vectors);
        var report = new Reports(_ => source.Cancel());
        var withIds = description.StartsWith("ID", StringComparison.Ordinal);
        var error = Assert.Throws<AddCanceledException>(() =>
        {
            if (withIds)
            {
                index.AddWithIds(vectors, ids, report, source.Token);
            }
            else
            {
                index.Add(vectors, report, source.Token);
            }
        });
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.InRange(error.AddedCount, 1, 3999);
        Assert.Equal(error.AddedCount, Assert.Single(report.Values));
        Assert.Equal(error.AddedCount, index.Count);

        // Every vector that was added is found, and no other.
        var added = (int)error.AddedCount;
        if (index is IndexIVF lists)
        {
            lists.NProbe = 16;
        }

        var found = index.Search(vectors.AsSpan(0, added * Dimension), 1);
        Assert.InRange(Enumerable.Range(0, added).Count(i => found[i].Ids[0] == (withIds ? i + 10_000 : i)), added * 95 / 100, added);
        var rest = vectors.AsSpan(added * Dimension);
        if (withIds)
        {
            index.AddWithIds(rest, ids.AsSpan(added), null, CancellationToken.None);
        }
        else
        {
            index.Add(rest, null, CancellationToken.None);
        }

        Assert.Equal(4000, index.Count);
    }

    [Fact]
    public void An_exception_of_the_progress_ends_the_addition()
    {
        Native.Require();
        using var index = new IndexFlatL2(Dimension);
        var report = new Reports(_ => throw new InvalidDataException("enough"));
        var error = Assert.Throws<InvalidDataException>(() => index.Add(TestData.Uniform(4000, Dimension), report, CancellationToken.None));
        Assert.Equal(("enough", report.Values[0]), (error.Message, index.Count));
    }

    [Fact]
    public void A_wrong_vector_at_the_end_adds_none()
    {
        Native.Require();
        using var index = FaissIndex.Create(Dimension, "HNSW8,Flat");
        var vectors = TestData.Uniform(4000, Dimension);
        vectors[^1] = float.NaN;
        Assert.Throws<ArgumentException>(() => index.Add(vectors, null, CancellationToken.None));
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void A_long_search_ends_when_it_is_canceled()
    {
        Native.Require();
        using var index = new IndexFlatL2(64);
        index.Add(TestData.Uniform(20_000, 64));
        var queries = TestData.Uniform(50_000, 64, 3);
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Assert.Throws<OperationCanceledException>(() => index.Search(queries, 10, null, source.Token));
        Assert.Equal(0, index.Search(TestData.Uniform(1, 64), 1)[0].Ids[0]);
    }

    [Theory]
    [InlineData("IVF1024,Flat")]
    [InlineData("IVF1024_HNSW8,Flat")]
    [InlineData("PCA16,IVF1024,SQ8")]
    [InlineData("PQ8np")]
    [InlineData("OPQ8,PQ8np")]
    public void Training_that_is_canceled_can_be_done_anew(string description)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_train"), "The library was not built with FaissSdk's functions.");
        var vectors = TestData.Uniform(60_000, 32);
        using var index = FaissIndex.Create(32, description);
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var error = Assert.Throws<OperationCanceledException>(() => index.Train(vectors, source.Token));
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.False(index.IsTrained);

        // Other vectors: what is left of the first training would be seen.
        var others = TestData.Uniform(1200, 32, 5).Select(x => x + 10).ToArray();
        index.Train(others);
        using var fresh = FaissIndex.Create(32, description);
        fresh.Train(others);
        index.Add(others);
        fresh.Add(others);
        var (expected, found) = (fresh.Search(others, 1), index.Search(others, 1));
        Assert.InRange(Enumerable.Range(0, 1200).Count(i => Math.Abs(expected.Distances[i] - found.Distances[i]) < 0.5f), 1180, 1200);
    }

    [Theory]
    [InlineData("IVF64(IVF8,Flat,RFlat),PQ8np")]
    [InlineData("IVF64(IVF8,Flat),PQ8x4fs")]
    [InlineData("PCA32,IVF64(IVF8,Flat,RFlat),PQ8np")]
    public void A_canceled_training_of_lists_over_lists_can_be_repeated(string description)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_train"), "The library was not built with FaissSdk's functions.");
        ChildProcess.Run(CancelTraining, description, seconds: 300).AssertReturned();
    }

    [Fact]
    public void A_canceled_training_by_a_quantizer_of_lists_can_be_repeated()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_train"), "The library was not built with FaissSdk's functions.");
        using var single = Native.SingleThread();
        var vectors = TestData.Uniform(60_000, 32);
        using var quantizer = FaissIndex.Create(32, "IVF8,Flat");
        using var index = new IndexIVFFlat(quantizer, 512);
        quantizer.SetParameter("nprobe", 8);
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Assert.Throws<OperationCanceledException>(() => index.Train(vectors, source.Token));
        index.Train(vectors.AsSpan(0, 32 * 2000));
        index.Add(vectors.AsSpan(0, 32 * 2000));
        Assert.Equal(2000, index.Count);
    }

    [Theory]
    [InlineData("IMI2x8,PQ8np")]
    [InlineData("IVF64(RCQ1x6),PQ8np")]
    public void Training_by_a_quantizer_that_cannot_be_emptied_is_canceled(string description)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_train"), "The library was not built with FaissSdk's functions.");
        using var single = Native.SingleThread();
        var vectors = TestData.Uniform(20_000, 32);
        using var index = FaissIndex.Create(32, description);
        CancelEncoder(index, vectors);
        index.Train(vectors.AsSpan(0, 32 * 3000));
        index.Add(vectors.AsSpan(0, 32 * 2000));
        Assert.Equal(2000, index.Count);
    }

    [Fact]
    public async Task Shards_take_all_vectors_at_once()
    {
        Native.Require();
        using var source = new CancellationTokenSource();
        var vectors = TestData.Uniform(3000, Dimension);
        var additions = new Func<IndexShards, Task>[]
        {
            shards => Task.Run(() => shards.Add(vectors, null, source.Token)),
            shards => Task.Run(() => shards.Add(vectors, new Reports(), CancellationToken.None)),
            shards => shards.AddAsync(vectors, cancellationToken: source.Token),
            shards => Task.Run(() => shards.AsConcurrent().Add(vectors, source.Token)),
        };
        foreach (var add in additions)
        {
            using var shards = Shards();
            await add(shards);
            Assert.Equal(3000, shards.Count);
            Assert.Equal(2999, shards.Search(vectors.AsSpan(2999 * Dimension), 1)[0].Ids[0]);
        }

        using var named = new IndexIDMap(Shards(), takeOwnership: true);
        named.AddWithIds(vectors, [.. Enumerable.Range(7, 3000).Select(i => (long)i)], null, source.Token);
        Assert.Equal(3006, named.Search(vectors.AsSpan(2999 * Dimension), 1)[0].Ids[0]);
    }

    private static IndexShards Shards()
    {
        var shards = new IndexShards(Dimension);
        shards.AddShard(new IndexFlatL2(Dimension));
        shards.AddShard(new IndexFlatL2(Dimension));
        return shards;
    }

    private static void CancelTraining(string description)
    {
        using var single = Native.SingleThread();
        var vectors = TestData.Uniform(20_000, 32);
        using var index = FaissIndex.Create(32, description);
        CancelEncoder(index, vectors);
        index.Train(vectors.AsSpan(0, 32 * 3000));
        index.SetParameter("quantizer_nprobe", 8);
        index.Add(vectors.AsSpan(0, 32 * 2000));
        index.SetParameter("nprobe", 64);
        Assert.Equal(2000, index.Count);
        Assert.DoesNotContain(-1L, index.Search(vectors.AsSpan(0, 32 * 200), 10).Ids.ToArray());
    }

    /// <summary>Cancels a training as soon as the lists have their centroids; the encoder takes much longer.</summary>
    private static void CancelEncoder(FaissIndex index, float[] vectors)
    {
        using var source = new CancellationTokenSource();
        var quantizer = ((IndexIVF)((index as IndexPreTransform)?.Index ?? index)).Quantizer;
        var watch = new Thread(() =>
        {
            while (quantizer.Count == 0)
            {
                Thread.Sleep(1);
            }

            source.Cancel();
        });
        watch.Start();
        Assert.Throws<OperationCanceledException>(() => index.Train(vectors, source.Token));
        watch.Join();
    }

    [Fact]
    public async Task Asynchronous_calls_do_not_take_threads_of_the_pool()
    {
        Native.Require();
        using var folder = new TemporaryFolder();
        using var index = new IndexFlatL2(Dimension);
        var vectors = TestData.Uniform(1000, Dimension);
        var ofPool = true;
        await index.TrainAsync(vectors);
        await index.AddAsync(vectors, new Reports(_ => ofPool = Thread.CurrentThread.IsThreadPoolThread));
        Assert.False(ofPool);
        var path = Path.Combine(folder.Path, "index");
        await index.SaveAsync(path);
        using var loaded = await FaissIndex.LoadAsync(path);
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => loaded.SearchAsync(vectors.AsMemory(i * Dimension, Dimension), 1)));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), results.Select(result => result[0].Ids[0]));
        await Assert.ThrowsAsync<FileNotFoundException>(() => FaissIndex.LoadAsync(path + ".absent"));
    }

    private sealed class Reports(Action<long>? then = null) : IProgress<long>
    {
        public List<long> Values { get; } = [];

        public void Report(long value)
        {
            Values.Add(value);
            then?.Invoke(value);
        }
    }
}
