using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Makes the calls on a binary index wait for each other instead of throwing: calls that read run concurrently, and a call that changes the index runs alone.</summary>
/// <remarks>
/// Calls are made in their order of arrival: a search that arrives after an addition waits for it, and sees its vectors. So neither
/// a stream of searches nor one of additions keeps the other waiting. A call costs about 0.1 µs more than on the index itself.
/// Calls on the index itself, on its parts, and on an index that is made of it do not wait, and throw during a change.
/// Exceptions of the index reach the caller.
/// </remarks>
public sealed partial class ConcurrentIndexBinary
{
    private readonly OrderedCalls<IndexBinary> _calls;

    internal ConcurrentIndexBinary(IndexBinary index) => _calls = new(index);

    /// <summary>Gets the number of bits of a vector, d.</summary>
    public int Dimension => _calls.Index.Dimension;

    /// <summary>Gets the number of vectors held, without waiting.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long Count => _calls.Index.Count;

    /// <summary>Gets a value indicating whether the index is trained, without waiting.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool IsTrained => _calls.Index.IsTrained;

    /// <summary>Searches like <see cref="IndexBinary.Search(ReadOnlySpan{byte}, int, Span{int}, Span{long})"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="distances">Receives the Hamming distances (n × k).</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Search(ReadOnlySpan<byte> queries, int k, Span<int> distances, Span<long> ids, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.Search(queries, k, distances, ids);
    }

    /// <summary>Searches with parameters like <see cref="IndexBinary.Search(ReadOnlySpan{byte}, int, SearchParameters, Span{int}, Span{long})"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search.</param>
    /// <param name="distances">Receives the Hamming distances (n × k).</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Search(ReadOnlySpan<byte> queries, int k, SearchParameters parameters, Span<int> distances, Span<long> ids, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.Search(queries, k, parameters, distances, ids);
    }

    /// <summary>Searches like <see cref="IndexBinary.Search(ReadOnlySpan{byte}, int, SearchParameters?)"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, and the call, as on the index itself.</param>
    /// <returns>Ids and Hamming distances (n × k).</returns>
    /// <exception cref="OperationCanceledException">The wait or the call was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public BinarySearchResult Search(ReadOnlySpan<byte> queries, int k, SearchParameters? parameters = null, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.Search(queries, k, parameters, cancellationToken);
    }

    /// <summary>Finds the ids of the nearest vectors like <see cref="IndexBinary.Assign(ReadOnlySpan{byte}, int, Span{long})"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Assign(ReadOnlySpan<byte> queries, int k, Span<long> ids, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.Assign(queries, k, ids);
    }

    /// <summary>Finds the ids of the nearest vectors like <see cref="IndexBinary.Assign(ReadOnlySpan{byte}, int)"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The ids (n × k).</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long[] Assign(ReadOnlySpan<byte> queries, int k = 1, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.Assign(queries, k);
    }

    /// <summary>Finds all vectors within a radius like <see cref="IndexBinary.RangeSearch(ReadOnlySpan{byte}, int)"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="radius">The radius, in bits.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, and the call between blocks of queries.</param>
    /// <returns>The vectors found for each query.</returns>
    /// <exception cref="OperationCanceledException">The wait or the call was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public BinaryRangeSearchResult RangeSearch(ReadOnlySpan<byte> queries, int radius, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.RangeSearch(queries, radius, cancellationToken);
    }

    /// <summary>Reconstructs a vector like <see cref="IndexBinary.Reconstruct(long)"/>, after the changes that came before.</summary>
    /// <param name="id">The id of the vector.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The vector (d / 8 bytes).</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public byte[] Reconstruct(long id, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.Reconstruct(id);
    }

    /// <summary>Reconstructs a vector like <see cref="IndexBinary.Reconstruct(long, Span{byte})"/>, after the changes that came before.</summary>
    /// <param name="id">The id of the vector.</param>
    /// <param name="vector">Receives the vector (d / 8 bytes).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Reconstruct(long id, Span<byte> vector, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.Reconstruct(id, vector);
    }

    /// <summary>Reconstructs vectors like <see cref="IndexBinary.ReconstructRange(long, int)"/>, after the changes that came before.</summary>
    /// <param name="first">The first id.</param>
    /// <param name="count">The number of vectors, n.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The vectors, row-major (n × d / 8 bytes).</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public byte[] ReconstructRange(long first, int count, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.ReconstructRange(first, count);
    }

    /// <summary>Reconstructs vectors like <see cref="IndexBinary.ReconstructRange(long, Span{byte})"/>, after the changes that came before.</summary>
    /// <param name="first">The first id.</param>
    /// <param name="vectors">Receives the vectors, row-major (n × d / 8 bytes).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void ReconstructRange(long first, Span<byte> vectors, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.ReconstructRange(first, vectors);
    }

    /// <summary>Writes the index to a file like <see cref="IndexBinary.Save(string)"/>, after the changes that came before.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(string path, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.Save(path);
    }

    /// <summary>Writes the index to a stream like <see cref="IndexBinary.Save(Stream)"/>, after the changes that came before.</summary>
    /// <param name="stream">The stream, which may search the index and must not change it.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(Stream stream, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        call.Index.Save(stream);
    }

    /// <summary>Writes the index to memory like <see cref="IndexBinary.Serialize"/>, after the changes that came before.</summary>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The content of a file with the index.</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public byte[] Serialize(CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.Serialize();
    }

    /// <summary>Creates an independent copy like <see cref="IndexBinary.Clone"/>, after the changes that came before.</summary>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The copy, of the same type.</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public IndexBinary Clone(CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.Clone();
    }

    /// <summary>Trains the index like <see cref="IndexBinary.Train"/>, while no other call runs.</summary>
    /// <param name="vectors">The training vectors, row-major (n × d / 8 bytes), at least one.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Train(ReadOnlySpan<byte> vectors, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.Train(vectors);
    }

    /// <summary>Adds vectors like <see cref="IndexBinary.Add(ReadOnlySpan{byte})"/>, while no other call runs.</summary>
    /// <param name="vectors">The vectors, row-major (n × d / 8 bytes).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, and the call, as on the index itself.</param>
    /// <exception cref="OperationCanceledException">The wait or the call was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Add(ReadOnlySpan<byte> vectors, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.Add(vectors, progress: null, cancellationToken);
    }

    /// <summary>Adds vectors with ids like <see cref="IndexBinary.AddWithIds(ReadOnlySpan{byte}, ReadOnlySpan{long})"/>, while no other call runs.</summary>
    /// <param name="vectors">The vectors, row-major (n × d / 8 bytes).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, and the call, as on the index itself.</param>
    /// <exception cref="OperationCanceledException">The wait or the call was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void AddWithIds(ReadOnlySpan<byte> vectors, ReadOnlySpan<long> ids, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.AddWithIds(vectors, ids, progress: null, cancellationToken);
    }

    /// <summary>Removes vectors like <see cref="IndexBinary.Remove"/>, while no other call runs.</summary>
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

    /// <summary>Removes all vectors like <see cref="IndexBinary.Reset"/>, while no other call runs.</summary>
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
    public TResult Read<TResult>(Func<IndexBinary, TResult> calls, CancellationToken cancellationToken = default) => _calls.Read(calls, cancellationToken);

    /// <summary>Makes any calls, such as <c>IndexBinaryIVF.MergeFrom</c>, while no other call runs.</summary>
    /// <param name="calls">The calls.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    public void Change(Action<IndexBinary> calls, CancellationToken cancellationToken = default) => _calls.Change(calls, cancellationToken);
}
