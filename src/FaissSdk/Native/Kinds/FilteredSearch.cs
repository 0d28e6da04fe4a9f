using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Represents what a search with parameters has to know about the parts of an index; computed when the parts change, since searches are frequent.</summary>
internal sealed unsafe class FilteredSearch
{
    private static readonly OptionalFunction WidthFunction = new(nameof(FaissNative.faiss_sdk_search_width));

    private readonly nint[] _lists;
    private readonly nint[] _graphs;
    private readonly string? _refusal;
    private readonly bool _hasGraph;
    private readonly bool _mayFollowGraph;
    private readonly bool _readsBeyondRange;

    /// <param name="of">The description of the index that the cached object belongs to.</param>
    /// <param name="parts">The description of the index, completed where <paramref name="of"/> lacks what the index knows.</param>
    /// <param name="inTurn">Whether the index is known to search its own parts one after the other.</param>
    public FilteredSearch(IndexPart of, IndexPart parts, bool inTurn)
    {
        Of = of;
        var vectorParts = parts.VectorParts.ToArray();
        _lists = [.. vectorParts.Where(part => part.HoldsLists && part.Object != 0).Select(part => part.Object)];
        _graphs = [.. vectorParts.Where(part => part.IsGraph && part.Object != 0).Select(part => part.Object)];
        _hasGraph = vectorParts.Any(part => part.IsGraph || !part.IsKnown);
        _mayFollowGraph = parts.All.Any(part => part.IsGraph || !part.IsKnown);
        _readsBeyondRange = vectorParts.Any(part => part.IsShards && part.Parts.Any(shard => !shard.IsShards && !shard.LooksUpIds));
        _refusal = Refusal(parts, vectorParts, inTurn);
    }

    /// <summary>Gets the description of the index; another one means that the parts have changed.</summary>
    public IndexPart Of { get; }

    // The library's own search translates the selector for each part, and shares nothing with other searches.
    private static bool TranslatesSelectors => SearchParameters.OwnSearch.IsPresent;

    /// <summary>Throws if FAISS would ignore parameters, would find ids that they do not select, or would end the process.</summary>
    /// <exception cref="NotSupportedException">FAISS cannot search this index by these parameters.</exception>
    public void Check(SearchParameters parameters)
    {
        for (var part = parameters; part is not null && _mayFollowGraph; part = part.Inner)
        {
            if (part is SearchParametersHNSW { BoundedQueue: false })
            {
                KnownDefects.QueueOfParameters.ThrowIfPresent($"A search of a graph without a bounded queue ({nameof(SearchParametersHNSW)}.{nameof(SearchParametersHNSW.BoundedQueue)})");
            }
        }

        if (parameters.Selector is null)
        {
            return;
        }

        if (_refusal is not null)
        {
            throw new NotSupportedException(_refusal);
        }

        if (KnownDefects.RangeSelectorOfShards.IsPresent && !TranslatesSelectors && _readsBeyondRange && parameters.Selector is IDSelectorRange)
        {
            throw new NotSupportedException("FAISS reads beyond the vectors of a shard by a range of ids; select by another selector, such as the range and itself (IDSelectorAnd).");
        }

        if (KnownDefects.SelectorOfUnboundedQueue.IsPresent && _hasGraph && parameters is SearchParametersHNSW { BoundedQueue: false })
        {
            throw new NotSupportedException(
                $"FAISS ignores the selector in a search of a graph without a bounded queue: leave {nameof(SearchParametersHNSW.BoundedQueue)} set, or search without a selector and drop the other ids.");
        }
    }

    /// <summary>Creates native parameters for a single search, for a library that searches by them alone.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="selector">The native selector, or <see langword="null"/> for all ids.</param>
    public SearchParametersHandle Create(SearchParameters parameters, FaissIDSelector* selector) => parameters.Create(selector, parameters switch
    {
        SearchParametersIVF lists => ProbesWithin((nuint)(lists.NProbe ?? 0)),
        SearchParametersHNSW graph => (nuint)(graph.EfSearch ?? GraphWidth()),
        _ => 0,
    });

    /// <summary>Returns the number of candidates that searches of the graphs keep; parts share the parameters, so that the largest number has to serve all of them.</summary>
    private int GraphWidth()
    {
        if (_hasGraph && (_graphs.Length == 0 || !WidthFunction.IsPresent))
        {
            throw new ArgumentException($"parameters leave efSearch to the index, and this FAISS library does not show it; set {nameof(SearchParametersHNSW.EfSearch)}, or use {nameof(SearchParameters)}, with which FAISS keeps that of the index.", "parameters");
        }

        var width = 1;
        foreach (var graph in _graphs)
        {
            width = Math.Max(width, FaissNative.faiss_sdk_search_width((NativeIndex*)graph));
        }

        return width;
    }

    /// <summary>Returns the number of lists to visit: that of the lists where it is not given, and at most as many as there are.</summary>
    private nuint ProbesWithin(nuint given)
    {
        // Shards share the parameters, so that the largest number has to serve all of them.
        if (_lists.Length == 0)
        {
            return given;
        }

        nuint probes = 0, lists = 0;
        foreach (var part in _lists)
        {
            probes = nuint.Max(probes, given > 0 ? given : FaissNative.faiss_IndexIVF_nprobe((NativeIndex*)part));
            lists = nuint.Max(lists, FaissNative.faiss_IndexIVF_nlist((NativeIndex*)part));
        }

        return KnownDefects.FastScanProbes.IsPresent ? nuint.Min(probes, lists) : probes;
    }

    private static string? Refusal(IndexPart parts, IndexPart[] vectorParts, bool inTurn)
    {
        // One part alone is searched on one thread.
        bool SearchesInTurn(IndexPart shards) => shards.Parts.Count == 1 || shards.Fact("threaded", inTurn && ReferenceEquals(shards, parts) ? 0 : 1) == 0;

        var shards = vectorParts.Where(part => part.IsShards || (part.Role == "shard" && !part.IsKnown)).ToArray();
        if (KnownDefects.SelectorOfSuccessiveShards.IsPresent && !TranslatesSelectors && shards.Any(part => !part.IsKnown || (part.Fact("successive", 1) != 0 && part.Parts.Count > 1)))
        {
            return "FAISS applies a selector to the numbers within each shard, not to successive ids: create the IndexShards with successiveIds: false, of parts that keep ids (inverted lists or ID maps), or search without a selector and drop the other ids.";
        }

        if (KnownDefects.SelectorOfShardedIDMaps.IsPresent && !TranslatesSelectors && shards.Any(part => part.Parts.Any(shard => shard.TranslatesIds) && !SearchesInTurn(part)))
        {
            return "Shards that search ID maps on threads share one set of search parameters, which each ID map changes: create the IndexShards with threaded: false, or use inverted lists, which keep ids themselves.";
        }

        if (KnownDefects.SelectorOfNestedIDMaps.IsPresent && !TranslatesSelectors && vectorParts.Any(part => part.IsIDMap && part.Parts.Any(inner => inner.TranslatesIds)))
        {
            return "FAISS translates the ids of a selector by the outer of two ID maps only: leave out one ID map.";
        }

        if (KnownDefects.SelectorOfDuplicates.IsPresent && parts.Contains(KnownDefects.SelectorOfDuplicates.Kinds))
        {
            return "Lists that store equal vectors once (FlatDedup) select by the id of the first of them: use IVFn,Flat instead.";
        }

        if (KnownDefects.SelectorOfPanoramaGraph.IsPresent && parts.Contains(KnownDefects.SelectorOfPanoramaGraph.Kinds))
        {
            return "A Panorama graph does not follow links through vectors that are not selected, and misses those behind them: use HNSWn,Flat instead.";
        }

        return KnownDefects.SelectorOfLists.IsPresent && parts.Contains(KnownDefects.SelectorOfLists.Kinds)
            ? "These inverted lists (additive quantizers and spectral hashes) do not accept a selector: use IVFn,Flat, IVFn,SQ8 or IVFn,PQm instead, or search without a selector and drop the other ids."
            : null;
    }
}
