using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents search parameters of HNSW graphs (FAISS: <c>SearchParametersHNSW</c>).</summary>
public sealed unsafe class SearchParametersHNSW : SearchParameters
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_SearchParametersHNSW_new), "Searching with search parameters of graphs");

    /// <summary>Initializes parameters for a search of an HNSW graph.</summary>
    /// <param name="selector">The ids to search among, or <see langword="null"/> for all; the parameters keep it alive.</param>
    /// <param name="efSearch">The number of candidates that a search keeps, from 1 to 2²⁴, or <see langword="null"/> for that of the index.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="efSearch"/> is less than 1, or greater than 2²⁴.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.0.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="selector"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public SearchParametersHNSW(IDSelector? selector = null, int? efSearch = null)
        : base(New(selector, efSearch), selector)
    {
    }

    /// <summary>Gets or sets the number of candidates that a search keeps, from 1 to 2²⁴, or <see langword="null"/> for that of the index that is searched (FAISS: <c>efSearch</c>).</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1, or greater than 2²⁴.</exception>
    public int? EfSearch
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            var width = WidthOf(parameters.Pointer);
            return width == 0 ? null : width;
        }

        set
        {
            CheckWidth(value, nameof(value));
            using var parameters = Handle.Acquire(this);
            FaissNative.faiss_SearchParametersHNSW_set_efSearch(parameters.Pointer, value ?? 0);
        }
    }

    /// <summary>Gets or sets a value indicating whether a search stops once no remaining candidate is nearer than the neighbors found (FAISS: <c>check_relative_distance</c>).</summary>
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

    /// <summary>Gets or sets a value indicating whether the candidates are kept in a queue of bounded length (FAISS: <c>bounded_queue</c>); a search without it does not accept a selector.</summary>
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

    internal override SearchParametersHandle Copy(FaissSearchParameters* parameters, nuint breadth)
    {
        FaissSearchParameters* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_SearchParametersHNSW_new_with(
            &created, FaissNative.faiss_SearchParametersHNSW_sel(parameters), checked((int)breadth)));
        FaissNative.faiss_SearchParametersHNSW_set_check_relative_distance(created, FaissNative.faiss_SearchParametersHNSW_check_relative_distance(parameters));
        FaissNative.faiss_SearchParametersHNSW_set_bounded_queue(created, FaissNative.faiss_SearchParametersHNSW_bounded_queue(parameters));
        return new SearchParametersHandle(created, &FaissNative.faiss_SearchParametersHNSW_free);
    }

    /// <summary>Returns the number of candidates to keep; 0 stands for that of the index, since FAISS needs at least 1.</summary>
    internal static int WidthOf(FaissSearchParameters* parameters) => FaissNative.faiss_SearchParametersHNSW_efSearch(parameters);

    // Each thread of FAISS allocates memory for this many candidates.
    private static void CheckWidth(int? value, string parameter)
    {
        if (value is { } number)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number, parameter);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(number, 1 << 24, parameter);
        }
    }

    private static SearchParametersHandle New(IDSelector? selector, int? efSearch)
    {
        CheckWidth(efSearch, nameof(efSearch));
        NewFunction.Require();
        FaissSearchParameters* created = null;
        if (selector is null)
        {
            Status.ThrowIfFailed(FaissNative.faiss_SearchParametersHNSW_new(&created));
            FaissNative.faiss_SearchParametersHNSW_set_efSearch(created, efSearch ?? 0);
        }
        else
        {
            using var chosen = selector.Handle.Acquire(selector);
            Status.ThrowIfFailed(FaissNative.faiss_SearchParametersHNSW_new_with(&created, chosen.Pointer, efSearch ?? 0));
        }

        return new SearchParametersHandle(created, &FaissNative.faiss_SearchParametersHNSW_free);
    }

    private protected override bool HasNativeSelector(FaissSearchParameters* parameters) => FaissNative.faiss_SearchParametersHNSW_sel(parameters) != null;
}
