using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Collects neighbours of queries one by one into a <see cref="RangeSearchResult"/> (FAISS: <c>RangeSearchPartialResult</c>).</summary>
/// <remarks>It must not be used by two threads at a time.</remarks>
public sealed unsafe class RangeSearchResultBuilder : IDisposable
{
    private readonly RangeSearchResultHandle _result;
    private readonly FreeHandle<FaissBufferList> _partial;
    private readonly bool[] _begun;
    private FaissRangeQueryResult* _current;
    private bool _built;

    /// <summary>Makes a builder without neighbours.</summary>
    /// <param name="queries">The number of queries, n.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="queries"/> is negative.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.2, whose function for it crashes.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public RangeSearchResultBuilder(int queries)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(queries);
        KnownDefects.PartialRangeResult.ThrowIfPresent("Building a range result neighbour by neighbour");
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

        // The C API frees no partial result, but what it is derived from.
        _partial = new FreeHandle<FaissBufferList>((FaissBufferList*)partial, &FaissNative.faiss_BufferList_free);
    }

    /// <summary>The query that neighbours are added to, and how many it has; (−1, 0) before the first.</summary>
    /// <exception cref="ObjectDisposedException">The builder is disposed.</exception>
    public (int Query, long Count) Current
    {
        get
        {
            using var partial = _partial.Acquire(this);
            return _current == null ? (-1, 0) : ((int)FaissNative.faiss_RangeQueryResult_qno(_current), (long)FaissNative.faiss_RangeQueryResult_nres(_current));
        }
    }

    /// <summary>Goes on to a query, each of which may be begun once.</summary>
    /// <param name="query">The query's number, from 0 to n − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="query"/> is not the number of a query.</exception>
    /// <exception cref="InvalidOperationException">The query was begun before, or the result is built.</exception>
    /// <exception cref="ObjectDisposedException">The builder is disposed.</exception>
    public void Begin(int query)
    {
        using var partial = _partial.Acquire(this);
        ArgumentOutOfRangeException.ThrowIfNegative(query);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(query, _begun.Length);
        CheckNotBuilt();
        if (_begun[query])
        {
            throw new InvalidOperationException($"Query {query} was begun before.");
        }

        FaissRangeQueryResult* next = null;
        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchPartialResult_new_result((FaissRangeSearchPartialResult*)partial.Pointer, query, &next));
        _current = next;
        _begun[query] = true;
    }

    /// <summary>Adds a neighbour of the query that was begun last.</summary>
    /// <param name="label">Its label.</param>
    /// <param name="distance">Its distance.</param>
    /// <exception cref="InvalidOperationException">No query was begun, or the result is built.</exception>
    /// <exception cref="ObjectDisposedException">The builder is disposed.</exception>
    public void Add(long label, float distance)
    {
        using var partial = _partial.Acquire(this);
        CheckNotBuilt();
        if (_current == null)
        {
            throw new InvalidOperationException($"No query was begun: call {nameof(Begin)} first.");
        }

        Status.ThrowIfFailed(FaissNative.faiss_RangeQueryResult_add(_current, distance, label));
    }

    /// <summary>Puts the neighbours together; the builder is used up then.</summary>
    /// <returns>The result, which lives on when the builder is disposed.</returns>
    /// <exception cref="InvalidOperationException">The result is built.</exception>
    /// <exception cref="FaissException">Memory ran out.</exception>
    /// <exception cref="ObjectDisposedException">The builder is disposed.</exception>
    public RangeSearchResult Build()
    {
        using var partial = _partial.Acquire(this);
        CheckNotBuilt();
        _built = true;
        var native = (FaissRangeSearchPartialResult*)partial.Pointer;
        if (_current != null && FaissNative.faiss_RangeQueryResult_pres(_current) != native)
        {
            throw new InvalidOperationException("The last query belongs to another result.");
        }

        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchPartialResult_set_lims(native));
        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchPartialResult_finalize(native));
        return new RangeSearchResult(_result, FaissNative.faiss_RangeSearchPartialResult_res(native));
    }

    /// <summary>Frees what was collected.</summary>
    public void Dispose()
    {
        _partial.Dispose();
        if (!_built)
        {
            _result.Dispose();
        }
    }

    private void CheckNotBuilt()
    {
        if (_built)
        {
            throw new InvalidOperationException("The result is built.");
        }
    }
}
