namespace FaissSdk.Native;

/// <summary>Removes vectors that a search has found twice, because it visited their inverted list twice.</summary>
internal static class RepeatedNeighbors
{
    /// <summary>Returns whether a neighbor of a query occurs twice.</summary>
    public static bool Any(ReadOnlySpan<float> distances, ReadOnlySpan<long> ids)
    {
        for (var i = 1; i < ids.Length; i++)
        {
            if (ids[i] >= 0 && IsRepeated(distances, ids, i, distances[i], ids[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Removes repeated neighbors of a query, moves the others forward, and clears the ranks that become free.</summary>
    /// <param name="distances">The distances of the neighbors in their order (k).</param>
    /// <param name="ids">Their ids, −1 from the last one on (k).</param>
    /// <param name="none">The distance of an empty rank.</param>
    /// <param name="sharedIds">The ids that stand for several vectors, which are no repetitions.</param>
    /// <returns>The number of neighbors that are left; k if none is repeated.</returns>
    public static int Drop(Span<float> distances, Span<long> ids, float none, HashSet<long> sharedIds) => Drop(distances, ids, none, sharedIds, Span<byte>.Empty, width: 0);

    /// <summary>Does the same with what belongs to each neighbor, such as its code or its vector (k × width).</summary>
    public static int Drop<T>(Span<float> distances, Span<long> ids, float none, HashSet<long> sharedIds, Span<T> items, int width)
    {
        var kept = 0;
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] >= 0 && !sharedIds.Contains(ids[i]) && IsRepeated(distances, ids, kept, distances[i], ids[i]))
            {
                continue;
            }

            (distances[kept], ids[kept]) = (distances[i], ids[i]);
            items.Slice(i * width, width).CopyTo(items.Slice(kept * width, width));
            kept++;
        }

        distances[kept..].Fill(none);
        ids[kept..].Fill(-1);
        return kept;
    }

    /// <summary>Removes repeated neighbors from the result of a range search.</summary>
    public static RangeSearchResult Drop(RangeSearchResult result, Func<HashSet<long>> findSharedIds)
    {
        var (counts, ids, distances) = (new int[result.QueryCount], new List<long>(), new List<float>());
        var seen = new HashSet<(long, float)>();
        HashSet<long>? sharedIds = null;
        for (var query = 0; query < counts.Length; query++)
        {
            seen.Clear();
            foreach (var neighbor in result[query])
            {
                if (seen.Add((neighbor.Id, neighbor.Distance)) || (sharedIds ??= findSharedIds()).Contains(neighbor.Id))
                {
                    counts[query]++;
                    ids.Add(neighbor.Id);
                    distances.Add(neighbor.Distance);
                }
            }
        }

        return RangeSearchResult.Create(counts, [.. ids], [.. distances]);
    }

    // Neighbors are sorted, so those at the same distance stand directly before.
    private static bool IsRepeated(ReadOnlySpan<float> distances, ReadOnlySpan<long> ids, int kept, float distance, long id)
    {
        for (var i = kept - 1; i >= 0 && distances[i] == distance; i--)
        {
            if (ids[i] == id)
            {
                return true;
            }
        }

        return false;
    }
}
