using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Represents the exact neighbors of queries, against which the results of an index are measured (<see cref="Evaluation"/>).</summary>
/// <remarks>
/// Vectors that are as far from a query as its k-th neighbor are neighbors too, however many there are, so that no search is
/// blamed for finding one of them instead of another.
/// </remarks>
public sealed class GroundTruth
{
    // The unit roundoff of single precision.
    private const double Roundoff = 1.0 / (1 << 24);

    private const int BlockComponents = 1 << 24;
    private const int Margin = 16;

    private readonly long[][] _ids;
    private readonly double[][]? _distances;

    private GroundTruth(int k, long[][] ids, double[][]? distances) => (K, _ids, _distances) = (k, ids, distances);

    /// <summary>Gets the number of neighbors requested for each query, k.</summary>
    public int K { get; }

    /// <summary>Gets the number of queries, n.</summary>
    public int QueryCount => _ids.Length;

    /// <summary>Finds the k nearest vectors of every query by comparing it with all vectors (m × d), and all that are as near as the k-th.</summary>
    /// <remarks>A flat index finds the candidates, in blocks of vectors; by L2 and by inner product their distances are then computed in double precision.</remarks>
    /// <param name="vectors">The vectors, row-major (m × d); their ids are their numbers from 0 on.</param>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="cancellationToken">The token that cancels the search.</param>
    /// <returns>The neighbors; fewer than k for each query if there are fewer vectors.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> or <paramref name="k"/> is 0 or negative, or <paramref name="metric"/> is not a metric or is <see cref="MetricType.Lp"/>.</exception>
    /// <exception cref="ArgumentException">A length is not a multiple of <paramref name="dimension"/>, or a component is not finite.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="OperationCanceledException">The search was canceled.</exception>
    public static GroundTruth Compute(
        ReadOnlySpan<float> vectors, ReadOnlySpan<float> queries, int dimension, int k, MetricType metric = MetricType.L2, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        var total = VectorShape.CountVectors(vectors, dimension, nameof(vectors));
        var count = VectorShape.CountVectors(queries, dimension, nameof(queries));
        VectorValues.CheckFinite(vectors, dimension, nameof(vectors));
        VectorValues.CheckFinite(queries, dimension, nameof(queries));
        var nearest = new NearestVectors[count];
        for (var i = 0; i < count; i++)
        {
            nearest[i] = new NearestVectors(k);
        }

        var rows = Math.Max(1, BlockComponents / dimension);
        for (long first = 0; first < total || first == 0; first += rows)
        {
            // A block without vectors checks the metric.
            var start = (int)first;
            using var index = new IndexFlat(dimension, metric);
            var block = vectors.Slice(start * dimension, Math.Min(rows, total - start) * dimension);
            index.Add(block);
            if (count > 0 && !block.IsEmpty)
            {
                AddBlock(index, block, start, queries, nearest, k, cancellationToken);
            }
        }

        return new GroundTruth(k, Array.ConvertAll(nearest, each => each.Ids), Array.ConvertAll(nearest, each => each.Distances));
    }

    /// <summary>Creates a ground truth of ids that were found by other means, such as those of a published data set. Which vectors are equally far is not known then.</summary>
    /// <param name="ids">The ids of the neighbors of every query, nearest first, row-major (n × k); a row ends at an id of −1.</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <returns>The neighbors.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException">The length of <paramref name="ids"/> is not a multiple of <paramref name="k"/>.</exception>
    public static GroundTruth Create(ReadOnlySpan<long> ids, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        var rows = new long[VectorShape.CountVectors(ids, k, nameof(ids))][];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = ids.Slice(i * k, k);
            rows[i] = row[..(row.IndexOf(-1) is >= 0 and var end ? end : k)].ToArray();
        }

        return new GroundTruth(k, rows, null);
    }

    /// <summary>Returns the same neighbors by other ids.</summary>
    /// <param name="ids">The id of each vector, by its number.</param>
    internal GroundTruth Renamed(long[] ids) => new(K, Array.ConvertAll(_ids, row => Array.ConvertAll(row, number => ids[number])), _distances);

    /// <summary>Gets the ids of the vectors that are at most as far from a query as its k-th nearest vector, nearest first: k of them, more with equal distances, or all if there are fewer than k.</summary>
    /// <param name="query">The number of the query, from 0 to n − 1.</param>
    /// <param name="k">The number of neighbors, from 1 to <see cref="K"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is negative, or not less than <see cref="QueryCount"/>, or <paramref name="k"/> is less than 1 or greater than <see cref="K"/>.</exception>
    public ReadOnlySpan<long> GetNeighbors(int query, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, QueryCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, K);
        var ids = _ids[query];
        if (ids.Length <= k)
        {
            return ids;
        }

        var end = k;
        while (_distances is not null && end < ids.Length && _distances[query][end] <= _distances[query][k - 1])
        {
            end++;
        }

        return ids.AsSpan(0, end);
    }

    private static void AddBlock(IndexFlat index, ReadOnlySpan<float> block, int first, ReadOnlySpan<float> queries, NearestVectors[] nearest, int k, CancellationToken cancellationToken)
    {
        var (dimension, held) = (index.Dimension, (int)index.Count);
        var error = index.Metric is MetricType.L2 or MetricType.InnerProduct ? 2 * (dimension + 4) * Roundoff : 0;
        var longest = error > 0 ? LongestSquared(block, dimension) : 0;
        var wanted = (int)Math.Min(held, (long)k + Margin);
        var found = index.Search(queries, wanted, null, cancellationToken);
        for (var i = 0; i < nearest.Length; i++)
        {
            var query = queries.Slice(i * dimension, dimension);
            var row = found[i];
            Add(row, block, query, first, index.Metric, nearest[i]);

            // Vectors beyond the last candidate can be as near as the k-th, within the rounding of FAISS.
            var last = Key(index.Metric, found.Distances[(i * wanted) + wanted - 1]);
            if (wanted < held && last - (error * (longest + TensorPrimitives.SumOfSquares(query))) <= nearest[i].Farthest)
            {
                Add(index.Search(query, held, null, cancellationToken)[0], block, query, first, index.Metric, nearest[i], row.Count);
            }
        }
    }

    private static void Add(SearchResultRow row, ReadOnlySpan<float> block, ReadOnlySpan<float> query, int first, MetricType metric, NearestVectors nearest, int known = 0)
    {
        if (known > 0)
        {
            nearest.RemoveFrom(first);
        }

        foreach (var (id, distance) in row)
        {
            nearest.Add(first + id, Distance(metric, query, block.Slice((int)id * query.Length, query.Length), distance));
        }

        nearest.Trim();
    }

    /// <summary>Returns a number that is less for a nearer vector.</summary>
    private static double Distance(MetricType metric, ReadOnlySpan<float> query, ReadOnlySpan<float> vector, float distance)
    {
        if (metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            return Key(metric, distance);
        }

        var sum = 0.0;
        for (var i = 0; i < query.Length; i++)
        {
            double x = query[i], y = vector[i];
            sum += metric == MetricType.L2 ? (x - y) * (x - y) : x * y;
        }

        return Key(metric, sum);
    }

    private static double Key(MetricType metric, double distance) => metric.IsSimilarity() ? -distance : distance;

    private static double LongestSquared(ReadOnlySpan<float> vectors, int dimension)
    {
        var longest = 0.0;
        for (var i = 0; i < vectors.Length; i += dimension)
        {
            longest = Math.Max(longest, TensorPrimitives.SumOfSquares(vectors.Slice(i, dimension)));
        }

        return longest;
    }
}
