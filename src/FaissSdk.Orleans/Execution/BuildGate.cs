namespace FaissSdk.Orleans;

/// <summary>Lets a silo build one shard at a time, each of which takes the memory of a shard that is loaded to be read, and of one that is filled.</summary>
internal sealed class BuildGate : IDisposable
{
    private readonly SemaphoreSlim _place = new(1);

    /// <summary>Runs a call when no other one is running.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> build, CancellationToken cancellationToken)
    {
        // Continues on the scheduler of the caller, which is that of a grain.
        await _place.WaitAsync(cancellationToken);
        try
        {
            return await build();
        }
        finally
        {
            _place.Release();
        }
    }

    public void Dispose() => _place.Dispose();
}
