using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Represents the parameters of one native search: none, those of faiss_sdk.h, or those of FAISS's C API.</summary>
internal readonly unsafe struct SearchSelection
{
    private static readonly OptionalFunction SearchByParameters = new(nameof(FaissNative.faiss_Index_search_with_params));
    private static readonly OptionalFunction SearchByOptions = new(nameof(FaissNative.faiss_sdk_search));
    private static readonly OptionalFunction RangeSearchByOptions = new(nameof(FaissNative.faiss_sdk_range_search));

    private readonly FaissSdkSearchOptions* _options;
    private readonly FaissSearchParameters* _parameters;

    public SearchSelection(FaissSdkSearchOptions* options) => _options = options;

    public SearchSelection(FaissSearchParameters* parameters) => _parameters = parameters;

    /// <summary>Gets a value indicating whether the search has no parameters.</summary>
    public bool IsDefault => _options == null && _parameters == null;

    /// <summary>Gets a value indicating whether the search has at most as many candidates for a refinement as there are vectors.</summary>
    public bool LimitsCandidates => _options != null;

    public void Search(NativeIndex* index, long count, float* queries, long k, float* distances, long* ids)
    {
        if (_options != null)
        {
            SearchByOptions.Require();
            Status.ThrowIfSearchFailed(FaissNative.faiss_sdk_search(index, count, queries, k, _options, distances, ids));
        }
        else
        {
            SearchByParameters.Require();
            Status.ThrowIfFailed(FaissNative.faiss_Index_search_with_params(index, count, queries, k, _parameters, distances, ids), ErrorAdvice.DropParameters);
        }
    }

    public void RangeSearch(NativeIndex* index, long count, float* queries, float radius, FaissRangeSearchResult* result)
    {
        RangeSearchByOptions.Require();
        Status.ThrowIfSearchFailed(FaissNative.faiss_sdk_range_search(index, count, queries, radius, _options, result));
    }
}
