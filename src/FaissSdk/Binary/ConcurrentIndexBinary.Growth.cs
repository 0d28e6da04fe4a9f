namespace FaissSdk;

/// <content>Vectors of another index, and reserved memory.</content>
public sealed partial class ConcurrentIndexBinary
{
    /// <summary>Moves the vectors of another index to this one like <see cref="IndexBinary.MergeFrom"/>, while no other call runs.</summary>
    /// <param name="other">The index that is empty afterwards; calls on it are not waited for.</param>
    /// <param name="addId">The number added to the ids.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public void MergeFrom(IndexBinary other, long addId = 0, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.MergeFrom(other, addId);
    }

    /// <summary>Reserves memory like <see cref="IndexBinary.EnsureCapacity"/>, while no other call runs.</summary>
    /// <param name="capacity">The number of vectors in all.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is negative.</exception>
    /// <exception cref="InsufficientMemoryException">There is not enough memory.</exception>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void EnsureCapacity(long capacity, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.EnsureCapacity(capacity);
    }

    /// <summary>Frees reserved memory like <see cref="IndexBinary.TrimExcess"/>, while no other call runs.</summary>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void TrimExcess(CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.TrimExcess();
    }
}
