using Microsoft.Extensions.Options;

namespace FaissSdk.Orleans;

/// <summary>Runs the native calls of a silo outside the turns of grains, a few at a time, and refuses calls when too many wait.</summary>
/// <remarks>A native call on a turn would keep the silo from answering probes, and the silo would be declared dead.</remarks>
internal sealed class NativeGate : IDisposable
{
    private readonly SemaphoreSlim _places;
    private readonly FaissSiloOptions _options;
    private int _pending;
    private int _refusable;
    private volatile bool _hasLimit;

    public NativeGate(IOptions<FaissSiloOptions> options)
    {
        _options = options.Value;
        _places = new SemaphoreSlim(_options.MaxConcurrentCalls);
        _hasLimit = _options.Library.Failure is null;
        ShardMetrics.Observe(this);
    }

    /// <summary>Gets the number of calls that run or wait.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Gets a value indicating whether the next call would be refused.</summary>
    public bool IsFull => Volatile.Read(ref _refusable) >= Most;

    // The sum of two numbers that may each be the largest int.
    private long Most => (long)_options.MaxConcurrentCalls + _options.MaxQueuedCalls;

    /// <summary>Runs a call on a thread of the pool.</summary>
    /// <exception cref="ShardBusyException">Too many calls wait.</exception>
    /// <exception cref="ShardException">FAISS reported an error.</exception>
    public async Task<T> RunAsync<T>(Func<T> call, CancellationToken cancellationToken)
    {
        var refusable = Interlocked.Increment(ref _refusable);
        try
        {
            if (refusable > Most)
            {
                ShardMetrics.Refused.Add(1);
                throw new ShardBusyException($"The silo has {refusable - 1} native calls under way and waiting, which is as many as {nameof(FaissSiloOptions.MaxConcurrentCalls)} and {nameof(FaissSiloOptions.MaxQueuedCalls)} allow. Repeat the call later, send fewer at a time, or add replicas.");
            }

            return await RunPatientlyAsync(call, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _refusable);
        }
    }

    /// <summary>Runs a call on a thread of the pool, which waits however many others do: a part of work that took long and would be lost with it.</summary>
    /// <exception cref="ShardException">FAISS reported an error.</exception>
    public async Task<T> RunPatientlyAsync<T>(Func<T> call, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _pending);
        try
        {
            await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await Task.Run(() => Run(call), cancellationToken).ConfigureAwait(false);
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

    private T Run<T>(Func<T> call)
    {
        using var limit = Limit();
        try
        {
            return call();
        }
        catch (FaissException error)
        {
            // FAISS's exception types cannot be sent between silos.
            throw new ShardException($"FAISS failed: {error.Message}");
        }
    }

    // Merges and points need no native library, and some libraries cannot limit their threads.
    private FaissThreadLimit Limit()
    {
        try
        {
            return _hasLimit ? FaissThreads.Limit(_options.ThreadsPerCall) : default;
        }
        catch (NotSupportedException)
        {
            _hasLimit = false;
            return default;
        }
    }
}
