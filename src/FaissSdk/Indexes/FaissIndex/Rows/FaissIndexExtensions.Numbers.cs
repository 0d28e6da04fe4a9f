namespace FaissSdk;

/// <content>Vectors of bytes.</content>
public static partial class FaissIndexExtensions
{
    /// <summary>Trains an index on vectors of unsigned bytes; see <see cref="FaissIndex.Train(ReadOnlySpan{float})"/>.</summary>
    /// <remarks>All vectors are converted to single precision at once, because FAISS trains on all of them.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The training vectors, row-major (n × d), at least one.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static void Train(this FaissIndex index, ReadOnlySpan<byte> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.TrainRows(new ConvertedRows<byte>(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Adds vectors of unsigned bytes to an index; see <see cref="FaissIndex.Add(ReadOnlySpan{float})"/>.</summary>
    /// <remarks>The vectors are converted to single precision in blocks; all are checked before the first is added, and no other call on the index comes between.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static void Add(this FaissIndex index, ReadOnlySpan<byte> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddRows(new ConvertedRows<byte>(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Adds vectors of unsigned bytes with ids to an index; see <see cref="FaissIndex.AddWithIds(ReadOnlySpan{float}, ReadOnlySpan{long})"/>.</summary>
    /// <remarks>The vectors are converted to single precision in blocks; all are checked before the first is added, and no other call on the index comes between.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static void Add(this FaissIndex index, ReadOnlySpan<byte> vectors, ReadOnlySpan<long> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddRows(new ConvertedRows<byte>(vectors, index.Dimension, nameof(vectors)), ids, choosesIds: true);
    }

    /// <summary>Searches an index for queries of unsigned bytes; see <see cref="FaissIndex.Search(ReadOnlySpan{float}, int, SearchParameters?)"/>.</summary>
    /// <remarks>The queries are converted to single precision in blocks.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static SearchResult Search(this FaissIndex index, ReadOnlySpan<byte> queries, int k, SearchParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.SearchRows(new ConvertedRows<byte>(queries, index.Dimension, nameof(queries)), k, parameters);
    }

    /// <summary>Trains an index on vectors of signed bytes; see <see cref="FaissIndex.Train(ReadOnlySpan{float})"/>.</summary>
    /// <remarks>All vectors are converted to single precision at once, because FAISS trains on all of them.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The training vectors, row-major (n × d), at least one.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static void Train(this FaissIndex index, ReadOnlySpan<sbyte> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.TrainRows(new ConvertedRows<sbyte>(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Adds vectors of signed bytes to an index; see <see cref="FaissIndex.Add(ReadOnlySpan{float})"/>.</summary>
    /// <remarks>The vectors are converted to single precision in blocks; all are checked before the first is added, and no other call on the index comes between.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static void Add(this FaissIndex index, ReadOnlySpan<sbyte> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddRows(new ConvertedRows<sbyte>(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Adds vectors of signed bytes with ids to an index; see <see cref="FaissIndex.AddWithIds(ReadOnlySpan{float}, ReadOnlySpan{long})"/>.</summary>
    /// <remarks>The vectors are converted to single precision in blocks; all are checked before the first is added, and no other call on the index comes between.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static void Add(this FaissIndex index, ReadOnlySpan<sbyte> vectors, ReadOnlySpan<long> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddRows(new ConvertedRows<sbyte>(vectors, index.Dimension, nameof(vectors)), ids, choosesIds: true);
    }

    /// <summary>Searches an index for queries of signed bytes; see <see cref="FaissIndex.Search(ReadOnlySpan{float}, int, SearchParameters?)"/>.</summary>
    /// <remarks>The queries are converted to single precision in blocks.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static SearchResult Search(this FaissIndex index, ReadOnlySpan<sbyte> queries, int k, SearchParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.SearchRows(new ConvertedRows<sbyte>(queries, index.Dimension, nameof(queries)), k, parameters);
    }
}
