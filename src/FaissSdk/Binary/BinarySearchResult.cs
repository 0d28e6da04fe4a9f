using System.Collections;

namespace FaissSdk;

/// <summary>Represents the k nearest binary vectors of n queries, nearest first.</summary>
/// <remarks>The counterpart of <see cref="SearchResult"/>, with distances in bits.</remarks>
public sealed class BinarySearchResult : IReadOnlyList<BinarySearchResultRow>
{
    private readonly int[] _distances;
    private readonly long[] _ids;

    internal BinarySearchResult(int k, int[] distances, long[] ids)
    {
        K = k;
        _distances = distances;
        _ids = ids;
    }

    /// <summary>Gets the number of neighbors requested for each query, k.</summary>
    public int K { get; }

    /// <summary>Gets the number of queries, n.</summary>
    public int QueryCount => _ids.Length / K;

    /// <summary>Gets the ids, row-major (n × k); −1 where fewer than k were found.</summary>
    public ReadOnlySpan<long> Ids => _ids;

    /// <summary>Gets the Hamming distances, row-major (n × k); <see cref="int.MaxValue"/> where fewer than k were found.</summary>
    public ReadOnlySpan<int> Distances => _distances;

    int IReadOnlyCollection<BinarySearchResultRow>.Count => QueryCount;

    /// <summary>Gets the neighbors of one query, nearest first, without padding.</summary>
    /// <param name="query">The number of the query, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is negative, or not less than <see cref="QueryCount"/>.</exception>
    public BinarySearchResultRow this[int query]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(query);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, QueryCount);
            var padding = _ids.AsSpan(query * K, K).IndexOf(-1);
            return new BinarySearchResultRow(_ids, _distances, query * K, padding < 0 ? K : padding);
        }
    }

    /// <summary>Returns an enumerator over the neighbors of each query.</summary>
    public IEnumerator<BinarySearchResultRow> GetEnumerator()
    {
        for (var query = 0; query < QueryCount; query++)
        {
            yield return this[query];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
