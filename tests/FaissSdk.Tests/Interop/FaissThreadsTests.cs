using System.Diagnostics;
using FaissSdk.Tests.KMeansTests;

namespace FaissSdk.Tests.Interop;

public class FaissThreadsTests
{
    [Fact]
    public void A_limit_holds_until_it_is_disposed()
    {
        Native.Require();
        var before = FaissThreads.Max;
        using (FaissThreads.Limit(3))
        {
            Assert.Equal(3, FaissThreads.Max);
            using (FaissThreads.Limit(1))
            {
                Assert.Equal(1, FaissThreads.Max);
            }

            Assert.Equal(3, FaissThreads.Max);
        }

        Assert.Equal(before, FaissThreads.Max);
    }

    [Fact]
    public void A_limit_applies_to_its_thread_only()
    {
        Native.Require();
        using var limit = FaissThreads.Limit(FaissThreads.Max + 1);
        var (here, there) = (FaissThreads.Max, 0);
        var thread = new Thread(() => there = FaissThreads.Max);
        thread.Start();
        thread.Join();
        Assert.Equal(here - 1, there);
    }

    [Fact]
    public void Each_thread_takes_a_new_default_at_its_next_call()
    {
        Native.Require();
        ChildProcess.Run(_ =>
        {
            var (first, second) = (0, 0);
            using var started = new ManualResetEventSlim();
            using var changed = new ManualResetEventSlim();
            var other = new Thread(() =>
            {
                first = FaissThreads.Max;
                started.Set();
                changed.Wait(TestContext.Current.CancellationToken);
                second = FaissThreads.Max;
            });
            other.Start();
            started.Wait(TestContext.Current.CancellationToken);
            var before = FaissThreads.Default;
            using (FaissThreads.Limit(1))
            {
                FaissThreads.Default = before + 2;
                using var index = new IndexFlatL2(4);
                index.Add(new float[4]);
                Assert.Equal(1, FaissThreads.Max);
            }

            Assert.Equal((before + 2, before + 2), (FaissThreads.Default, FaissThreads.Max));
            changed.Set();
            other.Join();
            Assert.Equal((before, before + 2), (first, second));
        }).AssertReturned();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_default_of_fewer_than_one_thread_is_refused(int threads)
    {
        var before = FaissThreads.Default;
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => FaissThreads.Default = threads);
        Assert.Equal(("value", threads), (e.ParamName, e.ActualValue));
        Assert.Equal(before, FaissThreads.Default);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(int.MaxValue)]
    public void A_limit_beyond_the_machine_stands_for_what_it_can_do(int threads)
    {
        Native.Require();
        var before = FaissThreads.Max;
        using (FaissThreads.Limit(threads))
        {
            Assert.Equal(Math.Max(before, 8 * Environment.ProcessorCount), FaissThreads.Max);
            using var index = new IndexFlatL2(8);
            index.Add(TestData.Uniform(2000, 8));
            Assert.Equal(0, index.Assign(TestData.Uniform(500, 8))[0]);
        }

        Assert.Equal(before, FaissThreads.Max);
    }

    [Fact]
    public void Calls_with_different_limits_do_not_disturb_each_other()
    {
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_parts"), "Other libraries use OpenBLAS as it is.");
        var vectors = TestData.Uniform(2000, 8);
        var queries = vectors.AsMemory(0, 500 * 8);
        var expected = Enumerable.Range(0, 500).Select(i => (long)i).ToArray();
        var end = Stopwatch.StartNew();
        var failures = Enumerable.Range(1, 3).AsParallel().WithDegreeOfParallelism(3).Select(caller =>
        {
            using var limit = FaissThreads.Limit(1 << caller);
            using var index = new IndexFlatL2(8);
            index.Add(vectors);
            var wrong = 0;
            while (end.Elapsed < TimeSpan.FromSeconds(2))
            {
                wrong += index.Assign(queries.Span).AsSpan().SequenceEqual(expected) ? 0 : 1;
            }

            return wrong;
        }).ToArray();
        Assert.All(failures, wrong => Assert.Equal(0, wrong));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void Fewer_than_one_thread_is_refused(int threads)
    {
        Native.Require();
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => FaissThreads.Limit(threads).Dispose());
        Assert.Equal((nameof(threads), threads), (e.ParamName, e.ActualValue));
    }

    [Fact]
    public void Native_k_means_limits_threads_and_restores_the_limit()
    {
        Native.Require();
        var before = FaissThreads.Max;
        var seen = new List<int>();
        var points = TestData.Uniform(400, 4);
        var options = new KMeansOptions { Backend = KMeansBackend.Native, MaxDegreeOfParallelism = before + 2, MaxIterations = 3 };
        KMeans.Train(points, 4, 5, options, new Immediate(_ => seen.Add(FaissThreads.Max)));
        Assert.All(seen, threads => Assert.Equal(before + 2, threads));
        Assert.NotEmpty(seen);
        Assert.Equal(before, FaissThreads.Max);

        Assert.Throws<OperationCanceledException>(() => KMeans.Train(points, 4, 5, options, cancellationToken: new CancellationToken(canceled: true)));
        Assert.Equal(before, FaissThreads.Max);
    }

    [Fact]
    public void A_default_limit_changes_nothing()
    {
        Native.Require();
        var before = FaissThreads.Max;
        default(FaissThreadLimit).Dispose();
        Assert.Equal(before, FaissThreads.Max);
    }
}
