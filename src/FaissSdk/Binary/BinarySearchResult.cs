namespace FaissSdk;

/// <summary>The k nearest binary vectors of n queries, nearest first.</summary>
public sealed class BinarySearchResult
{
    private readonly int[] _distances;
    private readonly long[] _labels;

    internal BinarySearchResult(int k, int[] distances, long[] labels)
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

    /// <summary>The Hamming distances, row-major (n × k); the largest number where fewer than k were found.</summary>
    public ReadOnlySpan<int> Distances => _distances;

    /// <summary>The labels of one query (k).</summary>
    /// <param name="query">The query's number, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is not the number of a query.</exception>
    public ReadOnlySpan<long> LabelsOf(int query) => Labels.Slice(First(query), K);

    /// <summary>The Hamming distances of one query (k).</summary>
    /// <param name="query">The query's number, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is not the number of a query.</exception>
    public ReadOnlySpan<int> DistancesOf(int query) => Distances.Slice(First(query), K);

    /// <summary>The neighbours of one query, nearest first, without the padding.</summary>
    /// <param name="query">The query's number, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is not the number of a query.</exception>
    public BinaryNeighbors Neighbors(int query) => new(DistancesOf(query), LabelsOf(query));

    private int First(int query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, QueryCount);
        return query * K;
    }
}
