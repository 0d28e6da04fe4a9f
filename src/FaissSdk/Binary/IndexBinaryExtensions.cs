namespace FaissSdk;

/// <summary>Provides methods of <see cref="IndexBinary"/> for vectors in other types than spans, and short names.</summary>
public static class IndexBinaryExtensions
{
    /// <summary>Trains an index; see <see cref="IndexBinary.Train"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The training vectors, row-major (n × d / 8 bytes), at least one.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d / 8.</exception>
    public static void Train(this IndexBinary index, ReadOnlyMemory<byte> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.Train(vectors.Span);
    }

    /// <summary>Trains an index on vectors in arrays of their own, which are copied at once; see <see cref="IndexBinary.Train"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The training vectors (n of d / 8 bytes), at least one.</param>
    /// <exception cref="ArgumentException">The length of a vector is not d / 8; the message contains its number.</exception>
    public static void Train(this IndexBinary index, IEnumerable<byte[]> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.Train(Gather(vectors, index.CodeSize, nameof(vectors)));
    }

    /// <summary>Adds vectors to an index; see <see cref="IndexBinary.Add(ReadOnlySpan{byte})"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d / 8 bytes).</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d / 8.</exception>
    public static void Add(this IndexBinary index, ReadOnlyMemory<byte> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.Add(vectors.Span);
    }

    /// <summary>Adds vectors in arrays of their own, which are copied at once, to an index; see <see cref="IndexBinary.Add(ReadOnlySpan{byte})"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors (n of d / 8 bytes).</param>
    /// <exception cref="ArgumentException">The length of a vector is not d / 8; the message contains its number.</exception>
    public static void Add(this IndexBinary index, IEnumerable<byte[]> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.Add(Gather(vectors, index.CodeSize, nameof(vectors)));
    }

    /// <summary>Adds vectors with ids to an index; the short name of <see cref="IndexBinary.AddWithIds(ReadOnlySpan{byte}, ReadOnlySpan{long})"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d / 8 bytes).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <exception cref="ArgumentException">The length of a span does not match.</exception>
    public static void Add(this IndexBinary index, ReadOnlySpan<byte> vectors, ReadOnlySpan<long> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddWithIds(vectors, ids);
    }

    /// <summary>Adds a vector with an id to an index; see <see cref="IndexBinary.AddWithIds(ReadOnlySpan{byte}, ReadOnlySpan{long})"/>, which adds many in less time.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vector">The vector (d / 8 bytes).</param>
    /// <param name="id">The id of the vector, 0 or greater.</param>
    /// <exception cref="ArgumentException">The length is not d / 8.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, or it was read with options that do not permit changes.</exception>
    /// <exception cref="FaissException">This kind of index does not store ids (wrap it: <c>IDMap,BFlat</c>), or keeps a direct map.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static void Add(this IndexBinary index, ReadOnlySpan<byte> vector, long id)
    {
        ArgumentNullException.ThrowIfNull(index);
        VectorShape.CheckLength(vector.Length, index.CodeSize, nameof(vector));
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        index.AddWithIds(vector, [id]);
    }

    /// <summary>Adds vectors in arrays of their own, which are copied at once, with ids to an index; see <see cref="IndexBinary.AddWithIds(ReadOnlySpan{byte}, ReadOnlySpan{long})"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors (n of d / 8 bytes).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <exception cref="ArgumentException">The length of a vector is not d / 8; the message contains its number.</exception>
    public static void Add(this IndexBinary index, IEnumerable<byte[]> vectors, ReadOnlySpan<long> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddWithIds(Gather(vectors, index.CodeSize, nameof(vectors)), ids);
    }

    /// <summary>Searches an index; see <see cref="IndexBinary.Search(ReadOnlySpan{byte}, int, SearchParameters?)"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="queries">The queries, row-major (n × d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of d / 8.</exception>
    public static BinarySearchResult Search(this IndexBinary index, ReadOnlyMemory<byte> queries, int k, SearchParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.Search(queries.Span, k, parameters);
    }

    /// <summary>Searches an index for queries in arrays of their own, which are copied at once; see <see cref="IndexBinary.Search(ReadOnlySpan{byte}, int, SearchParameters?)"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="queries">The queries (n of d / 8 bytes).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length of a query is not d / 8; the message contains its number.</exception>
    public static BinarySearchResult Search(this IndexBinary index, IEnumerable<byte[]> queries, int k, SearchParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.Search(Gather(queries, index.CodeSize, nameof(queries)), k, parameters);
    }

    /// <summary>Removes vectors by their ids from an index; see <see cref="IndexBinary.Remove"/>. Ids that are not there are ignored.</summary>
    /// <param name="index">The index.</param>
    /// <param name="ids">The ids.</param>
    /// <returns>The number of vectors removed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    public static long Remove(this IndexBinary index, params ReadOnlySpan<long> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        VectorIds.CheckNotNegative(ids, nameof(ids));
        using var selector = new IDSelectorBatch(ids);
        return index.Remove(selector);
    }

    private static byte[] Gather(IEnumerable<byte[]> vectors, int size, string parameter)
    {
        ArgumentNullException.ThrowIfNull(vectors, parameter);
        byte[][] rows = [.. vectors];
        var all = new byte[VectorShape.ArrayLength(rows.Length, size, parameter)];
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i]?.Length != size)
            {
                throw new ArgumentException(rows[i] is null ? $"{parameter} has no vector {i}: it is null." : $"{parameter} has {rows[i].Length} bytes in vector {i}, expected {size}.", parameter);
            }

            rows[i].CopyTo(all, i * size);
        }

        return all;
    }
}
