using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>All vectors within a radius of n queries, in native memory: dispose it.</summary>
/// <remarks>Spans show that memory without a copy, and must not be used once the result is disposed.</remarks>
public sealed unsafe class RangeSearchResult : IDisposable
{
    private readonly RangeSearchResultHandle _handle;

    internal RangeSearchResult(RangeSearchResultHandle handle, FaissRangeSearchResult* result)
    {
        _handle = handle;
        QueryCount = (int)FaissNative.faiss_RangeSearchResult_nq(result);
    }

    internal RangeSearchResult(int queries)
    {
        FaissRangeSearchResult* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchResult_new(&created, queries));
        _handle = new RangeSearchResultHandle(created, &FaissNative.faiss_RangeSearchResult_free);
        QueryCount = queries;
    }

    /// <summary>The number of queries, n.</summary>
    public int QueryCount { get; }

    /// <summary>The number of vectors found for all queries.</summary>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public long TotalCount
    {
        get
        {
            using var result = _handle.Acquire(this);
            return (long)Limits(result.Pointer)[QueryCount];
        }
    }

    /// <summary>How many neighbours FAISS has collected at a time.</summary>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public long BufferSize
    {
        get
        {
            using var result = _handle.Acquire(this);
            return (long)FaissNative.faiss_RangeSearchResult_buffer_size(result.Pointer);
        }
    }

    /// <summary>Makes a result of what was found by other means, such as several searches.</summary>
    /// <param name="counts">How many vectors were found for each query (n).</param>
    /// <param name="labels">Their labels, one query after the other.</param>
    /// <param name="distances">Their distances.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public static RangeSearchResult Create(ReadOnlySpan<int> counts, ReadOnlySpan<long> labels, ReadOnlySpan<float> distances)
    {
        var total = 0L;
        foreach (var count in counts)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(counts));
            total += count;
        }

        VectorShape.CheckLength(labels.Length, total, nameof(labels));
        VectorShape.CheckLength(distances.Length, total, nameof(distances));
        FaissRangeSearchResult* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchResult_new_with(&created, counts.Length, 1));
        var result = new RangeSearchResult(new RangeSearchResultHandle(created, &FaissNative.faiss_RangeSearchResult_free), created);

        // Before memory is allocated limits are counts.
        var limits = Limits(created);
        for (var i = 0; i < counts.Length; i++)
        {
            limits[i] = (nuint)counts[i];
        }

        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchResult_do_allocation(created));
        if (total > 0)
        {
            labels.CopyTo(new Span<long>(Found(created).Labels, labels.Length));
            distances.CopyTo(new Span<float>(Found(created).Distances, distances.Length));
        }

        return result;
    }

    /// <summary>The labels of the vectors found for one query, in no particular order.</summary>
    /// <param name="query">The query's number, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is not the number of a query.</exception>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public ReadOnlySpan<long> Labels(int query)
    {
        using var result = _handle.Acquire(this);
        var (first, count) = Rows(result.Pointer, query);
        return count == 0 ? [] : new ReadOnlySpan<long>(Found(result.Pointer).Labels + first, count);
    }

    /// <summary>Their distances, squared for <see cref="MetricType.L2"/>, or inner products.</summary>
    /// <param name="query">The query's number, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is not the number of a query.</exception>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public ReadOnlySpan<float> Distances(int query)
    {
        using var result = _handle.Acquire(this);
        var (first, count) = Rows(result.Pointer, query);
        return count == 0 ? [] : new ReadOnlySpan<float>(Found(result.Pointer).Distances + first, count);
    }

    /// <summary>The neighbours of one query, in no particular order, as a copy.</summary>
    /// <param name="query">The query's number, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is not the number of a query.</exception>
    /// <exception cref="ObjectDisposedException">The result is disposed.</exception>
    public Neighbor[] CopyNeighbors(int query)
    {
        var labels = Labels(query);
        var distances = Distances(query);
        var neighbors = new Neighbor[labels.Length];
        for (var i = 0; i < neighbors.Length; i++)
        {
            neighbors[i] = new Neighbor(labels[i], distances[i]);
        }

        GC.KeepAlive(this);
        return neighbors;
    }

    /// <summary>Frees the native memory.</summary>
    public void Dispose() => _handle.Dispose();

    internal void Fill(Interop.FaissIndex* index, ReadOnlySpan<float> queries, float radius)
    {
        using var result = _handle.Acquire(this);
        fixed (float* x = queries)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_range_search(index, QueryCount, x, radius, result.Pointer));
        }
    }

    private static nuint* Limits(FaissRangeSearchResult* result)
    {
        nuint* limits;
        FaissNative.faiss_RangeSearchResult_lims(result, &limits);
        return limits;
    }

    private static FoundVectors Found(FaissRangeSearchResult* result)
    {
        long* labels;
        float* distances;
        FaissNative.faiss_RangeSearchResult_labels(result, &labels, &distances);
        return new FoundVectors { Labels = labels, Distances = distances };
    }

    private (nuint First, int Count) Rows(FaissRangeSearchResult* result, int query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, QueryCount);

        // A span of what a finalizer could free would outlive its memory; what is not disposed from here on is kept instead.
        _handle.LeaveToOwner();
        var limits = Limits(result);
        return (limits[query], checked((int)(limits[query + 1] - limits[query])));
    }

    private ref struct FoundVectors
    {
        public long* Labels;
        public float* Distances;
    }
}
