using Microsoft.Extensions.Options;

namespace FaissSdk.Orleans;

/// <summary>Runs the native calls of a silo outside the turns of grains, a few at a time, and refuses calls when too many wait.</summary>
/// <remarks>A native call on a turn would keep the silo from answering probes, and the silo would be declared dead.</remarks>
internal sealed class NativeGate : IDisposable
{
    private readonly SemaphoreSlim _places;
    private readonly FaissSiloOptions _options;
    private int _pending;

    public NativeGate(IOptions<FaissSiloOptions> options)
    {
        _options = options.Value;
        _places = new SemaphoreSlim(_options.MaxConcurrentCalls);
        ShardMetrics.Observe(this);
    }

    /// <summary>Gets the number of calls that run or wait.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Runs a call on a thread of the pool.</summary>
    /// <exception cref="ShardBusyException">Too many calls wait.</exception>
    /// <exception cref="ShardException">FAISS reported an error.</exception>
    public async Task<T> RunAsync<T>(Func<T> call, CancellationToken cancellationToken)
    {
        var pending = Interlocked.Increment(ref _pending);
        try
        {
            if (pending > (long)_options.MaxConcurrentCalls + _options.MaxQueuedCalls)
            {
                ShardMetrics.Refused.Add(1);
                throw new ShardBusyException($"The silo has {pending - 1} native calls under way and waiting, which is as many as {nameof(FaissSiloOptions.MaxConcurrentCalls)} and {nameof(FaissSiloOptions.MaxQueuedCalls)} allow. Repeat the call later, send fewer at a time, or add replicas.");
            }

            await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await Task.Run(
                    () =>
                    {
                        using var limit = FaissThreads.Limit(_options.ThreadsPerCall);
                        try
                        {
                            return call();
                        }
                        catch (FaissException error)
                        {
                            // FAISS's exception types cannot be sent between silos.
                            throw new ShardException($"FAISS failed: {error.Message}");
                        }
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    public void Dispose()
    {
        ShardMetrics.Forget(this);
        _places.Dispose();
    }
}
