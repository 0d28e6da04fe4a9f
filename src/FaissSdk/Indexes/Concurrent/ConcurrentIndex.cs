using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Makes the calls on an index wait for each other instead of throwing: calls that read run concurrently, and a call that changes the index runs alone.</summary>
/// <remarks>
/// Calls are made in their order of arrival: a search that arrives after an addition waits for it, and sees its vectors. So neither
/// a stream of searches nor one of additions keeps the other waiting. A call costs about 0.1 µs more than on the index itself.
/// Calls on the index itself, on its parts, and on an index that is made of it do not wait, and throw during a change.
/// Exceptions of the index reach the caller.
/// </remarks>
public sealed partial class ConcurrentIndex
{
    private readonly OrderedCalls<FaissIndex> _calls;

    internal ConcurrentIndex(FaissIndex index) => _calls = new(index);

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension => _calls.Index.Dimension;

    /// <summary>Gets the metric by which vectors are compared.</summary>
    public MetricType Metric => _calls.Index.Metric;

    /// <summary>Gets the number of vectors held, without waiting.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long Count => _calls.Index.Count;

    /// <summary>Gets a value indicating whether the index is trained, without waiting.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool IsTrained => _calls.Index.IsTrained;

    /// <summary>Searches like <see cref="FaissIndex.Search(ReadOnlySpan{float}, int, Span{float}, Span{long})"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="distances">Receives the distances (n × k).</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, and the call, as on the index itself.</param>
    /// <exception cref="OperationCanceledException">The wait or the call was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Search(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.Search(queries, k, distances, ids, cancellationToken);
    }

    /// <summary>Searches with parameters like <see cref="FaissIndex.Search(ReadOnlySpan{float}, int, SearchParameters, Span{float}, Span{long})"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search.</param>
    /// <param name="distances">Receives the distances (n × k).</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Search(ReadOnlySpan<float> queries, int k, SearchParameters parameters, Span<float> distances, Span<long> ids, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.Search(queries, k, parameters, distances, ids);
    }

    /// <summary>Searches like <see cref="FaissIndex.Search(ReadOnlySpan{float}, int, SearchParameters?)"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, and the call, as on the index itself.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="OperationCanceledException">The wait or the call was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public SearchResult Search(ReadOnlySpan<float> queries, int k, SearchParameters? parameters = null, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.Search(queries, k, parameters, cancellationToken);
    }

    /// <summary>Finds the ids of the nearest vectors like <see cref="FaissIndex.Assign(ReadOnlySpan{float}, int, Span{long})"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Assign(ReadOnlySpan<float> queries, int k, Span<long> ids, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.Assign(queries, k, ids);
    }

    /// <summary>Finds the ids of the nearest vectors like <see cref="FaissIndex.Assign(ReadOnlySpan{float}, int)"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The ids (n × k).</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long[] Assign(ReadOnlySpan<float> queries, int k = 1, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.Assign(queries, k);
    }

    /// <summary>Finds all vectors within a radius like <see cref="FaissIndex.RangeSearch(ReadOnlySpan{float}, float)"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="radius">The radius, in the unit of <see cref="Metric"/>.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, and the call, as on the index itself.</param>
    /// <returns>The vectors found for each query.</returns>
    /// <exception cref="OperationCanceledException">The wait or the call was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.RangeSearch(queries, radius, cancellationToken);
    }

    /// <summary>Reconstructs a vector like <see cref="FaissIndex.Reconstruct(long)"/>, after the changes that came before.</summary>
    /// <param name="id">The id of the vector.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The vector (d).</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public float[] Reconstruct(long id, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.Reconstruct(id);
    }

    /// <summary>Reconstructs a vector like <see cref="FaissIndex.Reconstruct(long, Span{float})"/>, after the changes that came before.</summary>
    /// <param name="id">The id of the vector.</param>
    /// <param name="vector">Receives the vector (d).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Reconstruct(long id, Span<float> vector, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.Reconstruct(id, vector);
    }

    /// <summary>Reconstructs a vector, if there is one, like <see cref="FaissIndex.TryReconstruct(long, Span{float})"/>, after the changes that came before.</summary>
    /// <param name="id">The id; any number.</param>
    /// <param name="vector">Receives the vector (d); unchanged if there is none.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns><see langword="true"/> if the index holds a vector of this id; otherwise, <see langword="false"/>.</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool TryReconstruct(long id, Span<float> vector, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.TryReconstruct(id, vector);
    }

    /// <summary>Reconstructs vectors like <see cref="FaissIndex.ReconstructRange(long, int)"/>, after the changes that came before.</summary>
    /// <param name="first">The first id.</param>
    /// <param name="count">The number of vectors, n.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The vectors, row-major (n × d).</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public float[] ReconstructRange(long first, int count, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.ReconstructRange(first, count);
    }

    /// <summary>Reconstructs vectors like <see cref="FaissIndex.ReconstructRange(long, Span{float})"/>, after the changes that came before.</summary>
    /// <param name="first">The first id.</param>
    /// <param name="vectors">Receives the vectors, row-major (n × d).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void ReconstructRange(long first, Span<float> vectors, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.ReconstructRange(first, vectors);
    }

    /// <summary>Writes the index to a file like <see cref="FaissIndex.Save(string)"/>, after the changes that came before.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(string path, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.Save(path);
    }

    /// <summary>Writes the index to a stream like <see cref="FaissIndex.Save(Stream)"/>, after the changes that came before.</summary>
    /// <param name="stream">The stream, which may search the index and must not change it.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(Stream stream, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.Save(stream);
    }

    /// <summary>Writes the index to memory like <see cref="FaissIndex.Serialize"/>, after the changes that came before.</summary>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The content of a file with the index.</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public byte[] Serialize(CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.Serialize();
    }

    /// <summary>Creates an independent copy like <see cref="FaissIndex.Clone()"/>, after the changes that came before.</summary>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The copy, of the same type.</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex Clone(CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.Clone();
    }

    /// <summary>Trains the index like <see cref="FaissIndex.Train(ReadOnlySpan{float})"/>, while no other call runs.</summary>
    /// <param name="vectors">The training vectors, row-major (n × d), at least one.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, and the call, as on the index itself.</param>
    /// <exception cref="OperationCanceledException">The wait or the call was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Train(ReadOnlySpan<float> vectors, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.Train(vectors, cancellationToken);
    }

    /// <summary>Adds vectors like <see cref="FaissIndex.Add(ReadOnlySpan{float})"/>, while no other call runs.</summary>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, and the call, as on the index itself.</param>
    /// <exception cref="OperationCanceledException">The wait or the call was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Add(ReadOnlySpan<float> vectors, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.Add(vectors, progress: null, cancellationToken);
    }

    /// <summary>Adds vectors with ids like <see cref="FaissIndex.AddWithIds(ReadOnlySpan{float}, ReadOnlySpan{long})"/>, while no other call runs.</summary>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, and the call, as on the index itself.</param>
    /// <exception cref="OperationCanceledException">The wait or the call was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void AddWithIds(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.AddWithIds(vectors, ids, progress: null, cancellationToken);
    }

    /// <summary>Removes vectors like <see cref="FaissIndex.Remove"/>, while no other call runs.</summary>
    /// <param name="selector">The ids to remove.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The number of vectors removed.</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long Remove(IDSelector selector, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        return call.Index.Remove(selector);
    }

    /// <summary>Removes all vectors like <see cref="FaissIndex.Reset"/>, while no other call runs.</summary>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Reset(CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.Reset();
    }

    /// <summary>Makes any calls that read the index, after the changes that came before.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="calls">The calls, which must not change the index.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The result of <paramref name="calls"/>.</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    public TResult Read<TResult>(Func<FaissIndex, TResult> calls, CancellationToken cancellationToken = default) => _calls.Read(calls, cancellationToken);

    /// <summary>Makes any calls, such as <c>IndexIVF.MergeFrom</c>, while no other call runs.</summary>
    /// <param name="calls">The calls.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    public void Change(Action<FaissIndex> calls, CancellationToken cancellationToken = default) => _calls.Change(calls, cancellationToken);
}
