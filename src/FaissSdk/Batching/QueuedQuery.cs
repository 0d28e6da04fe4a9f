namespace FaissSdk;

/// <summary>Represents a query that waits for a call.</summary>
internal sealed class QueuedQuery
{
    private readonly TaskCompletionSource<SearchResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _cancellation;

    public QueuedQuery(ReadOnlyMemory<float> query, int k, CancellationToken cancellationToken)
    {
        (Query, K) = (query, k);
        _cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((QueuedQuery)state!)._result.TrySetCanceled(token), this);
    }

    public ReadOnlyMemory<float> Query { get; }

    public int K { get; }

    public Task<SearchResult> Task => _result.Task;

    public void SetResult(SearchResult result)
    {
        _cancellation.Unregister();
        _result.TrySetResult(result);
    }

    public void SetException(Exception exception)
    {
        _cancellation.Unregister();
        _result.TrySetException(exception);
    }
}
