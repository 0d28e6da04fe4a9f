namespace FaissSdk.Tests.KMeansTests;

public class ParallelBlocksTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    [InlineData(1000, 1)]
    [InlineData(1000, 2)]
    [InlineData(1000, 16)]
    public void Every_block_is_run_once_whether_threads_are_kept_awake_or_not(int count, int threads)
    {
        foreach (var awake in (ParallelBlocks.Wakefulness?[])[null, ParallelBlocks.KeepAwake()])
        {
            using var kept = awake;
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
    public void No_more_threads_run_than_were_asked_for(int threads)
    {
        using var awake = ParallelBlocks.KeepAwake();
        var (running, most) = (0, 0);
        for (var round = 0; round < 20; round++)
        {
            ParallelBlocks.For(
                32,
                threads,
                _ =>
                {
                    var now = Interlocked.Increment(ref running);
                    InterlockedMax(ref most, now);
                    Thread.Sleep(1);
                    Interlocked.Decrement(ref running);
                },
                CancellationToken.None);
        }

        Assert.InRange(most, 1, threads);
        Assert.True(threads == 1 || most > 1, "No other thread helped.");
    }

    [Fact]
    public async Task Callers_at_the_same_time_get_their_own_blocks()
    {
        using var awake = ParallelBlocks.KeepAwake();
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
    public void An_error_in_a_block_reaches_the_caller_once_no_block_runs_any_more(int threads)
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
    public void Cancelling_ends_it_between_blocks(int threads)
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
    public void Threads_that_were_kept_awake_go_to_sleep()
    {
        using (ParallelBlocks.KeepAwake())
        {
            ParallelBlocks.For(8, 2, _ => Thread.Sleep(1), CancellationToken.None);
        }

        Assert.True(SpinWait.SpinUntil(() => ParallelBlocks.Waiting == 0, TimeSpan.FromSeconds(30)), "A thread still waits.");
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int before;
        while ((before = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, before) != before)
        {
        }
    }
}
