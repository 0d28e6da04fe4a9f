namespace FaissSdk;

/// <summary>The k nearest vectors of n queries, nearest first.</summary>
public sealed class SearchResult
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

    /// <summary>The neighbours of one query, nearest first, without the padding.</summary>
    /// <param name="query">The query's number, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is not the number of a query.</exception>
    public IEnumerable<Neighbor> Neighbors(int query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, QueryCount);
        return Enumerable.Range(query * K, K).Where(i => _labels[i] >= 0).Select(i => new Neighbor(_labels[i], _distances[i]));
    }
}
