namespace FaissSdk;

/// <summary>Searches whose queries are vectors that the index holds.</summary>
internal static class StoredQueries
{
    /// <summary>Copies the k neighbors of each query from k + 1 that were found, without the query itself.</summary>
    /// <param name="queries">The ids of the queries (n).</param>
    /// <param name="k">The number of neighbors, k.</param>
    /// <param name="foundIds">The ids found (n × (k + 1)).</param>
    /// <param name="foundDistances">Their distances.</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <param name="distances">Receives the distances (n × k).</param>
    public static void LeaveOut<TDistance>(
        ReadOnlySpan<long> queries, int k, ReadOnlySpan<long> foundIds, ReadOnlySpan<TDistance> foundDistances, Span<long> ids, Span<TDistance> distances)
    {
        for (var i = 0; i < queries.Length; i++)
        {
            // If a search does not find the query itself (by inner product, or among many equal vectors), the last neighbor is dropped instead.
            var row = foundIds.Slice(i * (k + 1), k + 1);
            var itself = row.IndexOf(queries[i]);
            for (var (from, to) = (0, i * k); to < (i + 1) * k; from++)
            {
                if (from != itself)
                {
                    (ids[to], distances[to]) = (row[from], foundDistances[(i * (k + 1)) + from]);
                    to++;
                }
            }
        }
    }
}
