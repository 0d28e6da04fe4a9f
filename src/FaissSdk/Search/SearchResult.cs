using System.Collections;

namespace FaissSdk;

/// <summary>The k nearest vectors of n queries, nearest first.</summary>
public sealed class SearchResult : IReadOnlyList<SearchResultRow>
{
    private readonly float[] _distances;
    private readonly long[] _labels;

    internal SearchResult(int k, float[] distances, long[] labels)
    {
        K = k;
        _distances = distances;
        _labels = labels;
    }

    /// <summary>The number of neighbours asked for, k.</summary>
    public int K { get; }

    /// <summary>The number of queries, n.</summary>
    public int QueryCount => _labels.Length / K;

    /// <summary>The labels, row-major (n × k); −1 where fewer than k were found.</summary>
    public ReadOnlySpan<long> Labels => _labels;

    /// <summary>The distances, squared for <see cref="MetricType.L2"/>, or inner products, row-major (n × k).</summary>
    public ReadOnlySpan<float> Distances => _distances;

    int IReadOnlyCollection<SearchResultRow>.Count => QueryCount;

    /// <summary>What was found for one query.</summary>
    /// <param name="query">The query's number, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is not the number of a query.</exception>
    public SearchResultRow this[int query]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(query);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, QueryCount);
            return new SearchResultRow(_labels, _distances, query * K, K);
        }
    }

    /// <summary>The neighbours of one query, nearest first, without the padding.</summary>
    /// <param name="query">The query's number, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is not the number of a query.</exception>
    public SearchResultRow Neighbors(int query) => this[query];

    /// <summary>Goes through what was found for every query.</summary>
    public IEnumerator<SearchResultRow> GetEnumerator()
    {
        for (var query = 0; query < QueryCount; query++)
        {
            yield return this[query];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
