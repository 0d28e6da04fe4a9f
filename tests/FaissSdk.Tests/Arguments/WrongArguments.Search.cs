namespace FaissSdk.Tests.Arguments;

/// <content>Results, parameters, selectors and distances.</content>
internal sealed partial record WrongArguments
{
    private static IEnumerable<WrongArguments> Results(Samples s)
    {
        yield return new("SearchResult[query]", ("query", () => _ = s.Flat.Search(new float[4], 1)[1]), ("query", () => _ = s.Flat.Search(new float[4], 1)[-1]));
        yield return new(
            "SearchResult.Create(k, distances, ids)",
            ("k", () => SearchResult.Create(0, [], [])),
            ("ids", () => SearchResult.Create(2, [1], [1])),
            ("distances", () => SearchResult.Create(1, [], [1])));
        yield return new(
            "SearchResult.Merge(results, metric, k)",
            ("results", () => SearchResult.Merge([], MetricType.L2, 1)),
            ("results", () => SearchResult.Merge([SearchResult.Create(1, [1], [1]), null!], MetricType.L2, 1)),
            ("metric", () => SearchResult.Merge([SearchResult.Create(1, [1], [1])], (MetricType)99, 1)),
            ("k", () => SearchResult.Merge([SearchResult.Create(1, [1], [1])], MetricType.L2, 0)));
        yield return new("SearchResultRow[index]", ("index", () => _ = s.Flat.Search(new float[4], 1)[0][1]), ("index", () => _ = s.Flat.Search(new float[4], 1)[0][-1]));
        yield return new("RangeSearchResult[query]", ("query", () => _ = s.Flat.RangeSearch(new float[4], 1)[1]), ("query", () => _ = s.Flat.RangeSearch(new float[4], 1)[-1]));
        yield return new(
            "RangeSearchResult.Create(counts, ids, distances)",
            ("counts", () => RangeSearchResult.Create([-1], [], [])),
            ("ids", () => RangeSearchResult.Create([1], [], [1])),
            ("distances", () => RangeSearchResult.Create([1], [1], [])));
        yield return new("BinarySearchResult[query]", ("query", () => _ = s.Binary.Search(new byte[4], 1)[1]), ("query", () => _ = s.Binary.Search(new byte[4], 1)[-1])) { Needs = BinaryFactory };
        yield return new("BinarySearchResultRow[index]", ("index", () => _ = s.Binary.Search(new byte[4], 1)[0][1]), ("index", () => _ = s.Binary.Search(new byte[4], 1)[0][-1])) { Needs = BinaryFactory };
        yield return new("BinaryRangeSearchResult[query]", ("query", () => _ = s.Binary.RangeSearch(new byte[4], 1)[1]), ("query", () => _ = s.Binary.RangeSearch(new byte[4], 1)[-1])) { Needs = BinaryFactory };
        yield return new("RangeSearchResultBuilder(queries)", ("queries", () => _ = new RangeSearchResultBuilder(-1)));
        yield return new("RangeSearchResultBuilder.Begin(query)", ("query", () => s.Builder.Begin(2)), ("query", () => s.Builder.Begin(-1))) { Needs = "faiss_IndexShards_own_indices" };
        yield return new("BufferList(bufferSize)", ("bufferSize", () => _ = new BufferList(0)));
        yield return new(
            "BufferList.CopyRange(first, ids, distances)",
            ("first", () => s.Buffers.CopyRange(-1, [], [])),
            ("first", () => s.Buffers.CopyRange(0, new long[1], new float[1])),
            ("distances", () => s.Buffers.CopyRange(0, new long[1], new float[2])),
            ("distances", () => Overlapping((distances, _, ids) => s.Buffers.CopyRange(0, ids, distances), 1, 1)));
    }

    private static IEnumerable<WrongArguments> Parameters(Samples s)
    {
        yield return new("SearchParametersHNSW(selector, efSearch)", ("efSearch", () => _ = new SearchParametersHNSW(efSearch: 0)), ("efSearch", () => _ = new SearchParametersHNSW(efSearch: (1 << 24) + 1)));
        yield return new("SearchParametersHNSW.EfSearch", ("value", () => s.GraphParameters.EfSearch = 0), ("value", () => s.GraphParameters.EfSearch = (1 << 24) + 1)) { Needs = "faiss_SearchParametersHNSW_new" };
        yield return new("SearchParametersIVF(selector, nProbe, maxCodes)", ("nProbe", () => _ = new SearchParametersIVF(nProbe: 0)), ("maxCodes", () => _ = new SearchParametersIVF(maxCodes: -1)));
        yield return new("SearchParametersIVF.NProbe", ("value", () => s.ListParameters.NProbe = 0)) { Needs = "faiss_SearchParametersIVF_cast" };
        yield return new("SearchParametersIVF.MaxCodes", ("value", () => s.ListParameters.MaxCodes = -1)) { Needs = "faiss_SearchParametersIVF_cast" };
        yield return new("SearchParametersIVF.MaxLists", ("value", () => s.ListParameters.MaxLists = -1)) { Needs = "faiss_SearchParametersIVF_cast" };
        yield return new("SearchParametersIVF.MaxEmptyResultBuckets", ("value", () => s.ListParameters.MaxEmptyResultBuckets = -1)) { Needs = "faiss_SearchParametersIVF_cast" };
        foreach (var row in KindParameters(s))
        {
            yield return row with { Needs = "faiss_sdk_search" };
        }

        yield return new("IDSelectorRange(start, end)", ("end", () => _ = new IDSelectorRange(3, 1)));
        yield return new("ParameterSpace.CombinationName(combination)", ("combination", () => s.Space.CombinationName(1)), ("combination", () => s.Space.CombinationName(-1)));
        yield return new("ParameterSpace.SetIndexParameter(index, name, value)", ("value", () => s.Space.SetIndexParameter(s.Lists, "nprobe", double.NaN)), ("name", () => s.Space.SetIndexParameter(s.Lists, "", 1)));
        yield return new("ParameterSpace.SetIndexParameters(index, combination)", ("combination", () => s.Space.SetIndexParameters(s.Lists, 1)), ("combination", () => s.Space.SetIndexParameters(s.Lists, -1)));
        yield return new("ParameterSpace.SetIndexParameters(index, parameters)", ("parameters", () => s.Space.SetIndexParameters(s.Lists, "nprobe")), ("parameters", () => s.Space.SetIndexParameters(s.Lists, "nprobe=0")));
        yield return new("FaissThreads.Default", ("value", () => FaissThreads.Default = 0));
        yield return new("FaissThreads.Limit(threads)", ("threads", () => FaissThreads.Limit(0)));
    }

    private static IEnumerable<WrongArguments> KindParameters(Samples s)
    {
        SearchParameters? selecting = null;
        SearchParameters Nested() => selecting ??= new SearchParameters(new IDSelectorRange(0, 1));
        yield return new("SearchParametersRefine(selector, kFactor)", ("kFactor", () => _ = new SearchParametersRefine(kFactor: 0.5f)), ("kFactor", () => _ = new SearchParametersRefine(kFactor: float.NaN)), ("kFactor", () => _ = new SearchParametersRefine(kFactor: float.PositiveInfinity)));
        yield return new("SearchParametersRefine.KFactor", ("value", () => new SearchParametersRefine().KFactor = 0));
        yield return new("SearchParametersPQ(polysemousThreshold)", ("polysemousThreshold", () => _ = new SearchParametersPQ(0)));
        yield return new("SearchParametersPQ.PolysemousThreshold", ("value", () => new SearchParametersPQ().PolysemousThreshold = 0));
        yield return new(
            "SearchParametersIVFPQ(selector, nProbe, maxCodes, polysemousThreshold)",
            ("nProbe", () => _ = new SearchParametersIVFPQ(nProbe: 0)),
            ("maxCodes", () => _ = new SearchParametersIVFPQ(maxCodes: -1)),
            ("polysemousThreshold", () => _ = new SearchParametersIVFPQ(polysemousThreshold: 0)));
        yield return new("SearchParametersIVFPQ.PolysemousThreshold", ("value", () => new SearchParametersIVFPQ().PolysemousThreshold = -1));
        yield return new("SearchParametersRaBitQ(selector, queryBits)", ("queryBits", () => _ = new SearchParametersRaBitQ(queryBits: 9)), ("queryBits", () => _ = new SearchParametersRaBitQ(queryBits: -1)));
        yield return new("SearchParametersRaBitQ.QueryBits", ("value", () => new SearchParametersRaBitQ().QueryBits = 9));
        yield return new(
            "SearchParametersIVFRaBitQ(selector, nProbe, maxCodes, queryBits)",
            ("nProbe", () => _ = new SearchParametersIVFRaBitQ(nProbe: 0)),
            ("maxCodes", () => _ = new SearchParametersIVFRaBitQ(maxCodes: -1)),
            ("queryBits", () => _ = new SearchParametersIVFRaBitQ(queryBits: 9)));
        yield return new("SearchParametersIVFRaBitQ.QueryBits", ("value", () => new SearchParametersIVFRaBitQ().QueryBits = 9));
        yield return new("FaissIndex.MakeDirectMap(type)", ("type", () => s.Lists.MakeDirectMap((DirectMapType)3)));
        yield return new("FaissIndex.SearchAndGetCodes(queries, k, codes)", ("queries", () => s.Flat.SearchAndGetCodes(new float[5], 1, out _)), ("k", () => s.Flat.SearchAndGetCodes(new float[4], 0, out _)));
        yield return new("ConcurrentIndex.SearchAndGetCodes(queries, k, codes, cancellationToken)", ("queries", () => s.Flat.AsConcurrent().SearchAndGetCodes(new float[5], 1, out _)), ("k", () => s.Flat.AsConcurrent().SearchAndGetCodes(new float[4], 0, out _)));
        yield return new("ConcurrentIndex.UpdateVectors(vectors, ids, cancellationToken)", ("vectors", () => s.Flat.AsConcurrent().UpdateVectors(new float[5], [0])), ("ids", () => s.Flat.AsConcurrent().UpdateVectors(new float[4], [0, 1])));
        yield return new(
            "ConcurrentIndex.RangeSearch(queries, radius, parameters, cancellationToken)",
            ("queries", () => s.Flat.AsConcurrent().RangeSearch(new float[5], 1, s.Parameters)),
            ("radius", () => s.Flat.AsConcurrent().RangeSearch(new float[4], -1, s.Parameters)));
        yield return new(
            "ConcurrentIndex.RangeSearch(queries, radius, selector, cancellationToken)",
            ("queries", () => s.Flat.AsConcurrent().RangeSearch(new float[5], 1, Nested().Selector!)),
            ("radius", () => s.Flat.AsConcurrent().RangeSearch(new float[4], -1, Nested().Selector!)));
        yield return new(
            "ConcurrentIndex.Search(queries, k, selector, cancellationToken)",
            ("queries", () => s.Flat.AsConcurrent().Search(new float[5], 1, Nested().Selector!)),
            ("k", () => s.Flat.AsConcurrent().Search(new float[4], 0, Nested().Selector!)));
    }

    private static IEnumerable<WrongArguments> Distances()
    {
        yield return new("FaissTuning.BlasThreshold", ("value", () => FaissTuning.BlasThreshold = -1));
        yield return new("FaissTuning.BlasQueryBlockSize", ("value", () => FaissTuning.BlasQueryBlockSize = 0));
        yield return new("FaissTuning.BlasDatabaseBlockSize", ("value", () => FaissTuning.BlasDatabaseBlockSize = 0));
        yield return new("FaissTuning.MinReservoirNeighbors", ("value", () => FaissTuning.MinReservoirNeighbors = -1));
        yield return new(
            "VectorDistances.PairwiseL2Squared(queries, vectors, dimension, distances)",
            ("queries", () => VectorDistances.PairwiseL2Squared(new float[5], new float[4], 4, new float[1])),
            ("vectors", () => VectorDistances.PairwiseL2Squared(new float[4], new float[5], 4, new float[1])),
            ("dimension", () => VectorDistances.PairwiseL2Squared([], [], 0, [])),
            ("distances", () => VectorDistances.PairwiseL2Squared(new float[4], new float[4], 4, new float[2])),
            ("distances", () => Overlapping((x, distances, _) => VectorDistances.PairwiseL2Squared(x, new float[4], 4, distances), 4, 1)),
            ("distances", () => Overlapping((y, distances, _) => VectorDistances.PairwiseL2Squared(new float[4], y, 4, distances), 4, 1)));
        yield return new(
            "VectorDistances.PairwiseL2Squared(queries, queryStride, vectors, vectorStride, dimension, distances, distanceStride)",
            ("queries", () => VectorDistances.PairwiseL2Squared(new float[6], 5, new float[4], 4, 4, new float[2], 1)),
            ("queryStride", () => VectorDistances.PairwiseL2Squared(new float[4], 3, new float[4], 4, 4, new float[1], 1)),
            ("vectors", () => VectorDistances.PairwiseL2Squared(new float[4], 4, new float[6], 5, 4, new float[2], 2)),
            ("vectorStride", () => VectorDistances.PairwiseL2Squared(new float[4], 4, new float[4], 3, 4, new float[1], 1)),
            ("dimension", () => VectorDistances.PairwiseL2Squared([], 1, [], 1, 0, [], 1)),
            ("distances", () => VectorDistances.PairwiseL2Squared(new float[8], 4, new float[4], 4, 4, new float[2], 2)),
            ("distances", () => Overlapping((x, distances, _) => VectorDistances.PairwiseL2Squared(x, 4, new float[4], 4, 4, distances, 1), 4, 1)),
            ("distanceStride", () => VectorDistances.PairwiseL2Squared(new float[4], 4, new float[8], 4, 4, new float[2], 1)));
        yield return new(
            "VectorDistances.InnerProducts(vector, vectors, products)",
            ("vector", () => VectorDistances.InnerProducts([], [], [])),
            ("vectors", () => VectorDistances.InnerProducts(new float[4], new float[5], new float[1])),
            ("products", () => VectorDistances.InnerProducts(new float[4], new float[4], new float[2])),
            ("products", () => Overlapping((x, products, _) => VectorDistances.InnerProducts(x, new float[4], products), 4, 1)),
            ("products", () => Overlapping((y, products, _) => VectorDistances.InnerProducts(new float[4], y, products), 4, 1)));
        yield return new(
            "VectorDistances.L2Squared(vector, vectors, distances)",
            ("vector", () => VectorDistances.L2Squared([], [], [])),
            ("vectors", () => VectorDistances.L2Squared(new float[4], new float[5], new float[1])),
            ("distances", () => VectorDistances.L2Squared(new float[4], new float[4], new float[2])),
            ("distances", () => Overlapping((x, distances, _) => VectorDistances.L2Squared(x, new float[4], distances), 4, 1)));
        yield return new(
            "VectorDistances.NormsL2(vectors, dimension, norms)",
            ("vectors", () => VectorDistances.NormsL2(new float[5], 4, new float[1])),
            ("dimension", () => VectorDistances.NormsL2([], 0, [])),
            ("norms", () => VectorDistances.NormsL2(new float[4], 4, new float[2])),
            ("norms", () => Overlapping((x, norms, _) => VectorDistances.NormsL2(x, 4, norms), 4, 1)));
        yield return new(
            "VectorDistances.NormsL2Squared(vectors, dimension, norms)",
            ("vectors", () => VectorDistances.NormsL2Squared(new float[5], 4, new float[1])),
            ("dimension", () => VectorDistances.NormsL2Squared([], 0, [])),
            ("norms", () => VectorDistances.NormsL2Squared(new float[4], 4, new float[2])),
            ("norms", () => Overlapping((x, norms, _) => VectorDistances.NormsL2Squared(x, 4, norms), 4, 1)));
        yield return new("VectorDistances.RenormalizeL2(vectors, dimension)", ("vectors", () => VectorDistances.RenormalizeL2(new float[5], 4)), ("dimension", () => VectorDistances.RenormalizeL2([], 0)));
    }
}
