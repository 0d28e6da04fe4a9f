namespace FaissSdk.Tests.Indexes;

/// <summary>Crosses the classes of search parameters with kinds of indexes: each has the effect of the same setting of the index, or is refused.</summary>
public class ParameterKindsTests
{
    private const int Dimension = 16;
    private const int Size = 1000;

    private static readonly int[] QueryBits = [1, 4, 8];
    private static readonly float[] Vectors = TestData.Uniform(Size, Dimension);
    private static readonly float[] Queries = TestData.Uniform(40, Dimension, seed: 3);

    private static readonly string[] Lists =
    [
        "IVF16,Flat", "IVF16,PQ4np", "IVF16,PQ4+4", "IVF16,PQ4x4fs", "IVF16,RaBitQ", "IVF16,RaBitQfs", "IVF16_HNSW8,Flat", "IVF16_HNSW8,PQ4x4fs",
        "IVF16,PQ4x4np,RFlat", "IVF16_HNSW8,PQ4x4np,RFlat", "RR16,IVF16_HNSW8,Flat", "IDMap2,IVF16,PQ4np",
    ];

    /// <summary>Parameters, the settings of an index that have the same effect, and the kinds that accept them.</summary>
    private static readonly (string Name, Func<SearchParameters> New, (string Name, double Value)[] Settings, string[] Kinds)[] Cases =
    [
        ("lists", () => new SearchParametersIVF(nProbe: 3), [("nprobe", 3)], Lists),
        ("codes", () => new SearchParametersIVF(nProbe: 16, maxCodes: 300), [("nprobe", 16), ("max_codes", 300)], [.. Lists.Where(kind => !kind.EndsWith("RaBitQfs", StringComparison.Ordinal))]),
        ("quantizer", () => new SearchParametersIVF(nProbe: 3) { Quantizer = new SearchParametersHNSW(efSearch: 1) }, [("nprobe", 3), ("quantizer_efSearch", 1)], [.. Lists.Where(kind => kind.Contains("HNSW", StringComparison.Ordinal))]),
        ("graph", () => new SearchParametersHNSW(efSearch: 100), [("efSearch", 100)], ["HNSW8", "HNSW8,SQ4", "HNSW8,SQ4,RFlat"]),
        ("refining", () => new SearchParametersRefine(kFactor: 5), [("k_factor_rf", 5)], ["SQ4,RFlat", "IVF16,PQ4x4np,RFlat", "IVF16_HNSW8,PQ4x4np,RFlat", "HNSW8,SQ4,RFlat", "PQ4np,RFlat"]),
        ("refining lists", () => new SearchParametersRefine(kFactor: 3) { Base = new SearchParametersIVF(nProbe: 2) }, [("k_factor_rf", 3), ("nprobe", 2)], ["IVF16,PQ4x4np,RFlat", "IVF16_HNSW8,PQ4x4np,RFlat"]),
        ("refining lists of a graph", () => new SearchParametersRefine(kFactor: 3) { Base = new SearchParametersIVF(nProbe: 2) { Quantizer = new SearchParametersHNSW(efSearch: 1) } }, [("k_factor_rf", 3), ("nprobe", 2), ("quantizer_efSearch", 1)], ["IVF16_HNSW8,PQ4x4np,RFlat"]),
        ("refining product codes", () => new SearchParametersRefine(kFactor: 4) { Base = new SearchParametersPQ(14) }, [("k_factor_rf", 4), ("ht", 14)], ["PQ4np,RFlat"]),
        ("product codes", () => new SearchParametersPQ(14), [("ht", 14)], ["PQ4np", "PQ4np,RFlat"]),
        ("lists of product codes", () => new SearchParametersIVFPQ(nProbe: 8, polysemousThreshold: 12), [("nprobe", 8), ("ht", 12)], ["IVF16,PQ4np", "IDMap2,IVF16,PQ4np"]),
        ("RaBitQ", () => new SearchParametersRaBitQ { Centered = false }, [], ["RaBitQ"]),
        ("lists of RaBitQ", () => new SearchParametersIVFRaBitQ(nProbe: 3) { Centered = false }, [("nprobe", 3)], ["IVF16,RaBitQ", "IVF16,RaBitQfs"]),
    ];

    public static TheoryData<string> Kinds() =>
    [
        .. Lists, "Flat", "SQ4", "PQ4np", "PQ4x4fs", "LSH", "RaBitQ", "RaBitQfs", "NSG8", "HNSW8", "HNSW8,SQ4", "SQ4,RFlat", "PQ4np,RFlat", "HNSW8,SQ4,RFlat",
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Parameters_act_as_settings_or_are_refused(string kind)
    {
        using var index = Filled(kind);
        foreach (var (name, create, settings, kinds) in Cases)
        {
            using var parameters = create();
            if (!kinds.Contains(kind) || (kind.Contains("fs", StringComparison.Ordinal) && !IndexKind.IsNewFaiss))
            {
                var error = Record.Exception(() => index.Search(Queries, 5, parameters));
                Assert.True(error is ArgumentException { ParamName: "parameters" } or NotSupportedException, $"{name}: {error?.ToString() ?? "accepted"}");
                Assert.Contains(error is NotSupportedException ? FaissLibrary.Info.Version : "parameters", error!.Message, StringComparison.Ordinal);
                continue;
            }

            using var set = index.Clone();
            // Fast-scan lists do not read max_codes from the index.
            var isRead = !(name == "codes" && kind.EndsWith("fs", StringComparison.Ordinal));
            foreach (var (setting, value) in settings.Where(setting => isRead || setting.Name != "max_codes"))
            {
                set.SetParameter(setting, value);
            }

            var (expected, found) = (set.Search(Queries, 5), index.Search(Queries, 5, parameters));
            Assert.True(!isRead || expected.Ids.SequenceEqual(found.Ids), $"{name}: {string.Join(' ', expected.Ids[..10].ToArray())} and {string.Join(' ', found.Ids[..10].ToArray())}");
            if (settings.Length > 0)
            {
                Assert.False(index.Search(Queries, 5).Ids.SequenceEqual(found.Ids), $"{name} changes nothing");
            }
        }
    }

    [Theory]
    [InlineData("IVF16,PQ4x4fs")]
    [InlineData("IVF16,Flat")]
    [InlineData("IDMap2,IVF16,PQ4x4fs")]
    [InlineData("RR16,IVF16,SQ8")]
    public void A_limit_of_codes_that_no_search_reads_is_refused(string kind)
    {
        using var index = Filled(kind);
        using var space = new ParameterSpace();
        using var limited = new SearchParametersIVF(nProbe: 16, maxCodes: 100);
        index.SetParameter("max_codes", double.PositiveInfinity);
        if (kind.EndsWith("fs", StringComparison.Ordinal))
        {
            Assert.Throws<FaissException>(() => index.SetParameter("max_codes", 100));
            Assert.Throws<FaissException>(() => space.SetIndexParameters(index, "nprobe=3,max_codes=100"));
            Assert.Equal(1, index.GetParameter("nprobe"));
        }
        else
        {
            index.SetParameter("max_codes", 100);
            Assert.Throws<ArgumentException>("parameters", () => index.RangeSearch(Queries, 1, limited));
            limited.MaxCodes = 0;
            Assert.NotEqual(0, index.RangeSearch(Queries, 3, limited).TotalCount);
        }
    }

    [Theory]
    [InlineData("IVF16_HNSW8,Flat")]
    [InlineData("RR16,IVF16_HNSW8,Flat")]
    public void A_range_search_passes_parameters_to_the_quantizer(string kind)
    {
        using var index = Filled(kind);
        using var parameters = new SearchParametersIVF(nProbe: 3) { Quantizer = new SearchParametersHNSW(efSearch: 1) };
        using var set = index.Clone();
        set.SetParameter("nprobe", 3);
        set.SetParameter("quantizer_efSearch", 1);
        Assert.Equal(set.RangeSearch(Queries, 1).Ids, index.RangeSearch(Queries, 1, parameters).Ids);
        Assert.NotEqual(index.RangeSearch(Queries, 1).Ids.ToArray(), index.RangeSearch(Queries, 1, parameters).Ids.ToArray());
    }

    [Fact]
    public void A_refining_search_keeps_to_the_selector()
    {
        using var index = Filled("IVF16_HNSW8,PQ4x4np,RFlat");
        using var even = new IDSelectorPredicate(id => id % 2 == 0);
        using var parameters = new SearchParametersRefine(even, kFactor: 400) { Base = new SearchParametersIVF(nProbe: 16) { Quantizer = new SearchParametersHNSW(efSearch: 16) } };
        using var flat = new IndexFlatL2(Dimension);
        flat.Add(Vectors);
        Assert.Equal(flat.Search(Queries, 5, even).Ids, index.Search(Queries, 5, parameters).Ids);
    }

    [Theory]
    [InlineData("RaBitQ")]
    [InlineData("IVF16,RaBitQ")]
    [InlineData("IVF16,RaBitQfs")]
    public void More_bits_of_a_query_change_the_distances(string kind)
    {
        using var index = Filled(kind);
        var distances = QueryBits.Select(bits =>
        {
            using SearchParameters parameters = kind == "RaBitQ" ? new SearchParametersRaBitQ(queryBits: bits) : new SearchParametersIVFRaBitQ(nProbe: 16, queryBits: bits);
            return index.Search(Queries, 5, parameters).Distances.ToArray();
        }).ToArray();
        Assert.NotEqual(distances[0], distances[1]);
        Assert.NotEqual(distances[1], distances[2]);
        if (kind != "RaBitQ")
        {
            using var floats = new SearchParametersIVFRaBitQ(queryBits: 0);
            var error = Record.Exception(() => index.Search(Queries, 5, floats));
            Assert.True(kind.EndsWith("fs", StringComparison.Ordinal) ? error is ArgumentException : error is null, error?.Message);
        }
    }

    [Fact]
    public void Inner_parameters_have_no_selector()
    {
        Native.RequireOwnSearch();
        using var selector = new IDSelectorRange(0, 5);
        using var selecting = new SearchParametersIVF(selector);
        Assert.Equal("value", Assert.Throws<ArgumentException>(() => new SearchParametersRefine { Base = selecting }).ParamName);
        Assert.Equal("value", Assert.Throws<ArgumentException>(() => new SearchParametersIVF { Quantizer = selecting }).ParamName);
        var nested = new SearchParameters();
        for (var i = 0; i < 7; i++)
        {
            nested = new SearchParametersIVF { Quantizer = nested };
        }

        Assert.Throws<ArgumentException>(() => new SearchParametersRefine { Base = nested });
        nested.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new SearchParametersRefine { Base = nested });
    }

    [Fact]
    public void Limits_of_fast_scan_lists_are_refused_by_others()
    {
        using var index = Filled("IVF16,Flat");
        Assert.SkipUnless(FaissLibrary.Supports("faiss_SearchParametersIVF_set_max_lists_num"), "MaxLists needs FAISS 1.14.2.");
        using var parameters = new SearchParametersIVF { MaxLists = 2 };
        Assert.Contains("MaxLists", Assert.Throws<ArgumentException>(() => index.Search(Queries, 5, parameters)).Message);
    }

    private static FaissIndex Filled(string kind)
    {
        Native.RequireOwnSearch();
        Assert.SkipWhen(!IndexKind.IsNewFaiss && (kind.Contains("RaBitQ", StringComparison.Ordinal) || kind.StartsWith("NSG", StringComparison.Ordinal)), $"{kind} needs FAISS 1.15.0.");
        using var single = Native.SingleThread();
        var index = FaissIndex.Create(Dimension, kind);
        index.Train(Vectors);
        if (kind.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(Vectors, [.. Enumerable.Range(0, Size).Select(i => 3L * i)]);
        }
        else
        {
            index.Add(Vectors);
        }

        return index;
    }
}
