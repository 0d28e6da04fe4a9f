using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Overrides settings of an index for a single search: the ids to search among (FAISS: <c>SearchParameters</c>).</summary>
/// <remarks>Any number of searches may use an instance at the same time, as long as no property is set meanwhile. The class is not meant to be derived from outside this library.</remarks>
public unsafe class SearchParameters : IDisposable
{
    private const int MaxDepth = 8;

    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_SearchParameters_new), "Searching with search parameters");

    /// <summary>Initializes parameters that apply to every index type with selector support.</summary>
    /// <param name="selector">The ids to search among, or <see langword="null"/> for all; the parameters keep it alive.</param>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.7.4, and is not from a FaissSdk package.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="selector"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public SearchParameters(IDSelector? selector = null)
        : this(selector, NewFunction)
    {
    }

    private protected SearchParameters(IDSelector? selector, OptionalFunction function)
    {
        if (!OwnSearch.IsPresent)
        {
            function.Require();
        }

        // The native parameters are created for each search, so that searches do not share them.
        Handle = new SearchParametersHandle(null, default(delegate*<FaissSearchParameters*, void>));
        Selector = selector;
        if (selector is not null)
        {
            Handle.KeepAlive(selector.Handle, selector);
        }
    }

    /// <summary>Gets the ids to search among, or <see langword="null"/> for all.</summary>
    public IDSelector? Selector { get; }

    /// <summary>Gets a value indicating whether the parameters have a selector.</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    public bool Selects
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return Selector is not null;
        }
    }

    /// <summary>Gets the function that searches by parameters of any version, which the libraries of the FaissSdk packages have.</summary>
    internal static OptionalFunction OwnSearch { get; } = new(nameof(FaissNative.faiss_sdk_search), "Searching with search parameters");

    internal SearchParametersHandle Handle { get; }

    /// <summary>Gets the parameters by which a part is searched: the quantizer of lists, or the base of a refining index.</summary>
    internal virtual SearchParameters? Inner => null;

    /// <summary>Gets the number of options that <see cref="Describe(FaissIDSelector*, Span{FaissSdkSearchOptions})"/> writes.</summary>
    internal int Depth => 1 + (Inner?.Depth ?? 0);

    /// <summary>Frees the parameters, once running searches have finished.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Creates native parameters for a single search. Works after <see cref="Dispose"/> too, while the search keeps the parameters alive.</summary>
    /// <param name="selector">The native selector, or <see langword="null"/> for all ids.</param>
    /// <param name="breadth">The number of lists to visit or of candidates to keep, for parameters that have one.</param>
    internal virtual SearchParametersHandle Create(FaissIDSelector* selector, nuint breadth)
    {
        NewFunction.Require();
        FaissSearchParameters* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_SearchParameters_new(&created, selector));
        return new SearchParametersHandle(created, &FaissNative.faiss_SearchParameters_free);
    }

    /// <summary>Describes the parameters and those of the parts for <see cref="FaissNative.faiss_sdk_search"/>.</summary>
    /// <param name="selector">The native selector, or <see langword="null"/> for all ids.</param>
    /// <param name="options">Receives the options, on the stack.</param>
    internal void Describe(FaissIDSelector* selector, Span<FaissSdkSearchOptions> options)
    {
        options[0] = Describe(selector);
        if (Inner is { } inner)
        {
            inner.Describe(null, options[1..]);
            fixed (FaissSdkSearchOptions* next = options[1..])
            {
                options[0].inner = next;
            }
        }
    }

    /// <summary>Describes the parameters alone.</summary>
    /// <param name="selector">The native selector, or <see langword="null"/> for all ids.</param>
    internal virtual FaissSdkSearchOptions Describe(FaissIDSelector* selector) => new() { selector = selector };

    /// <summary>Checks parameters by which a part is to be searched.</summary>
    private protected static SearchParameters? CheckInner(SearchParameters? inner, string parameter)
    {
        if (inner is null)
        {
            return null;
        }

        OwnSearch.Require();
        using var alive = inner.Handle.Acquire(inner);
        if (inner.Selector is not null)
        {
            throw new ArgumentException($"{parameter} has a selector; give it to the outer parameters, which pass it on.", parameter);
        }

        return inner.Depth < MaxDepth ? inner : throw new ArgumentException($"{parameter} contains other parameters at {MaxDepth} levels or more; there can be {MaxDepth} levels.", parameter);
    }
}
