using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Provides methods of <see cref="FaissIndex"/> for vectors in other types than spans of floats, and short names.</summary>
public static partial class FaissIndexExtensions
{
    /// <summary>Adds vectors with ids to an index; the short name of <see cref="FaissIndex.AddWithIds(ReadOnlySpan{float}, ReadOnlySpan{long})"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <exception cref="ArgumentException">The length of a span does not match.</exception>
    public static void Add(this FaissIndex index, ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddWithIds(vectors, ids);
    }

    /// <summary>Adds vectors with ids to an index; for languages such as F#, which cannot choose between spans and memory.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <exception cref="ArgumentException">The length of an array does not match.</exception>
    [OverloadResolutionPriority(1)]
    public static void Add(this FaissIndex index, float[] vectors, long[] ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(ids);
        index.AddWithIds(vectors, ids);
    }

    /// <summary>Adds a vector with an id to an index; see <see cref="FaissIndex.AddWithIds(ReadOnlySpan{float}, ReadOnlySpan{long})"/>, which adds many in less time.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vector">The vector (d).</param>
    /// <param name="id">The id of the vector, 0 or greater.</param>
    /// <exception cref="ArgumentException">The length is not d, the index cannot hold the vector, or an index with a hash table (<see cref="DirectMapType"/>) holds the id already.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is negative.</exception>
    /// <exception cref="NotSupportedException">This kind of index numbers vectors itself, or the index was loaded, and the library cannot restore what encoding needs.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or another index is made of it.</exception>
    /// <exception cref="FaissException">This kind of index does not store ids (wrap it: <c>IDMap,Flat</c>).</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static void Add(this FaissIndex index, ReadOnlySpan<float> vector, long id)
    {
        ArgumentNullException.ThrowIfNull(index);
        VectorShape.CheckLength(vector.Length, index.Dimension, nameof(vector));
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        index.AddWithIds(vector, [id]);
    }

    /// <summary>Removes vectors by their ids from an index; see <see cref="FaissIndex.Remove"/>. Ids that are not there are ignored.</summary>
    /// <param name="index">The index.</param>
    /// <param name="ids">The ids.</param>
    /// <returns>The number of vectors removed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    public static long Remove(this FaissIndex index, params ReadOnlySpan<long> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        VectorIds.CheckNotNegative(ids, nameof(ids));
        using var selector = new IDSelectorBatch(ids);
        return index.Remove(selector);
    }

    /// <summary>Trains an index on vectors in managed or native memory; see <see cref="FaissIndex.Train(ReadOnlySpan{float})"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The training vectors, row-major (n × d), at least one.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static void Train(this FaissIndex index, ReadOnlyMemory<float> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.Train(vectors.Span);
    }

    /// <summary>Adds vectors in managed or native memory to an index; see <see cref="FaissIndex.Add(ReadOnlySpan{float})"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static void Add(this FaissIndex index, ReadOnlyMemory<float> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.Add(vectors.Span);
    }

    /// <summary>Adds vectors in managed or native memory with ids to an index; see <see cref="FaissIndex.AddWithIds(ReadOnlySpan{float}, ReadOnlySpan{long})"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static void Add(this FaissIndex index, ReadOnlyMemory<float> vectors, ReadOnlySpan<long> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddWithIds(vectors.Span, ids);
    }

    /// <summary>Searches an index for queries in managed or native memory; see <see cref="FaissIndex.Search(ReadOnlySpan{float}, int, SearchParameters?)"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static SearchResult Search(this FaissIndex index, ReadOnlyMemory<float> queries, int k, SearchParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.Search(queries.Span, k, parameters);
    }
}
