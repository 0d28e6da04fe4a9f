using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Provides methods of <see cref="FaissIndex"/> for tensors of shape (n, d). Tensors whose rows are not contiguous are copied once.</summary>
public static class FaissIndexTensorExtensions
{
    /// <summary>Trains an index; see <see cref="FaissIndex.Train(ReadOnlySpan{float})"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The training vectors (n × d).</param>
    /// <exception cref="ArgumentException">The rank is not 2, or the second length is not d.</exception>
    public static void Train(this FaissIndex index, in ReadOnlyTensorSpan<float> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.Train(Rows(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Adds vectors to an index; see <see cref="FaissIndex.Add(ReadOnlySpan{float})"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors (n × d).</param>
    /// <exception cref="ArgumentException">The rank is not 2, or the second length is not d.</exception>
    public static void Add(this FaissIndex index, in ReadOnlyTensorSpan<float> vectors)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.Add(Rows(vectors, index.Dimension, nameof(vectors)));
    }

    /// <summary>Searches an index; see <see cref="FaissIndex.Search(ReadOnlySpan{float}, int, SearchParameters?)"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="queries">The queries (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, or <see langword="null"/> for those of the index.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The rank is not 2, or the second length is not d.</exception>
    public static SearchResult Search(this FaissIndex index, in ReadOnlyTensorSpan<float> queries, int k, SearchParameters? parameters = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.Search(Rows(queries, index.Dimension, nameof(queries)), k, parameters);
    }

    /// <summary>Finds the ids of the nearest vectors; see <see cref="FaissIndex.Assign(ReadOnlySpan{float}, int)"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="queries">The queries (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <returns>The ids (n × k).</returns>
    /// <exception cref="ArgumentException">The rank is not 2, or the second length is not d.</exception>
    public static long[] Assign(this FaissIndex index, in ReadOnlyTensorSpan<float> queries, int k = 1)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.Assign(Rows(queries, index.Dimension, nameof(queries)), k);
    }

    /// <summary>Adds vectors with ids to an index; see <see cref="FaissIndex.AddWithIds(ReadOnlySpan{float}, ReadOnlySpan{long})"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors (n × d).</param>
    /// <param name="ids">The ids (n).</param>
    /// <exception cref="ArgumentException">The rank is not 2, or the second length is not d.</exception>
    public static void AddWithIds(this FaissIndex index, in ReadOnlyTensorSpan<float> vectors, ReadOnlySpan<long> ids)
    {
        ArgumentNullException.ThrowIfNull(index);
        index.AddWithIds(Rows(vectors, index.Dimension, nameof(vectors)), ids);
    }

    /// <summary>Finds all vectors within a radius; see <see cref="FaissIndex.RangeSearch(ReadOnlySpan{float}, float)"/>.</summary>
    /// <param name="index">The index.</param>
    /// <param name="queries">The queries (n × d).</param>
    /// <param name="radius">The radius, in the unit of <see cref="FaissIndex.Metric"/>.</param>
    /// <returns>The vectors found for each query.</returns>
    /// <exception cref="ArgumentException">The rank is not 2, or the second length is not d.</exception>
    public static RangeSearchResult RangeSearch(this FaissIndex index, in ReadOnlyTensorSpan<float> queries, float radius)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.RangeSearch(Rows(queries, index.Dimension, nameof(queries)), radius);
    }

    private static ReadOnlySpan<float> Rows(in ReadOnlyTensorSpan<float> tensor, int dimension, string parameter)
    {
        if (tensor.Rank != 2)
        {
            throw new ArgumentException($"{parameter} has rank {tensor.Rank}; vectors are a tensor of shape (n, d).", parameter);
        }

        if (tensor.Lengths[1] != dimension)
        {
            throw new ArgumentException($"{parameter} has shape ({tensor.Lengths[0]}, {tensor.Lengths[1]}), expected (n, {dimension}).", parameter);
        }

        var length = VectorShape.ArrayLength((long)tensor.Lengths[0], dimension, parameter);
        if (length == 0)
        {
            return [];
        }

        if (tensor.IsDense)
        {
            return tensor.GetSpan([0, 0], length);
        }

        var copy = new float[length];
        tensor.FlattenTo(copy);
        return copy;
    }
}
