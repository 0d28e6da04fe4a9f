using System.Collections;

namespace FaissSdk;

/// <summary>Represents all binary vectors within a radius of n queries.</summary>
/// <remarks>The counterpart of <see cref="RangeSearchResult"/>, with distances in bits.</remarks>
public sealed class BinaryRangeSearchResult : IReadOnlyList<BinarySearchResultRow>
{
    private readonly int[] _limits;
    private readonly int[] _distances;
    private readonly long[] _ids;

    /// <param name="limits">The number of vectors found for all queries before each one, and for all (n + 1).</param>
    /// <param name="distances">The distances, one query after the other.</param>
    /// <param name="ids">The ids, one query after the other.</param>
    /// <param name="bufferSize">The number of neighbors that FAISS collected at a time.</param>
    internal BinaryRangeSearchResult(int[] limits, int[] distances, long[] ids, long bufferSize)
    {
        (_limits, _distances, _ids) = (limits, distances, ids);
        BufferSize = bufferSize;
    }

    /// <summary>Gets the number of queries, n.</summary>
    public int QueryCount => _limits.Length - 1;

    /// <summary>Gets the number of vectors found for all queries.</summary>
    public int TotalCount => _ids.Length;

    /// <summary>Gets the number of neighbors that FAISS collected at a time; 0 if it collected none.</summary>
    public long BufferSize { get; }

    /// <summary>Gets the ids found for all queries, one query after the other.</summary>
    public ReadOnlySpan<long> Ids => _ids;

    /// <summary>Gets the Hamming distances, one query after the other.</summary>
    public ReadOnlySpan<int> Distances => _distances;

    int IReadOnlyCollection<BinarySearchResultRow>.Count => QueryCount;

    /// <summary>Gets the vectors found for one query, in no particular order.</summary>
    /// <param name="query">The number of the query, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is negative, or not less than <see cref="QueryCount"/>.</exception>
    public BinarySearchResultRow this[int query]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(query);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, QueryCount);
            return new BinarySearchResultRow(_ids, _distances, _limits[query], _limits[query + 1] - _limits[query]);
        }
    }

    /// <summary>Returns an enumerator over the vectors found for each query.</summary>
    public IEnumerator<BinarySearchResultRow> GetEnumerator()
    {
        for (var query = 0; query < QueryCount; query++)
        {
            yield return this[query];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
