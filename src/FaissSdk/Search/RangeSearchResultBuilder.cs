using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Collects the neighbors of queries one by one into a <see cref="RangeSearchResult"/> (FAISS: <c>RangeSearchPartialResult</c>).</summary>
/// <remarks>An instance must not be used by two threads at the same time.</remarks>
public sealed unsafe class RangeSearchResultBuilder : IDisposable
{
    private readonly RangeSearchResultHandle _result;
    private readonly FreeHandle<FaissBufferList> _partial;
    private readonly bool[] _begun;
    private FaissRangeQueryResult* _current;
    private bool _built;

    /// <summary>Initializes a builder without neighbors.</summary>
    /// <param name="queries">The number of queries, n.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="queries"/> is negative, or too large for the memory of the machine.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.2, in which this crashes.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public RangeSearchResultBuilder(int queries)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(queries);
        KnownDefects.PartialRangeResult.ThrowIfPresent("Building a range result neighbor by neighbor");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(queries, Array.MaxLength);
        MemoryLimit.Check(queries, sizeof(long) + sizeof(bool), $"There would be {queries} queries", nameof(queries));
        _begun = new bool[queries];
        FaissRangeSearchResult* result = null;
        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchResult_new(&result, queries));
        _result = new RangeSearchResultHandle(result, &FaissNative.faiss_RangeSearchResult_free);
        FaissRangeSearchPartialResult* partial = null;
        var code = FaissNative.faiss_RangeSearchPartialResult_new(&partial, result);
        if (code != 0)
        {
            _result.Dispose();
        }

        Status.ThrowIfFailed(code);

        // The C API has no function that frees a partial result, only one for its base class.
        _partial = new FreeHandle<FaissBufferList>((FaissBufferList*)partial, &FaissNative.faiss_BufferList_free);
    }

    /// <summary>Gets the query to which neighbors are added, and the number of its neighbors; (−1, 0) before the first query.</summary>
    /// <exception cref="ObjectDisposedException">The builder is disposed.</exception>
    public (int Query, long Count) Current
    {
        get
        {
            using var partial = _partial.Acquire(this);
            return _current == null ? (-1, 0) : ((int)FaissNative.faiss_RangeQueryResult_qno(_current), (long)FaissNative.faiss_RangeQueryResult_nres(_current));
        }
    }

    /// <summary>Begins a query. Each query may begin once.</summary>
    /// <param name="query">The number of the query, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is negative, or not less than n.</exception>
    /// <exception cref="InvalidOperationException">The query has begun before, or the result is built.</exception>
    /// <exception cref="ObjectDisposedException">The builder is disposed.</exception>
    public void Begin(int query)
    {
        using var partial = _partial.AcquireToChange(this);
        ArgumentOutOfRangeException.ThrowIfNegative(query);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, _begun.Length);
        CheckNotBuilt();
        if (_begun[query])
        {
            throw new InvalidOperationException($"Query {query} has begun before. Add all its neighbors before the next query begins.");
        }

        FaissRangeQueryResult* next = null;
        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchPartialResult_new_result((FaissRangeSearchPartialResult*)partial.Pointer, query, &next));
        _current = next;
        _begun[query] = true;
    }

    /// <summary>Adds a neighbor of the query that began last.</summary>
    /// <param name="id">The id of the neighbor.</param>
    /// <param name="distance">The distance of the neighbor.</param>
    /// <exception cref="InvalidOperationException">No query has begun, or the result is built.</exception>
    /// <exception cref="ObjectDisposedException">The builder is disposed.</exception>
    public void Add(long id, float distance)
    {
        using var partial = _partial.AcquireToChange(this);
        CheckNotBuilt();
        if (_current == null)
        {
            throw new InvalidOperationException($"No query has begun: call {nameof(Begin)} first.");
        }

        Status.ThrowIfFailed(FaissNative.faiss_RangeQueryResult_add(_current, distance, id));
    }

    /// <summary>Builds the result. The builder accepts no neighbors afterwards.</summary>
    /// <returns>The result.</returns>
    /// <exception cref="InvalidOperationException">The result is built.</exception>
    /// <exception cref="FaissException">FAISS is out of memory.</exception>
    /// <exception cref="ObjectDisposedException">The builder is disposed.</exception>
    public RangeSearchResult Build()
    {
        using var partial = _partial.AcquireToChange(this);
        CheckNotBuilt();
        _built = true;
        var native = (FaissRangeSearchPartialResult*)partial.Pointer;
        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchPartialResult_set_lims(native));
        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchPartialResult_finalize(native));
        using var result = _result.AcquireToChange(this);
        return new RangeResult(FaissNative.faiss_RangeSearchPartialResult_res(native)).ToResult();
    }

    /// <summary>Frees the native memory.</summary>
    public void Dispose()
    {
        _partial.Dispose();
        _result.Dispose();
    }

    private void CheckNotBuilt()
    {
        if (_built)
        {
            throw new InvalidOperationException("The result is built already. Collect further neighbors with a new builder.");
        }
    }
}
