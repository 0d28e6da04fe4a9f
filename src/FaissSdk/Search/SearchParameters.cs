using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Overrides settings of an index for a single search: the ids to search among (FAISS: <c>SearchParameters</c>).</summary>
/// <remarks>Any number of searches may use an instance at the same time, as long as no property is set meanwhile. The class is not meant to be derived from outside this library.</remarks>
public unsafe class SearchParameters : IDisposable
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_SearchParameters_new), "Searching with search parameters");

    /// <summary>Initializes parameters that apply to every index type with selector support.</summary>
    /// <param name="selector">The ids to search among, or <see langword="null"/> for all; the parameters keep it alive.</param>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.7.4.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="selector"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public SearchParameters(IDSelector? selector = null)
        : this(New(selector), selector)
    {
    }

    private protected SearchParameters(SearchParametersHandle handle, IDSelector? selector)
    {
        Handle = handle;
        Selector = selector;
        if (selector is not null)
        {
            handle.KeepAlive(selector.Handle);
        }
    }

    /// <summary>Gets the ids to search among, or <see langword="null"/> for all.</summary>
    public IDSelector? Selector { get; }

    /// <summary>Gets a value indicating whether the native parameters have a selector.</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    public bool Selects
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return HasNativeSelector(parameters.Pointer);
        }
    }

    internal SearchParametersHandle Handle { get; }

    /// <summary>Frees the native parameters, once running searches have finished.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Creates a copy for a single search, valid as long as the original.</summary>
    /// <param name="parameters">The native parameters.</param>
    /// <param name="breadth">The number of lists to visit or of candidates to keep, for parameters that have one.</param>
    internal virtual SearchParametersHandle Copy(FaissSearchParameters* parameters, nuint breadth)
    {
        if (Selector is null)
        {
            return Create(null);
        }

        using var chosen = Selector.Handle.AcquireAlive();
        return Create(chosen.Pointer);
    }

    private protected virtual bool HasNativeSelector(FaissSearchParameters* parameters) => Selector is not null;

    private static SearchParametersHandle New(IDSelector? selector)
    {
        NewFunction.Require();
        if (selector is null)
        {
            return Create(null);
        }

        using var chosen = selector.Handle.Acquire(selector);
        return Create(chosen.Pointer);
    }

    private static SearchParametersHandle Create(FaissIDSelector* selector)
    {
        FaissSearchParameters* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_SearchParameters_new(&created, selector));
        return new SearchParametersHandle(created, &FaissNative.faiss_SearchParameters_free);
    }
}
