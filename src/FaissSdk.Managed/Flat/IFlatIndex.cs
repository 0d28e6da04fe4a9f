namespace FaissSdk;

/// <summary>Represents an index that compares every query with all vectors, by FAISS or in managed code.</summary>
/// <remarks>Calls that only read may run at the same time. A call that changes the index runs alone: if another call is under way, one of them throws an <see cref="InvalidOperationException"/>.</remarks>
public interface IFlatIndex : IDisposable
{
    /// <summary>Gets the number of components of a vector, d.</summary>
    int Dimension { get; }

    /// <summary>Gets the number of vectors, n.</summary>
    long Count { get; }

    /// <summary>Gets the metric; <see cref="MetricType.InnerProduct"/> if the index compares by cosine.</summary>
    MetricType Metric { get; }

    /// <summary>Gets a value indicating whether vectors and queries are scaled to length 1, so that the index compares by cosine.</summary>
    bool Normalizes { get; }

    /// <summary>Gets how components are stored.</summary>
    VectorStorage Storage { get; }

    /// <summary>Adds vectors, whose ids are the numbers from <see cref="Count"/> on.</summary>
    /// <param name="vectors">The vectors, row-major (n × d), finite.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a component cannot be stored; the message contains its place. No vector is added then.</exception>
    /// <exception cref="InvalidOperationException">The index has vectors with ids of their own, or another call is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    void Add(ReadOnlySpan<float> vectors);

    /// <summary>Adds vectors with ids.</summary>
    /// <param name="vectors">The vectors, row-major (n × d), finite.</param>
    /// <param name="ids">The ids (n), 0 or greater, each once.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, a component cannot be stored, or an id is negative or taken; the message contains its place. No vector is added then.</exception>
    /// <exception cref="InvalidOperationException">The index has vectors without ids of their own, or another call is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    void AddWithIds(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids);

    /// <summary>Removes vectors. If vectors have no ids of their own, those behind a removed one get lower numbers.</summary>
    /// <param name="ids">The ids; those of no vector are ignored.</param>
    /// <returns>The number of vectors removed.</returns>
    /// <exception cref="InvalidOperationException">Another call is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    long Remove(params ReadOnlySpan<long> ids);

    /// <summary>Removes the vectors that a filter contains. If vectors have no ids of their own, those behind a removed one get lower numbers.</summary>
    /// <param name="filter">The ids to remove.</param>
    /// <returns>The number of vectors removed.</returns>
    /// <exception cref="InvalidOperationException">Another call is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    long Remove(IdFilter filter);

    /// <summary>Finds the k nearest vectors of every query, nearest first.</summary>
    /// <param name="queries">One query (d) or several, row-major (m × d), finite.</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="filter">The ids to search among, or <see langword="null"/> for all.</param>
    /// <returns>Ids and distances (m × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, a component is not finite, or m × k is too large for an array; or the index compares by cosine, and a query consists of zeros.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">A call that changes the index is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    SearchResult Search(ReadOnlySpan<float> queries, int k, IdFilter? filter = null);

    /// <summary>Finds the k nearest vectors of every query, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <param name="queries">The queries, row-major (m × d), finite.</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="distances">Receives the distances (m × k), squared for <see cref="MetricType.L2"/>, or the inner products; with id −1 the largest number, or the least for <see cref="MetricType.InnerProduct"/>.</param>
    /// <param name="ids">Receives the ids (m × k).</param>
    /// <param name="filter">The ids to search among, or <see langword="null"/> for all.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, the spans overlap, or a component is not finite; or the index compares by cosine, and a query consists of zeros.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">A call that changes the index is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    void Search(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, IdFilter? filter = null);

    /// <summary>Finds all vectors within a radius of every query: distance below it, or inner product above it.</summary>
    /// <param name="queries">The queries, row-major (m × d), finite.</param>
    /// <param name="radius">The radius, in the unit of <see cref="Metric"/>: a squared distance for <see cref="MetricType.L2"/>.</param>
    /// <param name="filter">The ids to search among, or <see langword="null"/> for all.</param>
    /// <returns>The vectors found for each query.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a component is not finite; or the index compares by cosine, and a query consists of zeros.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="radius"/> is NaN, or negative where it is a distance.</exception>
    /// <exception cref="InvalidOperationException">A call that changes the index is under way, or more vectors were found than an array can hold.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius, IdFilter? filter = null);

    /// <summary>Returns a vector as it is stored.</summary>
    /// <param name="id">The id of the vector.</param>
    /// <returns>The vector (d).</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is not the id of a vector.</exception>
    /// <exception cref="InvalidOperationException">A call that changes the index is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    float[] Reconstruct(long id);

    /// <summary>Writes a vector as it is stored to other memory.</summary>
    /// <param name="id">The id of the vector.</param>
    /// <param name="vector">Receives the vector (d).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is not the id of a vector.</exception>
    /// <exception cref="ArgumentException"><paramref name="vector"/> is not of length d.</exception>
    /// <exception cref="InvalidOperationException">A call that changes the index is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    void Reconstruct(long id, Span<float> vector);

    /// <summary>Writes the index to a file in FAISS's format, replacing an existing one as a whole.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or its folder is write-protected.</exception>
    /// <exception cref="InvalidOperationException">A call that changes the index is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    void Save(string path);

    /// <summary>Writes the index to a stream in FAISS's format, at its position.</summary>
    /// <param name="stream">The stream.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    /// <exception cref="InvalidOperationException">A call that changes the index is under way.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    void Save(Stream stream);
}
