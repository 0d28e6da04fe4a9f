using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents search parameters of indexes with inverted lists (FAISS: <c>SearchParametersIVF</c>).</summary>
public sealed unsafe class SearchParametersIVF : SearchParameters
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_SearchParametersIVF_new), "Searching with search parameters");
    private static readonly OptionalFunction NewerFunctions = new(nameof(FaissNative.faiss_SearchParametersIVF_set_max_lists_num));

    /// <summary>Initializes parameters for a search of inverted lists.</summary>
    /// <param name="selector">The ids to search among, or <see langword="null"/> for all; the parameters keep it alive.</param>
    /// <param name="nProbe">The number of lists to visit, at least 1, or <see langword="null"/> for that of the index; a number greater than that of the lists stands for all.</param>
    /// <param name="maxCodes">The number of codes to compare before a search stops; 0 for no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="nProbe"/> is less than 1, or <paramref name="maxCodes"/> negative.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.7.4.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="selector"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public SearchParametersIVF(IDSelector? selector = null, int? nProbe = null, long maxCodes = 0)
        : base(New(selector, nProbe, maxCodes), selector)
    {
    }

    /// <summary>Gets or sets the number of lists to visit, or <see langword="null"/> for that of the index that is searched (FAISS: <c>nprobe</c>).</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is 0 or negative.</exception>
    public int? NProbe
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            var probes = ProbesOf(parameters.Pointer);
            return probes == 0 ? null : checked((int)probes);
        }

        set
        {
            CheckProbes(value, nameof(value));
            using var parameters = Handle.Acquire(this);
            FaissNative.faiss_SearchParametersIVF_set_nprobe(parameters.Pointer, (nuint)(value ?? 0));
        }
    }

    /// <summary>Gets or sets the number of codes to compare before a search stops; 0 for no limit (FAISS: <c>max_codes</c>).</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long MaxCodes
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return checked((long)FaissNative.faiss_SearchParametersIVF_max_codes(parameters.Pointer));
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            using var parameters = Handle.Acquire(this);
            FaissNative.faiss_SearchParametersIVF_set_max_codes(parameters.Pointer, (nuint)value);
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
            return checked((int)FaissNative.faiss_SearchParametersIVF_max_lists_num(parameters.Pointer));
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            NewerFunctions.Require();
            using var parameters = Handle.Acquire(this);
            FaissNative.faiss_SearchParametersIVF_set_max_lists_num(parameters.Pointer, (nuint)value);
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
            return FaissNative.faiss_SearchParametersIVF_ensure_topk_full(parameters.Pointer) != 0;
        }

        set
        {
            NewerFunctions.Require();
            using var parameters = Handle.Acquire(this);
            FaissNative.faiss_SearchParametersIVF_set_ensure_topk_full(parameters.Pointer, value ? 1 : 0);
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
            return checked((int)FaissNative.faiss_SearchParametersIVF_max_empty_result_buckets(parameters.Pointer));
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            NewerFunctions.Require();
            using var parameters = Handle.Acquire(this);
            FaissNative.faiss_SearchParametersIVF_set_max_empty_result_buckets(parameters.Pointer, (nuint)value);
        }
    }

    internal override SearchParametersHandle Copy(FaissSearchParameters* parameters, nuint breadth)
    {
        FaissSearchParameters* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_SearchParametersIVF_new_with(
            &created, FaissNative.faiss_SearchParametersIVF_sel(parameters), breadth, FaissNative.faiss_SearchParametersIVF_max_codes(parameters)));
        if (NewerFunctions.IsPresent)
        {
            FaissNative.faiss_SearchParametersIVF_set_max_lists_num(created, FaissNative.faiss_SearchParametersIVF_max_lists_num(parameters));
            FaissNative.faiss_SearchParametersIVF_set_ensure_topk_full(created, FaissNative.faiss_SearchParametersIVF_ensure_topk_full(parameters));
            FaissNative.faiss_SearchParametersIVF_set_max_empty_result_buckets(created, FaissNative.faiss_SearchParametersIVF_max_empty_result_buckets(parameters));
        }

        return new SearchParametersHandle(created, &FaissNative.faiss_SearchParametersIVF_free);
    }

    /// <summary>Returns the number of lists to visit; 0 stands for that of the index, since FAISS needs at least 1.</summary>
    internal static nuint ProbesOf(FaissSearchParameters* parameters) => FaissNative.faiss_SearchParametersIVF_nprobe(parameters);

    private static void CheckProbes(int? probes, string parameter)
    {
        if (probes is { } number)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number, parameter);
        }
    }

    private static SearchParametersHandle New(IDSelector? selector, int? nProbe, long maxCodes)
    {
        CheckProbes(nProbe, nameof(nProbe));
        ArgumentOutOfRangeException.ThrowIfNegative(maxCodes);
        NewFunction.Require();
        FaissSearchParameters* created = null;
        if (selector is null)
        {
            Status.ThrowIfFailed(FaissNative.faiss_SearchParametersIVF_new(&created));
            FaissNative.faiss_SearchParametersIVF_set_nprobe(created, (nuint)(nProbe ?? 0));
            FaissNative.faiss_SearchParametersIVF_set_max_codes(created, (nuint)maxCodes);
        }
        else
        {
            using var chosen = selector.Handle.Acquire(selector);
            Status.ThrowIfFailed(FaissNative.faiss_SearchParametersIVF_new_with(&created, chosen.Pointer, (nuint)(nProbe ?? 0), (nuint)maxCodes));
        }

        return new SearchParametersHandle(created, &FaissNative.faiss_SearchParametersIVF_free);
    }

    private protected override bool HasNativeSelector(FaissSearchParameters* parameters) => FaissNative.faiss_SearchParametersIVF_sel(parameters) != null;
}
