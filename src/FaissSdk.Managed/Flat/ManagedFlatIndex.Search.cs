using System.Buffers;

namespace FaissSdk;

/// <content>Searching.</content>
public sealed partial class ManagedFlatIndex
{
    /// <inheritdoc/>
    public SearchResult Search(ReadOnlySpan<float> queries, int k, IdFilter? filter = null)
    {
        var size = VectorShape.ResultLength(queries, Dimension, k, nameof(queries));
        var (distances, ids) = (new float[size], new long[size]);
        Search(queries, k, distances, ids, filter);
        return new SearchResult(k, distances, ids);
    }

    /// <inheritdoc/>
    /// <remarks>A search on one thread allocates nothing once another one of the same size has finished.</remarks>
    public void Search(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, IdFilter? filter = null)
    {
        FlatChecks.Search(queries, Dimension, Normalizes, k, distances, ids);
        _guard.BeginRead(nameof(Search));
        try
        {
            var search = Interlocked.Exchange(ref _spare, null) ?? new FlatSearch(_store, Metric == MetricType.InnerProduct);
            if (Normalizes)
            {
                var rented = ArrayPool<float>.Shared.Rent(queries.Length);
                var normalized = rented.AsSpan(0, queries.Length);
                VectorMath.Scale(queries, Dimension, normalized);
                search.Nearest(normalized, k, _ids, filter, Threads, distances, ids);
                ArrayPool<float>.Shared.Return(rented);
            }
            else
            {
                search.Nearest(queries, k, _ids, filter, Threads, distances, ids);
            }

            _spare = search;
        }
        finally
        {
            _guard.EndRead();
        }
    }

    /// <inheritdoc/>
    public RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius, IdFilter? filter = null)
    {
        FlatChecks.RangeSearch(queries, Dimension, Normalizes, Metric, radius);
        _guard.BeginRead(nameof(RangeSearch));
        try
        {
            var search = Interlocked.Exchange(ref _spare, null) ?? new FlatSearch(_store, Metric == MetricType.InnerProduct);
            var result = search.Within(Normalizes ? VectorMath.Normalized(queries, Dimension) : queries, radius, _ids, filter, Threads);
            _spare = search;
            return result;
        }
        finally
        {
            _guard.EndRead();
        }
    }

    private int Threads => MaxDegreeOfParallelism > 0 ? MaxDegreeOfParallelism : Environment.ProcessorCount;
}
