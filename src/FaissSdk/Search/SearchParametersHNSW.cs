using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents search parameters of HNSW graphs (FAISS: <c>SearchParametersHNSW</c>).</summary>
public sealed unsafe class SearchParametersHNSW : SearchParameters
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_SearchParametersHNSW_new), "Searching with search parameters of graphs");

    private int? _efSearch;
    private bool _checkRelativeDistance = true;
    private bool _boundedQueue = true;

    /// <summary>Initializes parameters for a search of an HNSW graph.</summary>
    /// <param name="selector">The ids to search among, or <see langword="null"/> for all; the parameters keep it alive.</param>
    /// <param name="efSearch">The number of candidates that a search keeps, at best k or more, from 1 to 2²⁴, or <see langword="null"/> for that of the index.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="efSearch"/> is less than 1, or greater than 2²⁴.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.0, and is not from a FaissSdk package.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="selector"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public SearchParametersHNSW(IDSelector? selector = null, int? efSearch = null)
        : base(Checked(selector, efSearch), NewFunction) => _efSearch = efSearch;

    /// <summary>Gets or sets the number of candidates that a search keeps, from 1 to 2²⁴, or <see langword="null"/> for that of the index that is searched (FAISS: <c>efSearch</c>).</summary>
    /// <remarks>A search stops once as many candidates are nearer than the next, even if more neighbors are requested: set it to k or more.</remarks>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1, or greater than 2²⁴.</exception>
    public int? EfSearch
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return _efSearch;
        }

        set
        {
            CheckWidth(value, nameof(value));
            using var parameters = Handle.Acquire(this);
            _efSearch = value;
        }
    }

    /// <summary>Gets or sets a value indicating whether a search stops once no remaining candidate is nearer than the neighbors found (FAISS: <c>check_relative_distance</c>).</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    public bool CheckRelativeDistance
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return _checkRelativeDistance;
        }

        set
        {
            using var parameters = Handle.Acquire(this);
            _checkRelativeDistance = value;
        }
    }

    /// <summary>Gets or sets a value indicating whether the candidates are kept in a queue of bounded length (FAISS: <c>bounded_queue</c>); a search without it does not accept a selector, and needs FAISS 1.9.0.</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    public bool BoundedQueue
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return _boundedQueue;
        }

        set
        {
            using var parameters = Handle.Acquire(this);
            _boundedQueue = value;
        }
    }

    internal override SearchParametersHandle Create(FaissIDSelector* selector, nuint breadth)
    {
        NewFunction.Require();
        FaissSearchParameters* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_SearchParametersHNSW_new_with(&created, selector, checked((int)breadth)));
        FaissNative.faiss_SearchParametersHNSW_set_check_relative_distance(created, _checkRelativeDistance ? 1 : 0);
        FaissNative.faiss_SearchParametersHNSW_set_bounded_queue(created, _boundedQueue ? 1 : 0);
        return new SearchParametersHandle(created, &FaissNative.faiss_SearchParametersHNSW_free);
    }

    internal override FaissSdkSearchOptions Describe(FaissIDSelector* selector) => new()
    {
        selector = selector,
        kind = (int)SearchKind.Graph,
        width = _efSearch ?? 0,
        check_relative_distance = _checkRelativeDistance ? 1 : 0,
        bounded_queue = _boundedQueue ? 1 : 0,
    };

    private static IDSelector? Checked(IDSelector? selector, int? efSearch)
    {
        CheckWidth(efSearch, nameof(efSearch));
        return selector;
    }

    // Each thread of FAISS allocates memory for this many candidates.
    private static void CheckWidth(int? value, string parameter)
    {
        if (value is { } number)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number, parameter);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(number, 1 << 24, parameter);
        }
    }
}
