namespace FaissSdk;

/// <summary>Merges the nearest neighbors of several indexes by distance, then by id.</summary>
/// <param name="results">The results of the same queries.</param>
/// <param name="isSimilarity">Whether larger distances are nearer.</param>
/// <param name="k">The number of neighbors to keep.</param>
internal sealed class TopMerge(IReadOnlyList<SearchResult> results, bool isSimilarity, int k)
{
    private readonly (float Distance, long Id)[][] _rows = [.. results.Select(result => new (float, long)[result.K])];
    private readonly int[] _counts = new int[results.Count];
    private readonly int[] _next = new int[results.Count];
    private readonly int[] _heap = new int[results.Count];
    private readonly HashSet<long> _seen = [];
    private readonly Comparison<(float Distance, long Id)> _compare = isSimilarity ? CompareSimilarities : CompareDistances;

    public SearchResult Merge()
    {
        var queries = results[0].QueryCount;
        var size = VectorShape.ArrayLength(queries, k, nameof(k));
        var (distances, ids) = (new float[size], new long[size]);
        for (var query = 0; query < queries; query++)
        {
            for (var i = 0; i < _rows.Length; i++)
            {
                Read(i, query);
            }

            var found = Take(distances.AsSpan(query * k, k), ids.AsSpan(query * k, k));
            distances.AsSpan((query * k) + found, k - found).Fill(isSimilarity ? float.MinValue : float.MaxValue);
            ids.AsSpan((query * k) + found, k - found).Fill(-1);
        }

        return new SearchResult(k, distances, ids);
    }

    /// <summary>Reads one row without padding, and sorts it unless it is sorted already: FAISS's order of equal distances is that of its heap.</summary>
    private void Read(int result, int query)
    {
        var (row, width) = (_rows[result], _rows[result].Length);
        var ids = results[result].Ids.Slice(query * width, width);
        var distances = results[result].Distances.Slice(query * width, width);
        var (count, isSorted) = (0, true);
        for (var i = 0; i < width; i++)
        {
            if (ids[i] == -1)
            {
                continue;
            }

            row[count] = (distances[i], ids[i]);
            isSorted = isSorted && (count == 0 || _compare(row[count - 1], row[count]) <= 0);
            count++;
        }

        if (!isSorted)
        {
            row.AsSpan(0, count).Sort(_compare);
        }

        (_counts[result], _next[result]) = (count, 0);
    }

    private int Take(Span<float> distances, Span<long> ids)
    {
        _seen.Clear();
        var (found, size) = (0, 0);
        for (var i = 0; i < _rows.Length; i++)
        {
            if (_counts[i] > 0)
            {
                _heap[size++] = i;
            }
        }

        for (var i = (size / 2) - 1; i >= 0; i--)
        {
            SiftDown(i, size);
        }

        while (found < k && size > 0)
        {
            var best = _heap[0];
            var (distance, id) = _rows[best][_next[best]++];
            if (_next[best] == _counts[best])
            {
                _heap[0] = _heap[--size];
            }

            SiftDown(0, size);
            if (_seen.Add(id))
            {
                (distances[found], ids[found]) = (distance, id);
                found++;
            }
        }

        return found;
    }

    /// <summary>Restores the order of the rows by their next neighbors, the nearest first, below a place of the heap.</summary>
    private void SiftDown(int place, int size)
    {
        while (true)
        {
            var (nearest, child) = (place, (2 * place) + 1);
            for (var i = child; i < Math.Min(child + 2, size); i++)
            {
                nearest = _compare(Next(i), Next(nearest)) < 0 ? i : nearest;
            }

            if (nearest == place)
            {
                return;
            }

            (_heap[place], _heap[nearest]) = (_heap[nearest], _heap[place]);
            place = nearest;
        }
    }

    private (float Distance, long Id) Next(int place) => _rows[_heap[place]][_next[_heap[place]]];

    private static int CompareDistances((float Distance, long Id) left, (float Distance, long Id) right) =>
        left.Distance < right.Distance ? -1 : left.Distance > right.Distance ? 1 : CompareRest(left, right);

    private static int CompareSimilarities((float Distance, long Id) left, (float Distance, long Id) right) =>
        left.Distance > right.Distance ? -1 : left.Distance < right.Distance ? 1 : CompareRest(left, right);

    private static int CompareRest((float Distance, long Id) left, (float Distance, long Id) right)
    {
        var order = float.IsNaN(left.Distance).CompareTo(float.IsNaN(right.Distance));
        return order != 0 ? order : left.Id.CompareTo(right.Id);
    }
}
