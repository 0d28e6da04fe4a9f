namespace FaissSdk;

/// <content>Vectors that do not lie one after the other.</content>
public static partial class FaissIndexExtensions
{
    /// <summary>Trains an index on vectors in arrays of their own; see <see cref="FaissIndex.Train(ReadOnlySpan{float})"/>.</summary>
    /// <remarks>All vectors are copied at once, because FAISS trains on all of them.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The training vectors (n of length d), at least one.</param>
    /// <exception cref="ArgumentException">The length of a vector is not d; the message contains its number.</exception>
    public static void Train(this FaissIndex index, IEnumerable<float[]> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.TrainRows(new ScatteredRows(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Adds vectors in arrays of their own to an index; see <see cref="FaissIndex.Add(ReadOnlySpan{float})"/>.</summary>
    /// <remarks>The vectors are copied in blocks; all are checked before the first is added, and no other call on the index comes between.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors (n of length d).</param>
    /// <exception cref="ArgumentException">The length of a vector is not d; the message contains its number.</exception>
    public static void Add(this FaissIndex index, IEnumerable<float[]> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddRows(new ScatteredRows(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Adds vectors in arrays of their own with ids to an index; see <see cref="FaissIndex.AddWithIds(ReadOnlySpan{float}, ReadOnlySpan{long})"/>.</summary>
    /// <remarks>The vectors are copied in blocks; all are checked before the first is added, and no other call on the index comes between.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors (n of length d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <exception cref="ArgumentException">The length of a vector is not d; the message contains its number.</exception>
    public static void Add(this FaissIndex index, IEnumerable<float[]> vectors, ReadOnlySpan<long> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddRows(new ScatteredRows(vectors, index.Dimension, nameof(vectors)), ids, choosesIds: true);
    }

    /// <summary>Searches an index for queries in arrays of their own; see <see cref="FaissIndex.Search(ReadOnlySpan{float}, int, SearchParameters?)"/>.</summary>
    /// <remarks>The queries are copied in blocks.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="queries">The queries (n of length d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length of a vector is not d; the message contains its number.</exception>
    public static SearchResult Search(this FaissIndex index, IEnumerable<float[]> queries, int k, SearchParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.SearchRows(new ScatteredRows(queries, index.Dimension, nameof(queries)), k, parameters);
    }

    /// <summary>Trains an index on vectors in memory of their own; see <see cref="FaissIndex.Train(ReadOnlySpan{float})"/>.</summary>
    /// <remarks>All vectors are copied at once, because FAISS trains on all of them.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The training vectors (n of length d), at least one.</param>
    /// <exception cref="ArgumentException">The length of a vector is not d; the message contains its number.</exception>
    public static void Train(this FaissIndex index, IEnumerable<ReadOnlyMemory<float>> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.TrainRows(new ScatteredRows(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Adds vectors in memory of their own to an index; see <see cref="FaissIndex.Add(ReadOnlySpan{float})"/>.</summary>
    /// <remarks>The vectors are copied in blocks; all are checked before the first is added, and no other call on the index comes between.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors (n of length d).</param>
    /// <exception cref="ArgumentException">The length of a vector is not d; the message contains its number.</exception>
    public static void Add(this FaissIndex index, IEnumerable<ReadOnlyMemory<float>> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddRows(new ScatteredRows(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Adds vectors in memory of their own with ids to an index; see <see cref="FaissIndex.AddWithIds(ReadOnlySpan{float}, ReadOnlySpan{long})"/>.</summary>
    /// <remarks>The vectors are copied in blocks; all are checked before the first is added, and no other call on the index comes between.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors (n of length d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <exception cref="ArgumentException">The length of a vector is not d; the message contains its number.</exception>
    public static void Add(this FaissIndex index, IEnumerable<ReadOnlyMemory<float>> vectors, ReadOnlySpan<long> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddRows(new ScatteredRows(vectors, index.Dimension, nameof(vectors)), ids, choosesIds: true);
    }

    /// <summary>Searches an index for queries in memory of their own; see <see cref="FaissIndex.Search(ReadOnlySpan{float}, int, SearchParameters?)"/>.</summary>
    /// <remarks>The queries are copied in blocks.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="queries">The queries (n of length d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length of a vector is not d; the message contains its number.</exception>
    public static SearchResult Search(this FaissIndex index, IEnumerable<ReadOnlyMemory<float>> queries, int k, SearchParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.SearchRows(new ScatteredRows(queries, index.Dimension, nameof(queries)), k, parameters);
    }
}
