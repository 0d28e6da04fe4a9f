using System.Collections;

namespace FaissSdk;

/// <summary>Represents all vectors within a radius of n queries.</summary>
public sealed class RangeSearchResult : IReadOnlyList<SearchResultRow>
{
    private readonly int[] _limits;
    private readonly float[] _distances;
    private readonly long[] _ids;

    /// <param name="limits">The number of vectors found for all queries before each one, and for all (n + 1).</param>
    /// <param name="distances">The distances, one query after the other.</param>
    /// <param name="ids">The ids, one query after the other.</param>
    /// <param name="bufferSize">The number of neighbors that FAISS collected at a time.</param>
    internal RangeSearchResult(int[] limits, float[] distances, long[] ids, long bufferSize)
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

    /// <summary>Gets the distances: squared for <see cref="MetricType.L2"/>, inner products for <see cref="MetricType.InnerProduct"/>, one query after the other.</summary>
    public ReadOnlySpan<float> Distances => _distances;

    int IReadOnlyCollection<SearchResultRow>.Count => QueryCount;

    /// <summary>Gets the vectors found for one query, in no particular order.</summary>
    /// <param name="query">The number of the query, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is negative, or not less than <see cref="QueryCount"/>.</exception>
    public SearchResultRow this[int query]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(query);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, QueryCount);
            return new SearchResultRow(_ids, _distances, _limits[query], _limits[query + 1] - _limits[query]);
        }
    }

    /// <summary>Creates a result from vectors found by other means, such as several searches.</summary>
    /// <param name="counts">The number of vectors found for each query (n).</param>
    /// <param name="ids">The ids of the vectors, one query after the other.</param>
    /// <param name="distances">The distances of the vectors, one query after the other.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="ids"/> or <paramref name="distances"/> is not the sum of <paramref name="counts"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">One of <paramref name="counts"/> is negative.</exception>
    public static RangeSearchResult Create(ReadOnlySpan<int> counts, ReadOnlySpan<long> ids, ReadOnlySpan<float> distances)
    {
        var limits = new int[counts.Length + 1];
        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(counts[i], nameof(counts));
            total += counts[i];
            limits[i + 1] = (int)Math.Min(total, int.MaxValue);
        }

        VectorShape.CheckLength(ids.Length, total, nameof(ids));
        VectorShape.CheckLength(distances.Length, total, nameof(distances));
        return new RangeSearchResult(limits, distances.ToArray(), ids.ToArray(), 0);
    }

    /// <summary>Returns an enumerator over the vectors found for each query.</summary>
    public IEnumerator<SearchResultRow> GetEnumerator()
    {
        for (var query = 0; query < QueryCount; query++)
        {
            yield return this[query];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
