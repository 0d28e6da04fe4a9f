namespace FaissSdk;

/// <content>Vectors by their ids, and vectors that searches find.</content>
public sealed partial class ConcurrentIndex
{
    /// <summary>Reconstructs the vectors of many ids like <see cref="FaissIndex.Reconstruct(ReadOnlySpan{long})"/>, after the changes that came before.</summary>
    /// <param name="ids">The ids (n).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The vectors, row-major (n × d).</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public float[] Reconstruct(ReadOnlySpan<long> ids, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.Reconstruct(ids);
    }

    /// <summary>Reconstructs the vectors of many ids like <see cref="FaissIndex.Reconstruct(ReadOnlySpan{long}, Span{float})"/>, after the changes that came before.</summary>
    /// <param name="ids">The ids (n).</param>
    /// <param name="vectors">Receives the vectors, row-major (n × d).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Reconstruct(ReadOnlySpan<long> ids, Span<float> vectors, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.Reconstruct(ids, vectors);
    }

    /// <summary>Searches and reconstructs like <see cref="FaissIndex.SearchAndReconstruct(ReadOnlySpan{float}, int, Span{float}, Span{long}, Span{float})"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="distances">Receives the distances (n × k).</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <param name="vectors">Receives the vectors found (n × k × d).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void SearchAndReconstruct(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, Span<float> vectors, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.SearchAndReconstruct(queries, k, distances, ids, vectors);
    }

    /// <summary>Searches and reconstructs like <see cref="FaissIndex.SearchAndReconstruct(ReadOnlySpan{float}, int, out float[])"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="vectors">The vectors found (n × k × d).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public SearchResult SearchAndReconstruct(ReadOnlySpan<float> queries, int k, out float[] vectors, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.SearchAndReconstruct(queries, k, out vectors);
    }

    /// <summary>Searches for vectors near others of the index like <see cref="FaissIndex.SearchById"/>, after the changes that came before.</summary>
    /// <param name="ids">The ids of the vectors (n).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public SearchResult SearchById(ReadOnlySpan<long> ids, int k, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.SearchById(ids, k);
    }
}
