using Microsoft.Extensions.Options;

namespace FaissSdk.Orleans.Tests;

/// <summary>Calls that are repeated, and calls that are refused.</summary>
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
    public async Task A_queue_without_end_refuses_no_call()
    {
        using var gate = new NativeGate(Options.Create(new FaissSiloOptions { MaxQueuedCalls = int.MaxValue }));
        Assert.Equal(7, await gate.RunAsync(() => 7, default));
    }
}
