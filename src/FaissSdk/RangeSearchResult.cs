using FaissSdk.Interop;

namespace FaissSdk;

/// <summary>All vectors within a radius of n queries.</summary>
public sealed class RangeSearchResult
{
    private readonly int[] _limits;
    private readonly float[] _distances;
    private readonly long[] _labels;

    internal RangeSearchResult(int[] limits, float[] distances, long[] labels)
    {
        _limits = limits;
        _distances = distances;
        _labels = labels;
    }

    /// <summary>The number of queries, n.</summary>
    public int QueryCount => _limits.Length - 1;

    /// <summary>The number of vectors found for all queries.</summary>
    public int TotalCount => _labels.Length;

    /// <summary>The labels of the vectors found for one query, in no particular order.</summary>
    /// <param name="query">The query's number, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is not the number of a query.</exception>
    public ReadOnlySpan<long> Labels(int query) => _labels.AsSpan(Rows(query));

    /// <summary>Their distances, squared for <see cref="MetricType.L2"/>, or inner products.</summary>
    /// <param name="query">The query's number, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is not the number of a query.</exception>
    public ReadOnlySpan<float> Distances(int query) => _distances.AsSpan(Rows(query));

    internal static unsafe RangeSearchResult Copy(FaissRangeSearchResult* result, int queries)
    {
        nuint* lims;
        long* labels;
        float* distances;
        FaissNative.faiss_RangeSearchResult_lims(result, &lims);
        FaissNative.faiss_RangeSearchResult_labels(result, &labels, &distances);
        if (lims[queries] > (nuint)Array.MaxLength)
        {
            throw new FaissException($"The range search found {lims[queries]} vectors, more than an array holds; search with fewer queries at a time.");
        }

        var limits = new int[queries + 1];
        for (var i = 0; i < limits.Length; i++)
        {
            limits[i] = (int)lims[i];
        }

        var found = limits[^1];
        return new RangeSearchResult(limits, new ReadOnlySpan<float>(distances, found).ToArray(), new ReadOnlySpan<long>(labels, found).ToArray());
    }

    private Range Rows(int query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, QueryCount);
        return _limits[query].._limits[query + 1];
    }
}
