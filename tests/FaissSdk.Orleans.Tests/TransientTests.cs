namespace FaissSdk.Orleans.Tests;

/// <summary>Calls that are repeated, and calls that are given up.</summary>
public sealed class TransientTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longer = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task A_call_that_ran_longer_than_the_limit_before_its_silo_was_lost_is_repeated()
    {
        var calls = 0;
        Assert.Equal(3, await Transient.RetryAsync(
            async () =>
            {
                await Task.Delay(calls < 2 ? Longer : TimeSpan.Zero);
                return ++calls < 3 ? throw new OrleansException("The silo is lost.") : calls;
            },
            Limit,
            default));
    }

    [Fact]
    public async Task Calls_that_fail_at_once_are_repeated_until_the_limit()
    {
        var calls = 0;
        await Assert.ThrowsAsync<OrleansException>(() => Transient.RetryAsync<int>(() => ++calls > 0 ? throw new OrleansException("The silo is lost.") : Task.FromResult(0), Limit, default));
        Assert.InRange(calls, 2, 10);
    }

    [Fact]
    public async Task Calls_that_no_silo_answers_are_not_repeated_for_ever()
    {
        var calls = 0;
        await Assert.ThrowsAsync<TimeoutException>(() => Transient.RetryAsync<int>(
            async () =>
            {
                calls++;
                await Task.Delay(Longer);
                throw new TimeoutException();
            },
            Limit,
            default));
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_call_that_ends_every_silo_is_given_up_after_the_third()
    {
        var calls = 0;
        var error = await Assert.ThrowsAsync<ShardUnavailableException>(() => Transient.RetryAsync<int>(
            async () =>
            {
                calls++;
                await Task.Delay(Longer);
                throw new OrleansException("The silo is lost.");
            },
            Limit,
            default).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(3, calls);
        Assert.Contains("use more shards", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_another_training_disturbs_loses_no_silo()
    {
        var calls = 0;
        Assert.Equal(5, await Transient.RetryAsync(
            async () =>
            {
                await Task.Delay(Longer);
                return ++calls < 5 ? throw new PointsLostException() : calls;
            },
            Limit,
            default,
            error => error is PointsLostException));
    }

    [Fact]
    public async Task Calls_that_are_not_waited_for_report_no_exception()
    {
        var message = Guid.NewGuid().ToString();
        var isReported = false;
        void Note(object? sender, UnobservedTaskExceptionEventArgs args) => isReported |= args.Exception.ToString().Contains(message, StringComparison.Ordinal);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await AbandonAsync(message);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.False(isReported);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }
    }

    private static async Task AbandonAsync(string message)
    {
        var calls = 0;
        var failed = new TaskCompletionSource();
        Assert.Equal(2, await Transient.CallAsync(
            async () =>
            {
                if (++calls == 2)
                {
                    return calls;
                }

                await failed.Task;
                throw new IOException(message);
            },
            TimeSpan.FromSeconds(20),
            Limit,
            default));
        failed.SetResult();
        await Task.Delay(50);
        using var stop = new CancellationTokenSource();
        var end = new TaskCompletionSource();
        var call = Transient.RetryAsync<int>(
            async () =>
            {
                await end.Task;
                throw new IOException(message);
            },
            Limit,
            stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        end.SetResult();
        await Task.Delay(50);
    }
}
