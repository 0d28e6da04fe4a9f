namespace FaissSdk;

/// <content>Vectors of another index, encoded vectors, and reserved memory.</content>
public sealed partial class ConcurrentIndex
{
    /// <summary>Moves the vectors of another index to this one like <see cref="FaissIndex.MergeFrom(FaissIndex, long)"/>, while no other call runs.</summary>
    /// <param name="other">The index that is empty afterwards; calls on it are not waited for.</param>
    /// <param name="addId">The number added to the ids.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public void MergeFrom(FaissIndex other, long addId = 0, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.MergeFrom(other, addId);
    }

    /// <summary>Adds codes like <see cref="FaissIndex.AddEncoded(ReadOnlySpan{byte})"/>, while no other call runs.</summary>
    /// <param name="codes">The codes (n × the size of a code).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void AddEncoded(ReadOnlySpan<byte> codes, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.AddEncoded(codes);
    }

    /// <summary>Adds codes with ids like <see cref="FaissIndex.AddEncoded(ReadOnlySpan{byte}, ReadOnlySpan{long})"/>, while no other call runs.</summary>
    /// <param name="codes">The codes (n × the size of a code).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void AddEncoded(ReadOnlySpan<byte> codes, ReadOnlySpan<long> ids, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.AddEncoded(codes, ids);
    }

    /// <summary>Reserves memory like <see cref="FaissIndex.EnsureCapacity"/>, while no other call runs.</summary>
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

    /// <summary>Frees reserved memory like <see cref="FaissIndex.TrimExcess"/>, while no other call runs.</summary>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void TrimExcess(CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.TrimExcess();
    }
}
