namespace FaissSdk.VectorData.Store;

/// <summary>Runs SQLite operations, which are never asynchronous, on the calling thread, and returns completed tasks.</summary>
internal static class Tasks
{
    public static Task<T> Run<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return Task.FromResult(work());
        }
#pragma warning disable CA1031 // The task reports any exception.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Task.FromException<T>(exception);
        }
    }
}
