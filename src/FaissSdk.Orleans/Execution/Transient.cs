using System.Diagnostics;

namespace FaissSdk.Orleans;

/// <summary>Repeats calls that failed because a silo was lost; the calls must be idempotent.</summary>
internal static class Transient
{
    private const int Ways = 16;
    private const int MaxLost = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns a random number from a small range, as the key of a relay grain: calls to different keys go through different silos, so a repeated call may take another route.</summary>
    public static int AnyWay() => Random.Shared.Next(Ways);

    /// <summary>Determines whether an exception means that a silo or a connection was lost, so that a repeated call may reach another one.</summary>
    public static bool Is(Exception? error) => error is OrleansException or TimeoutException;

    /// <summary>Repeats a call that failed because a silo was lost.</summary>
    /// <param name="call">Makes the call.</param>
    /// <param name="limit">The time for which calls may fail, counted from the first failure: a call may run for hours before its silo is lost.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    /// <param name="repeats">Returns whether a call that failed for another reason is repeated as well.</param>
    /// <exception cref="ShardUnavailableException">Several silos were lost, each while it was at work on the call.</exception>
    public static async Task<T> RetryAsync<T>(Func<Task<T>> call, TimeSpan limit, CancellationToken cancellationToken, Func<Exception, bool>? repeats = null)
    {
        var lost = 0;
        long? failing = null;
        while (true)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                var running = call();
                Observe(running);
                return await running.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when ((Is(error) || repeats?.Invoke(error) == true) && !cancellationToken.IsCancellationRequested)
            {
                // A call that fails after more than the limit had reached a silo; a TimeoutException only means that no answer came.
                var hadBegun = error is not TimeoutException && Stopwatch.GetElapsedTime(began) > limit;
                if (hadBegun && Is(error) && ++lost == MaxLost)
                {
                    // A call that ends every silo at work on it, such as for want of memory, must not end all of them.
                    throw new ShardUnavailableException($"{MaxLost} silos were lost, one after the other, each while it was at work on the call: {error.Message} If they ended for want of memory, use more shards or parts, or silos with more memory, and repeat the call.", error);
                }

                failing = hadBegun ? Stopwatch.GetTimestamp() : failing ?? Stopwatch.GetTimestamp();
                if (Stopwatch.GetElapsedTime(failing.Value) >= limit)
                {
                    throw;
                }

                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Repeats a call that failed because a silo was lost, or that has not been answered for some time: if the connections to a lost silo stay open, the call does not fail.</summary>
    /// <param name="call">Makes the call.</param>
    /// <param name="limit">The time after which the call fails.</param>
    /// <param name="patience">The time after which the call is repeated while it is still running; it doubles each time, so that slow calls are rarely repeated.</param>
    /// <param name="cancellationToken">The token that ends the call.</param>
    public static async Task<T> CallAsync<T>(Func<Task<T>> call, TimeSpan limit, TimeSpan patience, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var running = new List<Task<T>>();
        try
        {
            while (true)
            {
                running.Add(call());
                var left = limit - Stopwatch.GetElapsedTime(start);
                var wait = Task.Delay(patience < left || left <= TimeSpan.Zero ? patience : left, cancellationToken);
                while (running.Count > 0 && await Task.WhenAny([.. running, wait]).ConfigureAwait(false) is Task<T> done)
                {
                    running.Remove(done);
                    // A silo that is too busy for the repeated call may be at work on the first.
                    var mayFollow = Is(done.Exception?.InnerException) || (done.Exception?.InnerException is ShardBusyException && running.Count > 0);
                    if (done.IsCompletedSuccessfully || !mayFollow || Stopwatch.GetElapsedTime(start) >= limit)
                    {
                        return await done.ConfigureAwait(false);
                    }
                }

                cancellationToken.ThrowIfCancellationRequested();
                if (Stopwatch.GetElapsedTime(start) >= limit)
                {
                    throw new TimeoutException($"No silo has answered for {limit}.");
                }

                if (running.Count == 0)
                {
                    await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    patience *= 2;
                }
            }
        }
        finally
        {
            running.ForEach(Observe);
        }
    }

    /// <summary>Notes the exception of a call whose answer is not needed any more, so that it is not reported as unobserved.</summary>
    public static void Observe(Task task) => task.ContinueWith(ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    public static async Task RetryAsync(Func<Task> call, TimeSpan limit, CancellationToken cancellationToken) => await RetryAsync(
        async () =>
        {
            await call().ConfigureAwait(false);
            return true;
        },
        limit,
        cancellationToken).ConfigureAwait(false);
}
