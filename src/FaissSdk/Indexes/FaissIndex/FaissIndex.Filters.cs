using System.Runtime.CompilerServices;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Searching with parameters and selectors.</content>
public abstract unsafe partial class FaissIndex
{
    private static readonly OptionalFunction SearchWithParameters = new(nameof(FaissNative.faiss_Index_search_with_params), "Searching with search parameters");
    private static readonly OptionalFunction RangeSearchWithParameters = new(nameof(FaissNative.faiss_sdk_range_search), "A range search with search parameters");

    private FilteredSearch? _filtered;

    /// <summary>Finds the k nearest vectors of every query with search parameters, nearest first. If there are fewer, the remaining ids are −1.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="parameters">The parameters of this search, which other searches may use at the same time.</param>
    /// <param name="distances">Receives the distances (n × k), squared for <see cref="MetricType.L2"/>, or the inner products; with id −1 the largest number, or the least for <see cref="MetricType.InnerProduct"/>.</param>
    /// <param name="ids">Receives the ids (n × k).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, the spans overlap, a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>, or the parameters are of another kind of index.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or its fast-scan codes are equally far from a query.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version cannot search this kind of index by a selector, or by these parameters, or fails on shards of which one is empty, or on an NNDescent graph.</exception>
    /// <exception cref="Exception">A predicate of the selector (<see cref="IDSelectorPredicate"/>) threw it.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    public void Search(ReadOnlySpan<float> queries, int k, SearchParameters parameters, Span<float> distances, Span<long> ids)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var index = Handle.Acquire(this);
        using var lease = parameters.Handle.Acquire(parameters);
        CheckParameters(parameters);
        using var calls = PredicateCalls.Begin(parameters.Selector, Handle.SettingsOf(ReadsSettingsTwice));
        SearchSelected(index.Pointer, queries, k, parameters, distances, ids);
        calls.ThrowIfFailed();
    }

    /// <summary>Finds the k nearest of the selected vectors for every query, nearest first.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">One query (d) or several, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="selector">The ids to search among.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, n × k is too large for an array, or a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or its fast-scan codes are equally far from a query.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version cannot search this kind of index by a selector, or fails on shards of which one is empty, or on an NNDescent graph.</exception>
    /// <exception cref="Exception">A predicate of the selector (<see cref="IDSelectorPredicate"/>) threw it.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index or the selector is disposed.</exception>
    [OverloadResolutionPriority(-1)] // A literal null means no parameters.
    public SearchResult Search(ReadOnlySpan<float> queries, int k, IDSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        using var parameters = Select(selector);
        return Search(queries, k, parameters);
    }

    /// <summary>Finds the k nearest vectors that a filter contains for every query, nearest first.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">One query (d) or several, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="filter">The ids to search among, from which a selector is made for the call.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, n × k is too large for an array, or a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or its fast-scan codes are equally far from a query.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version cannot search this kind of index by a selector, has no selector of this kind, or fails on shards of which one is empty, or on an NNDescent graph.</exception>
    /// <exception cref="Exception">The predicate of the filter threw it.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    [OverloadResolutionPriority(-1)] // A literal null means no parameters.
    public SearchResult Search(ReadOnlySpan<float> queries, int k, IdFilter filter)
    {
        using var selector = IDSelector.Create(filter);
        return Search(queries, k, selector);
    }

    /// <summary>Finds all vectors within a radius of every query with search parameters: distance below it, or inner product above it.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="radius">The radius, in the unit of <see cref="Metric"/>: a squared distance for <see cref="MetricType.L2"/>.</param>
    /// <param name="parameters">The parameters of this search, which other searches may use at the same time.</param>
    /// <returns>The vectors found for each query.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>, or the parameters are of another kind of index.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="radius"/> is NaN, or negative where it is a distance.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, its fast-scan codes are equally far from a query, or more vectors were found than an array can hold.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version cannot search this kind of index by a selector, fails on shards of which one is empty, or is not from a FaissSdk package.</exception>
    /// <exception cref="Exception">A predicate of the selector (<see cref="IDSelectorPredicate"/>) threw it.</exception>
    /// <exception cref="FaissException">This kind of index has no range search.</exception>
    /// <exception cref="ObjectDisposedException">The index or the parameters are disposed.</exception>
    public RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius, SearchParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var index = Handle.Acquire(this);
        using var lease = parameters.Handle.Acquire(parameters);
        CheckParameters(parameters);
        RangeSearchWithParameters.Require();
        CheckRangeParameters(parameters);
        Filtered().Check(parameters);
        using var calls = PredicateCalls.Begin(parameters.Selector, Handle.SettingsOf(ReadsSettingsTwice));
        var result = RangeSearch(index.Pointer, queries, radius, parameters);
        calls.ThrowIfFailed();
        return result;
    }

    /// <summary>Finds all selected vectors within a radius of every query: distance below it, or inner product above it.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="radius">The radius, in the unit of <see cref="Metric"/>: a squared distance for <see cref="MetricType.L2"/>.</param>
    /// <param name="selector">The ids to search among.</param>
    /// <returns>The vectors found for each query.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="radius"/> is NaN, or negative where it is a distance.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, its fast-scan codes are equally far from a query, or more vectors were found than an array can hold.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version cannot search this kind of index by a selector, fails on shards of which one is empty, or is not from a FaissSdk package.</exception>
    /// <exception cref="Exception">A predicate of the selector (<see cref="IDSelectorPredicate"/>) threw it.</exception>
    /// <exception cref="FaissException">This kind of index has no range search.</exception>
    /// <exception cref="ObjectDisposedException">The index or the selector is disposed.</exception>
    public RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius, IDSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        using var parameters = Select(selector);
        return RangeSearch(queries, radius, parameters);
    }

    /// <summary>Finds all vectors that a filter contains within a radius of every query: distance below it, or inner product above it.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="radius">The radius, in the unit of <see cref="Metric"/>: a squared distance for <see cref="MetricType.L2"/>.</param>
    /// <param name="filter">The ids to search among, from which a selector is made for the call.</param>
    /// <returns>The vectors found for each query.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a query is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="radius"/> is NaN, or negative where it is a distance.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, its fast-scan codes are equally far from a query, or more vectors were found than an array can hold.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version cannot search this kind of index by a selector, has no selector of this kind, fails on shards of which one is empty, or is not from a FaissSdk package.</exception>
    /// <exception cref="Exception">The predicate of the filter threw it.</exception>
    /// <exception cref="FaissException">This kind of index has no range search.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius, IdFilter filter)
    {
        using var selector = IDSelector.Create(filter);
        return RangeSearch(queries, radius, selector);
    }

    private RangeSearchResult RangeSearch(NativeIndex* index, ReadOnlySpan<float> queries, float radius, SearchParameters parameters)
    {
        var options = stackalloc FaissSdkSearchOptions[parameters.Depth];
        if (parameters.Selector is not { } selector)
        {
            parameters.Describe(null, new Span<FaissSdkSearchOptions>(options, parameters.Depth));
            return RangeSearch(index, queries, radius, new SearchSelection(options));
        }

        using var chosen = selector.Handle.AcquireAlive();
        parameters.Describe(chosen.Pointer, new Span<FaissSdkSearchOptions>(options, parameters.Depth));
        return RangeSearch(index, queries, radius, new SearchSelection(options));
    }

    private void SearchSelected(NativeIndex* index, ReadOnlySpan<float> queries, int k, SearchParameters parameters, Span<float> distances, Span<long> ids)
    {
        var isOwn = SearchParameters.OwnSearch.IsPresent;
        if (!isOwn)
        {
            SearchWithParameters.Require();
        }

        Filtered().Check(parameters);
        if (parameters.Selector is not { } selector)
        {
            SearchSelected(index, queries, k, parameters, null, isOwn, distances, ids);
        }
        else if (SelectsNothing(index, parameters))
        {
            FillEmpty(queries, k, distances, ids);
        }
        else
        {
            using var chosen = selector.Handle.AcquireAlive();
            SearchSelected(index, queries, k, parameters, chosen.Pointer, isOwn, distances, ids);
        }
    }

    private void SearchSelected(
        NativeIndex* index, ReadOnlySpan<float> queries, int k, SearchParameters parameters, FaissIDSelector* selector, bool isOwn, Span<float> distances, Span<long> ids)
    {
        if (isOwn)
        {
            var options = stackalloc FaissSdkSearchOptions[parameters.Depth];
            parameters.Describe(selector, new Span<FaissSdkSearchOptions>(options, parameters.Depth));
            Search(index, queries, k, new SearchSelection(options), distances, ids);
            return;
        }

        using var handle = Filtered().Create(parameters, selector);
        using var native = handle.Acquire(parameters);
        Search(index, queries, k, new SearchSelection(native.Pointer), distances, ids);
    }

    // A library that does not translate parameters for the parts accepts those of lists only where there are any.
    internal SearchParameters Select(IDSelector selector) =>
        !SearchParameters.OwnSearch.IsPresent && Parts.HoldsInvertedLists ? new SearchParametersIVF(selector) : new SearchParameters(selector);

    private protected virtual void CheckParameters(SearchParameters parameters)
    {
    }

    private void CheckRangeParameters(SearchParameters parameters)
    {
        if (KnownDefects.RangeCodeLimit.IsPresent && parameters is SearchParametersIVF { MaxCodes: > 0 } && Parts.VectorParts.Any(part => part.HoldsLists && !part.HoldsFastScanLists))
        {
            throw new ArgumentException($"parameters have {nameof(SearchParametersIVF.MaxCodes)}, which a range search of these lists ignores: leave it 0, and visit fewer lists ({nameof(SearchParametersIVF.NProbe)}).", nameof(parameters));
        }
    }

    /// <summary>Describes what searches with parameters have to know about the parts; cached until the parts change.</summary>
    private protected virtual FilteredSearch DescribeFilteredSearch() => new(Parts, Parts, inTurn: false);

    private FilteredSearch Filtered()
    {
        var filtered = _filtered;
        return filtered is not null && ReferenceEquals(filtered.Of, Parts) ? filtered : _filtered = DescribeFilteredSearch();
    }

    private bool SelectsNothing(NativeIndex* index, SearchParameters parameters) =>
        KnownDefects.RangeSelectorBeyondVectors.IsPresent && !Parts.LooksUpIds && parameters.Selector is IDSelectorRange range && range.SelectsNoneOf(FaissNative.faiss_Index_ntotal(index));

    private void FillEmpty(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids)
    {
        var size = VectorShape.ResultLength(queries, Dimension, k, nameof(queries));
        VectorShape.CheckLength(distances.Length, size, nameof(distances));
        VectorShape.CheckLength(ids.Length, size, nameof(ids));
        ids.Fill(-1);
        distances.Fill(Metric.IsSimilarity() ? float.MinValue : float.MaxValue);
    }
}
