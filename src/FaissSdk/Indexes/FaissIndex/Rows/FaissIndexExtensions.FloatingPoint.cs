namespace FaissSdk;

/// <content>Vectors of half and double precision.</content>
public static partial class FaissIndexExtensions
{
    /// <summary>Trains an index on vectors of half precision; see <see cref="FaissIndex.Train(ReadOnlySpan{float})"/>.</summary>
    /// <remarks>All vectors are converted to single precision at once, because FAISS trains on all of them.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The training vectors, row-major (n × d), at least one.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static void Train(this FaissIndex index, ReadOnlySpan<Half> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.TrainRows(new ConvertedRows<Half>(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Adds vectors of half precision to an index; see <see cref="FaissIndex.Add(ReadOnlySpan{float})"/>.</summary>
    /// <remarks>The vectors are converted to single precision in blocks; all are checked before the first is added, and no other call on the index comes between.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static void Add(this FaissIndex index, ReadOnlySpan<Half> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddRows(new ConvertedRows<Half>(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Adds vectors of half precision with ids to an index; see <see cref="FaissIndex.AddWithIds(ReadOnlySpan{float}, ReadOnlySpan{long})"/>.</summary>
    /// <remarks>The vectors are converted to single precision in blocks; all are checked before the first is added, and no other call on the index comes between.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static void Add(this FaissIndex index, ReadOnlySpan<Half> vectors, ReadOnlySpan<long> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddRows(new ConvertedRows<Half>(vectors, index.Dimension, nameof(vectors)), ids, choosesIds: true);
    }

    /// <summary>Searches an index for queries of half precision; see <see cref="FaissIndex.Search(ReadOnlySpan{float}, int, SearchParameters?)"/>.</summary>
    /// <remarks>The queries are converted to single precision in blocks.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of d.</exception>
    public static SearchResult Search(this FaissIndex index, ReadOnlySpan<Half> queries, int k, SearchParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.SearchRows(new ConvertedRows<Half>(queries, index.Dimension, nameof(queries)), k, parameters);
    }

    /// <summary>Trains an index on vectors of double precision; see <see cref="FaissIndex.Train(ReadOnlySpan{float})"/>.</summary>
    /// <remarks>All vectors are converted to single precision at once, because FAISS trains on all of them.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The training vectors, row-major (n × d), at least one.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d, or a component is beyond the range of float.</exception>
    public static void Train(this FaissIndex index, ReadOnlySpan<double> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.TrainRows(new ConvertedRows<double>(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Adds vectors of double precision to an index; see <see cref="FaissIndex.Add(ReadOnlySpan{float})"/>.</summary>
    /// <remarks>The vectors are converted to single precision in blocks; all are checked before the first is added, and no other call on the index comes between.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d, or a component is beyond the range of float.</exception>
    public static void Add(this FaissIndex index, ReadOnlySpan<double> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddRows(new ConvertedRows<double>(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Adds vectors of double precision with ids to an index; see <see cref="FaissIndex.AddWithIds(ReadOnlySpan{float}, ReadOnlySpan{long})"/>.</summary>
    /// <remarks>The vectors are converted to single precision in blocks; all are checked before the first is added, and no other call on the index comes between.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of d, or a component is beyond the range of float.</exception>
    public static void Add(this FaissIndex index, ReadOnlySpan<double> vectors, ReadOnlySpan<long> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddRows(new ConvertedRows<double>(vectors, index.Dimension, nameof(vectors)), ids, choosesIds: true);
    }

    /// <summary>Searches an index for queries of double precision; see <see cref="FaissIndex.Search(ReadOnlySpan{float}, int, SearchParameters?)"/>.</summary>
    /// <remarks>The queries are converted to single precision in blocks.</remarks>
    /// <param name="index">The index.</param>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of d, or a component is beyond the range of float.</exception>
    public static SearchResult Search(this FaissIndex index, ReadOnlySpan<double> queries, int k, SearchParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.SearchRows(new ConvertedRows<double>(queries, index.Dimension, nameof(queries)), k, parameters);
    }
}
