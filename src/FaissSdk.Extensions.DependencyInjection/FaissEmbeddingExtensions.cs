using Microsoft.Extensions.AI;

namespace FaissSdk;

/// <summary>Provides methods of indexes for the embeddings of a generator.</summary>
public static class FaissEmbeddingExtensions
{
    /// <summary>Trains the index on embeddings that are distributed like those to be added.</summary>
    /// <param name="index">The index.</param>
    /// <param name="embeddings">The embeddings, each of d components, at least one.</param>
    /// <exception cref="ArgumentException">There are no embeddings, one has another number of components than the index, or is null.</exception>
    /// <exception cref="FaissException">FAISS rejected the call, for example because there are too few embeddings.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static void Train(this FaissIndex index, IEnumerable<Embedding<float>> embeddings) => index.Train(Vectors(embeddings));

    /// <summary>Adds embeddings, with consecutive ids from <see cref="FaissIndex.Count"/> on.</summary>
    /// <param name="index">The index.</param>
    /// <param name="embeddings">The embeddings, each of d components.</param>
    /// <exception cref="ArgumentException">An embedding has another number of components than the index, or is null.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or another index is made of it.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static void Add(this FaissIndex index, IEnumerable<Embedding<float>> embeddings) => index.Add(Vectors(embeddings));

    /// <summary>Adds embeddings with ids chosen by the caller.</summary>
    /// <param name="index">The index.</param>
    /// <param name="embeddings">The embeddings, each of d components.</param>
    /// <param name="ids">The ids of the embeddings (n), 0 or greater.</param>
    /// <exception cref="ArgumentException">An embedding has another number of components than the index, or is null, or there are not as many ids as embeddings.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or another index is made of it.</exception>
    /// <exception cref="FaissException">This kind of index does not store ids (wrap it: <c>IDMap2,Flat</c>).</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static void Add(this FaissIndex index, IEnumerable<Embedding<float>> embeddings, ReadOnlySpan<long> ids) => index.Add(Vectors(embeddings), ids);

    /// <summary>Finds the k nearest vectors of an embedding, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <param name="index">The index.</param>
    /// <param name="query">The embedding of the query (d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <returns>Ids and distances (1 × k).</returns>
    /// <exception cref="ArgumentException"><paramref name="query"/> has another number of components than the index.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    public static SearchResult Search(this FaissIndex index, Embedding<float> query, int k, SearchParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        return index.Search([query], k, parameters);
    }

    /// <summary>Finds the k nearest vectors of every embedding, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <param name="index">The index.</param>
    /// <param name="queries">The embeddings of the queries (n), each of d components.</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">An embedding has another number of components than the index, or is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    public static SearchResult Search(this FaissIndex index, IEnumerable<Embedding<float>> queries, int k, SearchParameters? parameters = null) => index.Search(Vectors(queries), k, parameters);

    private static IEnumerable<ReadOnlyMemory<float>> Vectors(IEnumerable<Embedding<float>> embeddings)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        return embeddings.Select(embedding => embedding?.Vector ?? throw new ArgumentException("An embedding is null.", nameof(embeddings)));
    }
}
