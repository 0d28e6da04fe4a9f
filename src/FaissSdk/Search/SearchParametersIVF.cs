using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents search parameters of indexes with inverted lists (FAISS: <c>SearchParametersIVF</c>).</summary>
/// <remarks>The class is not meant to be derived from outside this library.</remarks>
public unsafe class SearchParametersIVF : SearchParameters
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_SearchParametersIVF_new), "Searching with search parameters");
    private static readonly OptionalFunction NewerFunctions = new(nameof(FaissNative.faiss_SearchParametersIVF_set_max_lists_num));

    private int? _nProbe;
    private long _maxCodes;
    private int _maxLists;
    private bool _ensureTopKFull;
    private int _maxEmptyResultBuckets;
    private SearchParameters? _quantizer;

    /// <summary>Initializes parameters for a search of inverted lists.</summary>
    /// <param name="selector">The ids to search among, or <see langword="null"/> for all; the parameters keep it alive.</param>
    /// <param name="nProbe">The number of lists to visit, at least 1, or <see langword="null"/> for that of the index; a larger number than there are lists means all lists.</param>
    /// <param name="maxCodes">The number of codes to compare before a search stops; 0 for no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="nProbe"/> is less than 1, or <paramref name="maxCodes"/> is negative.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.7.4, and is not from a FaissSdk package.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="selector"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public SearchParametersIVF(IDSelector? selector = null, int? nProbe = null, long maxCodes = 0)
        : this(selector, nProbe, maxCodes, NewFunction)
    {
    }

    private protected SearchParametersIVF(IDSelector? selector, int? nProbe, long maxCodes, OptionalFunction function)
        : base(Checked(selector, nProbe, maxCodes), function) => (_nProbe, _maxCodes) = (nProbe, maxCodes);

    /// <summary>Gets or sets the number of lists to visit, or <see langword="null"/> for that of the index that is searched (FAISS: <c>nprobe</c>).</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is 0 or negative.</exception>
    public int? NProbe
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return _nProbe;
        }

        set
        {
            CheckProbes(value, nameof(value));
            using var parameters = Handle.Acquire(this);
            _nProbe = value;
        }
    }

    /// <summary>Gets or sets the number of codes to compare before a search stops; 0 for no limit (FAISS: <c>max_codes</c>). A range search has no limit, and refuses one except for fast-scan lists.</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long MaxCodes
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return _maxCodes;
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            using var parameters = Handle.Acquire(this);
            _maxCodes = value;
        }
    }

    /// <summary>Gets or sets the number of lists after which a fast-scan search stops; 0 for all that it visits (FAISS: <c>max_lists_num</c>).</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.2.</exception>
    public int MaxLists
    {
        get
        {
            NewerFunctions.Require();
            using var parameters = Handle.Acquire(this);
            return _maxLists;
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            NewerFunctions.Require();
            using var parameters = Handle.Acquire(this);
            _maxLists = value;
        }
    }

    /// <summary>Gets or sets a value indicating whether a search with a limit goes on until it has compared k vectors (FAISS: <c>ensure_topk_full</c>).</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.2.</exception>
    public bool EnsureTopKFull
    {
        get
        {
            NewerFunctions.Require();
            using var parameters = Handle.Acquire(this);
            return _ensureTopKFull;
        }

        set
        {
            NewerFunctions.Require();
            using var parameters = Handle.Acquire(this);
            _ensureTopKFull = value;
        }
    }

    /// <summary>Gets or sets the number of consecutive lists without a result after which a range search stops; 0 for no limit (FAISS: <c>max_empty_result_buckets</c>).</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.2.</exception>
    public int MaxEmptyResultBuckets
    {
        get
        {
            NewerFunctions.Require();
            using var parameters = Handle.Acquire(this);
            return _maxEmptyResultBuckets;
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            NewerFunctions.Require();
            using var parameters = Handle.Acquire(this);
            _maxEmptyResultBuckets = value;
        }
    }

    /// <summary>Gets the parameters by which the quantizer is searched for lists, such as <see cref="SearchParametersHNSW"/> with more candidates, or <see langword="null"/> for its own settings (FAISS: <c>quantizer_params</c>).</summary>
    /// <exception cref="ArgumentException">The parameters have a selector, or nest too deeply.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is not from a FaissSdk package.</exception>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    public SearchParameters? Quantizer
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return _quantizer;
        }

        init => _quantizer = CheckInner(value, nameof(value));
    }

    internal override SearchParameters? Inner => _quantizer;

    internal override SearchParametersHandle Create(FaissIDSelector* selector, nuint breadth)
    {
        NewFunction.Require();
        FaissSearchParameters* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_SearchParametersIVF_new_with(&created, selector, breadth, (nuint)_maxCodes));
        if (NewerFunctions.IsPresent)
        {
            FaissNative.faiss_SearchParametersIVF_set_max_lists_num(created, (nuint)_maxLists);
            FaissNative.faiss_SearchParametersIVF_set_ensure_topk_full(created, _ensureTopKFull ? 1 : 0);
            FaissNative.faiss_SearchParametersIVF_set_max_empty_result_buckets(created, (nuint)_maxEmptyResultBuckets);
        }

        return new SearchParametersHandle(created, &FaissNative.faiss_SearchParametersIVF_free);
    }

    internal override FaissSdkSearchOptions Describe(FaissIDSelector* selector) => new()
    {
        selector = selector,
        kind = (int)SearchKind.Lists,
        nprobe = (nuint)(_nProbe ?? 0),
        max_codes = (nuint)_maxCodes,
        max_lists = (nuint)_maxLists,
        max_empty_lists = (nuint)_maxEmptyResultBuckets,
        ensure_full = _ensureTopKFull ? 1 : 0,
    };

    private static IDSelector? Checked(IDSelector? selector, int? nProbe, long maxCodes)
    {
        CheckProbes(nProbe, nameof(nProbe));
        ArgumentOutOfRangeException.ThrowIfNegative(maxCodes);
        return selector;
    }

    private static void CheckProbes(int? probes, string parameter)
    {
        if (probes is { } number)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number, parameter);
        }
    }
}
