using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Measures what share of the vectors that an exact search finds was found by another search.</summary>
/// <remarks>F(q, r) are the first r vectors found for a query q, T(q, k) its k nearest vectors by a <see cref="GroundTruth"/>.</remarks>
public static class Evaluation
{
    private const int MinQueries = 32;

    /// <summary>Computes the recall of a search for k neighbors, k-recall@k: Σ |F(q, k) ∩ T(q, k)| / Σ |T(q, k)|, over all queries q (FAISS: <c>IntersectionCriterion</c>).</summary>
    /// <param name="found">The result of the search, for k neighbors of each query.</param>
    /// <param name="truth">The exact neighbors, at least k of each query.</param>
    /// <returns>The recall, from 0 to 1.</returns>
    /// <exception cref="ArgumentException">The number of queries is not that of <paramref name="truth"/>, or k is greater than its <see cref="GroundTruth.K"/>.</exception>
    public static double Recall(SearchResult found, GroundTruth truth)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(truth);
        return found.K <= truth.K
            ? Recall(found, truth, found.K, found.K)
            : throw new ArgumentException($"found has {found.K} neighbors of each query, and truth only {truth.K}: compute the ground truth for as many.", nameof(truth));
    }

    /// <summary>Computes k-recall@r, how many of the k nearest vectors are among the first r found: Σ min(k, |F(q, r) ∩ T(q, k)|) / Σ min(k, |T(q, k)|), over all queries q.</summary>
    /// <remarks>With k = 1 it is the share of queries whose nearest vector is among the first r (FAISS: <c>OneRecallAtRCriterion</c>).</remarks>
    /// <param name="found">The result of the search, for at least r neighbors of each query.</param>
    /// <param name="truth">The exact neighbors.</param>
    /// <param name="k">The number of exact neighbors, from 1 to <see cref="GroundTruth.K"/>.</param>
    /// <param name="r">The number of neighbors found to consider, from 1 to <see cref="SearchResult.K"/>.</param>
    /// <returns>The recall, from 0 to 1.</returns>
    /// <exception cref="ArgumentException">The number of queries is not that of <paramref name="truth"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> or <paramref name="r"/> is less than 1 or greater than the number of neighbors there are.</exception>
    public static double Recall(SearchResult found, GroundTruth truth, int k, int r)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(truth);
        return found.QueryCount == truth.QueryCount
            ? Recall(found.Ids, truth, k, r)
            : throw new ArgumentException($"found has {found.QueryCount} queries, and truth has {truth.QueryCount}: compute the ground truth of the same queries.", nameof(found));
    }

    /// <summary>Computes k-recall@r of ids, as of a search into spans.</summary>
    /// <param name="ids">The ids found, row-major (n × m with m ≥ r); −1 for none.</param>
    /// <param name="truth">The exact neighbors of n queries.</param>
    /// <param name="k">The number of exact neighbors, from 1 to <see cref="GroundTruth.K"/>.</param>
    /// <param name="r">The number of neighbors found to consider, from 1 to m.</param>
    /// <returns>The recall, from 0 to 1; 1 if there is nothing to find.</returns>
    /// <exception cref="ArgumentException">The length of <paramref name="ids"/> is not a multiple of the number of queries.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> or <paramref name="r"/> is less than 1 or greater than the number of neighbors there are.</exception>
    public static double Recall(ReadOnlySpan<long> ids, GroundTruth truth, int k, int r)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, truth.K);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(r);
        var width = truth.QueryCount == 0 ? 0 : ids.Length / truth.QueryCount;
        VectorShape.CheckLength(ids.Length, (long)width * truth.QueryCount, nameof(ids));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(r, truth.QueryCount == 0 ? r : width);
        var (hits, expected) = (0L, 0L);
        var exact = new HashSet<long>();
        for (var i = 0; i < truth.QueryCount; i++)
        {
            Fill(exact, truth.GetNeighbors(i, k));
            var most = Math.Min(k, exact.Count);
            expected += most;
            hits += Math.Min(most, Count(ids.Slice(i * width, r), exact));
        }

        return Share(hits, expected);
    }

    /// <summary>Computes precision and recall of a range search: Σ |F(q) ∩ T(q)| / Σ |F(q)| and Σ |F(q) ∩ T(q)| / Σ |T(q)|, over all queries q.</summary>
    /// <param name="found">The vectors found, F.</param>
    /// <param name="exact">The vectors within the radius, T, as <see cref="ExactRangeSearch"/> finds them.</param>
    /// <returns>Precision and recall; 1 where the divisor is 0.</returns>
    /// <exception cref="ArgumentException">The numbers of queries differ.</exception>
    public static PrecisionRecall RangeQuality(RangeSearchResult found, RangeSearchResult exact)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(exact);
        if (found.QueryCount != exact.QueryCount)
        {
            throw new ArgumentException($"found has {found.QueryCount} queries, and exact has {exact.QueryCount}: search for the same queries.", nameof(found));
        }

        var hits = 0L;
        var expected = new HashSet<long>();
        for (var i = 0; i < exact.QueryCount; i++)
        {
            Fill(expected, exact[i].Ids);
            hits += Count(found[i].Ids, expected);
        }

        return new PrecisionRecall(Share(hits, found.TotalCount), Share(hits, exact.TotalCount));
    }

    /// <summary>Finds all vectors (m × d) within a radius of every query by comparing it with all of them, in blocks.</summary>
    /// <remarks>By L2 and by inner product the distances are sums over the components, as a <see cref="ManagedFlatIndex"/> computes them: they do not depend on the number of queries.</remarks>
    /// <param name="vectors">The vectors, row-major (m × d); their ids are their numbers from 0 on.</param>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="radius">The radius, in the unit of <paramref name="metric"/>: a squared distance for <see cref="MetricType.L2"/>.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="cancellationToken">The token that cancels the search.</param>
    /// <returns>The vectors found for each query.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, <paramref name="radius"/> is NaN, or negative where it is a distance, or <paramref name="metric"/> is not a metric or is <see cref="MetricType.Lp"/>.</exception>
    /// <exception cref="ArgumentException">A length is not a multiple of <paramref name="dimension"/>, or a component is not finite or too large for distances.</exception>
    /// <exception cref="FaissLibraryException">The native library, which compares by the other metrics, cannot be loaded.</exception>
    /// <exception cref="OperationCanceledException">The search was canceled.</exception>
    public static RangeSearchResult ExactRangeSearch(
        ReadOnlySpan<float> vectors, ReadOnlySpan<float> queries, int dimension, float radius, MetricType metric = MetricType.L2, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        var total = VectorShape.CountVectors(vectors, dimension, nameof(vectors));
        var count = VectorShape.CountVectors(queries, dimension, nameof(queries));
        var found = new List<Neighbor>[count];
        for (var i = 0; i < count; i++)
        {
            found[i] = [];
        }

        var rows = Math.Max(1, (1 << 24) / dimension);
        for (long first = 0; first < total || first == 0; first += rows)
        {
            var start = (int)first;
            var block = vectors.Slice(start * dimension, Math.Min(rows, total - start) * dimension);
            if (metric is MetricType.L2 or MetricType.InnerProduct && dimension <= FlatFile.MaxDimension)
            {
                AddDirectly(block, start, queries, dimension, radius, metric, found, cancellationToken);
                continue;
            }

            using var index = new IndexFlat(dimension, metric);
            index.Add(block);
            Add(index.RangeSearch(queries, radius, cancellationToken), start, found);
        }

        return RangeSearchResult.Create(
            [.. found.Select(row => row.Count)],
            [.. found.SelectMany(row => row, (_, neighbor) => neighbor.Id)],
            [.. found.SelectMany(row => row, (_, neighbor) => neighbor.Distance)]);
    }

    // FAISS computes squared distances of many queries as |x|² + |y|² − 2x·y, which loses the digits of vectors far from the origin.
    private static void AddDirectly(
        ReadOnlySpan<float> block, int start, ReadOnlySpan<float> queries, int dimension, float radius, MetricType metric, List<Neighbor>[] found, CancellationToken cancellationToken)
    {
        using var index = new ManagedFlatIndex(dimension, metric);
        VectorValues.CheckFinite(block, dimension, "vectors", first: start);
        VectorValues.CheckMagnitude(block, dimension, 1, "vectors", first: start);
        index.Add(block);
        if (queries.IsEmpty)
        {
            Add(index.RangeSearch(queries, radius), start, found);
        }

        var blocks = new CallBlocks(found.Length, MinQueries, cancellationToken);
        while (blocks.Next(out var first, out var length))
        {
            Add(index.RangeSearch(queries.Slice(first * dimension, length * dimension), radius), start, found.AsSpan(first, length));
        }
    }

    private static void Add(RangeSearchResult block, int start, Span<List<Neighbor>> found)
    {
        for (var i = 0; i < found.Length; i++)
        {
            foreach (var (id, distance) in block[i])
            {
                found[i].Add(new Neighbor(start + id, distance));
            }
        }
    }

    private static void Fill(HashSet<long> set, ReadOnlySpan<long> ids)
    {
        set.Clear();
        foreach (var id in ids)
        {
            set.Add(id);
        }
    }

    /// <summary>Counts the ids that are in a set, each once, and removes them from it.</summary>
    private static int Count(ReadOnlySpan<long> ids, HashSet<long> set)
    {
        var hits = 0;
        foreach (var id in ids)
        {
            hits += set.Remove(id) ? 1 : 0;
        }

        return hits;
    }

    private static double Share(long part, long whole) => whole == 0 ? 1 : (double)part / whole;
}
