namespace FaissSdk;

/// <content>The results of several indexes as one.</content>
public sealed partial class SearchResult
{
    /// <summary>Initializes a result from ids and distances, such as those that another process has found.</summary>
    /// <param name="k">The number of neighbors of each query, k, at least 1.</param>
    /// <param name="distances">The distances, row-major (n × k). They are copied.</param>
    /// <param name="ids">The ids, row-major (n × k); −1 where fewer than k were found. They are copied.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException">The number of ids is not a multiple of <paramref name="k"/>, or there are not as many distances as ids.</exception>
    public static SearchResult Create(int k, ReadOnlySpan<float> distances, ReadOnlySpan<long> ids)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        if (ids.Length % k != 0)
        {
            throw new ArgumentException($"ids has {ids.Length} elements, which is not a multiple of k = {k}; pass n × k of them.", nameof(ids));
        }

        VectorShape.CheckLength(distances.Length, ids.Length, nameof(distances));
        return new SearchResult(k, distances.ToArray(), ids.ToArray());
    }

    /// <summary>Merges the results of the same queries on several indexes: the k nearest of all, the lower id first among equal distances, an id that several results hold once, with its nearest distance.</summary>
    /// <remarks>The merged result does not depend on the order of the results. Distances that are NaN come last.</remarks>
    /// <param name="results">The results (n × any k), at least one.</param>
    /// <param name="metric">The metric of the indexes, which defines whether larger or smaller distances are nearer.</param>
    /// <param name="k">The number of neighbors of each query, k, at least 1. Where the results hold fewer, the remaining ids are −1.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">There is no result, one is null, they have different numbers of queries, or n × k is too large for an array.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative, or <paramref name="metric"/> is not defined.</exception>
    public static SearchResult Merge(IReadOnlyList<SearchResult> results, MetricType metric, int k)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        if (!Enum.IsDefined(metric))
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, $"metric is {(int)metric}, which is not a {nameof(MetricType)}; pass that of the indexes.");
        }

        if (results.Count == 0)
        {
            throw new ArgumentException("results is empty; pass the result of one index at least.", nameof(results));
        }

        for (var i = 0; i < results.Count; i++)
        {
            if (results[i] is not { } result)
            {
                throw new ArgumentException($"results[{i}] is null; leave out the results of indexes that were not searched.", nameof(results));
            }

            if (result.QueryCount != results[0].QueryCount)
            {
                throw new ArgumentException($"results[{i}] has {result.QueryCount} queries, but results[0] has {results[0].QueryCount}; merge results of the same queries.", nameof(results));
            }
        }

        return new TopMerge(results, metric.IsSimilarity(), k).Merge();
    }
}
