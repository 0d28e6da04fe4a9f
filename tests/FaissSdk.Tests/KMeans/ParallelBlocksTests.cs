namespace FaissSdk.Tests.KMeansTests;

public class ParallelBlocksTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    [InlineData(1000, 1)]
    [InlineData(1000, 2)]
    [InlineData(1000, 16)]
    public void Every_block_runs_once_with_and_without_spinning_threads(int count, int threads)
    {
        foreach (var scope in (ParallelBlocks.SpinScope?[])[null, ParallelBlocks.KeepThreadsSpinning()])
        {
            using var spinning = scope;
            for (var round = 0; round < 50; round++)
            {
                var times = new int[count];
                ParallelBlocks.For(count, threads, block => Interlocked.Increment(ref times[block]), CancellationToken.None);
                Assert.All(times, time => Assert.Equal(1, time));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_number_of_threads_is_limited(int threads)
    {
        using var spinning = ParallelBlocks.KeepThreadsSpinning();
        var (running, max) = (0, 0);
        for (var round = 0; round < 20; round++)
        {
            ParallelBlocks.For(
                32,
                threads,
                _ =>
                {
                    var now = Interlocked.Increment(ref running);
                    InterlockedMax(ref max, now);
                    Thread.Sleep(1);
                    Interlocked.Decrement(ref running);
                },
                CancellationToken.None);
        }

        Assert.InRange(max, 1, threads);
        Assert.True(threads == 1 || max > 1, "No other thread helped.");
    }

    [Fact]
    public async Task Concurrent_callers_run_their_own_blocks()
    {
        using var spinning = ParallelBlocks.KeepThreadsSpinning();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var round = 0; round < 200; round++)
            {
                var times = new int[50];
                ParallelBlocks.For(times.Length, 4, block => Interlocked.Increment(ref times[block]), CancellationToken.None);
                Assert.All(times, time => Assert.Equal(1, time));
            }
        })));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_exception_reaches_the_caller_after_all_blocks_have_ended(int threads)
    {
        var running = 0;
        var error = Assert.Throws<InvalidOperationException>(() => ParallelBlocks.For(
            1000,
            threads,
            block =>
            {
                Interlocked.Increment(ref running);
                try
                {
                    Thread.SpinWait(1000);
                    if (block == 7)
                    {
                        throw new InvalidOperationException("block 7");
                    }
                }
                finally
                {
                    Interlocked.Decrement(ref running);
                }
            },
            CancellationToken.None));
        Assert.Equal("block 7", error.Message);
        Assert.Equal(0, running);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Cancellation_takes_effect_between_blocks(int threads)
    {
        using var source = new CancellationTokenSource();
        var done = 0;
        var error = Assert.Throws<OperationCanceledException>(() => ParallelBlocks.For(
            100_000,
            threads,
            block =>
            {
                Interlocked.Increment(ref done);
                if (block == 3)
                {
                    source.Cancel();
                }
            },
            source.Token));
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.InRange(done, 4, 99_999);
    }

    [Fact]
    public void Spinning_threads_go_to_sleep_after_the_scope()
    {
        using (ParallelBlocks.KeepThreadsSpinning())
        {
            ParallelBlocks.For(8, 2, _ => Thread.Sleep(1), CancellationToken.None);
        }

        Assert.True(SpinWait.SpinUntil(() => ParallelBlocks.SpinningThreads == 0, TimeSpan.FromSeconds(30)), "A thread still spins.");
    }

    private static void InterlockedMax(ref int max, int value)
    {
        int before;
        while ((before = Volatile.Read(ref max)) < value && Interlocked.CompareExchange(ref max, value, before) != before)
        {
        }
    }
}
