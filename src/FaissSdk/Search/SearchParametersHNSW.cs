using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Search parameters of HNSW graphs (FAISS: <c>SearchParametersHNSW</c>).</summary>
public sealed unsafe class SearchParametersHNSW : SearchParameters
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_SearchParametersHNSW_new));

    /// <summary>Makes parameters.</summary>
    /// <param name="selector">The vectors to search among, or <see langword="null"/> for all; it is kept alive.</param>
    /// <param name="efSearch">How many candidates a search keeps, 1 to 2²⁴.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="efSearch"/> is out of range.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.0.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="selector"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public SearchParametersHNSW(IDSelector? selector = null, int efSearch = 16)
        : base(New(selector, efSearch), selector)
    {
    }

    /// <summary>How many candidates a search keeps (FAISS: <c>efSearch</c>).</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is 0 or negative.</exception>
    public int EfSearch
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return FaissNative.faiss_SearchParametersHNSW_efSearch(parameters.Pointer);
        }

        set
        {
            CheckWidth(value, nameof(value));
            using var parameters = Handle.Acquire(this);
            FaissNative.faiss_SearchParametersHNSW_set_efSearch(parameters.Pointer, value);
        }
    }

    /// <summary>Whether a search stops when no candidate left is nearer than the found ones (FAISS: <c>check_relative_distance</c>).</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    public bool CheckRelativeDistance
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return FaissNative.faiss_SearchParametersHNSW_check_relative_distance(parameters.Pointer) != 0;
        }

        set
        {
            using var parameters = Handle.Acquire(this);
            FaissNative.faiss_SearchParametersHNSW_set_check_relative_distance(parameters.Pointer, value ? 1 : 0);
        }
    }

    /// <summary>Whether the candidates are kept in a queue of bounded length (FAISS: <c>bounded_queue</c>).</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    public bool BoundedQueue
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return FaissNative.faiss_SearchParametersHNSW_bounded_queue(parameters.Pointer) != 0;
        }

        set
        {
            using var parameters = Handle.Acquire(this);
            FaissNative.faiss_SearchParametersHNSW_set_bounded_queue(parameters.Pointer, value ? 1 : 0);
        }
    }

    // FAISS takes memory for as many, in every thread.
    private static void CheckWidth(int value, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, parameter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1 << 24, parameter);
    }

    private static SearchParametersHandle New(IDSelector? selector, int efSearch)
    {
        CheckWidth(efSearch, nameof(efSearch));
        NewFunction.Require();
        FaissSearchParameters* created = null;
        if (selector is null)
        {
            Status.ThrowIfFailed(FaissNative.faiss_SearchParametersHNSW_new(&created));
            FaissNative.faiss_SearchParametersHNSW_set_efSearch(created, efSearch);
        }
        else
        {
            using var chosen = selector.Handle.Acquire(selector);
            Status.ThrowIfFailed(FaissNative.faiss_SearchParametersHNSW_new_with(&created, chosen.Pointer, efSearch));
        }

        return new SearchParametersHandle(created, &FaissNative.faiss_SearchParametersHNSW_free);
    }

    private protected override bool HasNativeSelector(FaissSearchParameters* parameters) => FaissNative.faiss_SearchParametersHNSW_sel(parameters) != null;
}
