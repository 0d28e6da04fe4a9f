using System.Diagnostics;

namespace FaissSdk.Orleans;

/// <summary>Repeats calls that a lost silo has broken; only calls that do the same when they are repeated.</summary>
internal static class Transient
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Determines whether an exception is that of a silo or a connection that is lost, and a repeated call may find another.</summary>
    public static bool Is(Exception error) => error is OrleansException or TimeoutException;

    public static async Task<T> RetryAsync<T>(Func<Task<T>> call, TimeSpan limit, CancellationToken cancellationToken, Func<Exception, bool>? repeats = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (Exception error) when ((Is(error) || repeats?.Invoke(error) == true) && Stopwatch.GetElapsedTime(start) < limit && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public static async Task RetryAsync(Func<Task> call, TimeSpan limit, CancellationToken cancellationToken) => await RetryAsync(
        async () =>
        {
            await call().ConfigureAwait(false);
            return true;
        },
        limit,
        cancellationToken).ConfigureAwait(false);
}
