using FaissSdk.Native;

namespace FaissSdk.Tests.Indexes;

public class SearchParametersTests
{
    public static TheoryData<string> Kinds() => ["Flat", "IVF16,Flat", "IVF16,SQ8", "IVF16,PQ4x4fs", "HNSW16", "SQ8", "PCA4,Flat", "RR8,Flat", "IDMap,Flat", "IDMap2,IVF16,Flat", "PCA4,IVF16,Flat"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Search_finds_only_selected_vectors(string kind)
    {
        using var index = Filled(kind, out var vectors);
        using var even = new IDSelectorBatch([.. Enumerable.Range(0, 320).Select(i => 2L * i)]);
        using var parameters = kind.Contains("IVF", StringComparison.Ordinal) ? new SearchParametersIVF(even, 16) : new SearchParameters(even);
        var found = index.Search(vectors.AsSpan(0, 800), 5, parameters);
        Assert.All(found.Ids.ToArray(), label => Assert.Equal(0, label % 2));
        Assert.True(found.Count(row => row.Count == 5) > 90);
        Assert.True(parameters.Selects);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_range_beyond_the_vectors_selects_nothing(string kind)
    {
        using var index = Filled(kind, out var vectors);
        foreach (var (minimum, maximum) in new[] { (5000L, 6000L), (640, 641), (3, 3), (-9, -3), (-5, 0) })
        {
            using var range = new IDSelectorRange(minimum, maximum);
            using var parameters = kind.Contains("IVF", StringComparison.Ordinal) ? new SearchParametersIVF(range, 16) : new SearchParameters(range);
            Assert.All(index.Search(vectors.AsSpan(0, 240), 3, parameters).Ids.ToArray(), label => Assert.Equal(-1, label));
        }
    }

    [Fact]
    public void Inverted_lists_refuse_parameters_of_graphs()
    {
        using var index = Filled("IVF16,Flat", out var vectors);
        using var parameters = new SearchParameters();
        if (Native.HasOwnSearch)
        {
            using var graph = new SearchParametersHNSW();
            AssertRefused(graph);
            Assert.Equal(index.Search(vectors, 5).Ids, index.Search(vectors, 5, parameters).Ids);
        }
        else
        {
            AssertRefused(parameters);
        }

        void AssertRefused(SearchParameters refused)
        {
            var error = Assert.Throws<ArgumentException>(() => index.Search(vectors, 1, refused));
            Assert.Equal("parameters", error.ParamName);
            Assert.Contains("SearchParametersIVF", error.Message);
        }

        using var narrow = new SearchParametersIVF(nProbe: 1) { MaxCodes = 100 };
        using var wide = new SearchParametersIVF(nProbe: 1) { NProbe = int.MaxValue };
        Assert.Equal((1, 100L), (narrow.NProbe, narrow.MaxCodes));
        Assert.NotEqual(index.Search(vectors, 5, narrow).Ids.ToArray(), index.Search(vectors, 5, wide).Ids.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => new SearchParametersIVF(nProbe: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => wide.NProbe = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => wide.MaxCodes = -1);
        wide.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Search(vectors, 5, wide));
        Assert.Throws<ObjectDisposedException>(() => wide.NProbe);
    }

    [Theory]
    [InlineData("IVF16,Flat")]
    [InlineData("RR8,IVF16,Flat")]
    [InlineData("IDMap,IVF16,PQ4x4fs")]
    public void Probes_that_are_not_given_are_those_of_the_index(string kind)
    {
        using var index = Filled(kind, out var vectors);
        using var selector = new IDSelectorRange(0, 10_000);
        using var parameters = new SearchParametersIVF(selector);
        Assert.Null(parameters.NProbe);
        foreach (var probes in new[] { 1, 4, 16 })
        {
            index.SetParameter("nprobe", probes);
            Assert.Equal(index.Search(vectors, 5).Ids, index.Search(vectors, 5, parameters).Ids);
        }

        parameters.NProbe = 1;
        using var one = new SearchParametersIVF(selector, nProbe: 1);
        var expected = index.Search(vectors, 5, one).Ids.ToArray();
        Assert.Equal(expected, index.Search(vectors, 5, parameters).Ids);
        Assert.NotEqual(expected, index.Search(vectors, 5).Ids.ToArray());
        parameters.NProbe = null;
        Assert.Equal(index.Search(vectors, 5).Ids, index.Search(vectors, 5, parameters).Ids);
    }

    [Fact]
    public void Fast_scan_limits_the_probes_to_the_lists()
    {
        using var index = Filled("IVF16,PQ4x4fs", out var vectors);
        using var wide = new SearchParametersIVF(nProbe: int.MaxValue);
        using var all = new SearchParametersIVF(nProbe: 16);
        Assert.Equal(index.Search(vectors, 3, all).Ids, index.Search(vectors, 3, wide).Ids);
        index.SetParameter("nprobe", int.MaxValue);
        Assert.Equal(16, ((IndexIVF)index).NProbe);
        Assert.Equal(index.Search(vectors, 3, all).Ids, index.Search(vectors, 3).Ids);
    }

    [Fact]
    public void Graphs_accept_SearchParametersHNSW()
    {
        Native.Require();
        Assert.SkipUnless(Native.HasOwnSearch || FaissLibrary.Supports("faiss_SearchParametersHNSW_new"), "Their parameters need FAISS 1.14.0, or a library of FaissSdk.");
        using var index = Filled("HNSW16", out var vectors);
        using var parameters = new SearchParametersHNSW(efSearch: 64) { CheckRelativeDistance = false };
        Assert.Equal((64, false, true), (parameters.EfSearch, parameters.CheckRelativeDistance, parameters.BoundedQueue));
        Assert.False(parameters.Selects);
        Assert.Equal(Enumerable.Range(0, 640).Select(i => (long)i), index.Search(vectors, 1, parameters).Ids.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => parameters.EfSearch = int.MaxValue);
    }

    [Theory]
    [InlineData("HNSW16")]
    [InlineData("IDMap,HNSW16")]
    [InlineData("IVF16_HNSW8,Flat")]
    public void A_queue_without_bounds_works_or_is_refused(string kind)
    {
        Native.RequireOwnSearch();
        using var index = Filled(kind, out var vectors);
        using var graph = new SearchParametersHNSW(efSearch: 64) { BoundedQueue = false };
        Assert.False(graph.BoundedQueue);
        using var lists = new SearchParametersIVF(nProbe: 16) { Quantizer = graph };
        SearchParameters parameters = kind.StartsWith("IVF", StringComparison.Ordinal) ? lists : graph;
        if (KnownDefects.QueueOfParameters.IsPresent)
        {
            Assert.Contains("1.9.0", Assert.Throws<NotSupportedException>(() => index.Search(vectors, 1, parameters)).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(Enumerable.Range(0, 640).Select(i => (long)i), index.Search(vectors, 1, parameters).Ids.ToArray());
        }
    }

    [Theory]
    [InlineData("HNSW4", "")]
    [InlineData("HNSW4,SQ8", "")]
    [InlineData("RR8,HNSW4", "")]
    [InlineData("IDMap,HNSW4", "")]
    [InlineData("HNSW4", "replaced")]
    public void Candidates_that_are_not_given_are_those_of_the_index(string kind, string selection)
    {
        Native.Require();
        Assert.SkipUnless(Native.HasOwnSearch || FaissLibrary.Supports("faiss_SearchParametersHNSW_new"), "Their parameters need FAISS 1.14.0, or a library of FaissSdk.");
        using var index = Filled(kind, out var vectors);
        using var selector = new IDSelectorRange(0, 10_000);
        using var parameters = new SearchParametersHNSW(selection.Length == 0 ? selector : null);
        Assert.Null(parameters.EfSearch);
        if (!FaissLibrary.Supports("faiss_sdk_search_width"))
        {
            Assert.Equal("parameters", Assert.Throws<ArgumentException>(() => index.Search(vectors, 2, parameters)).ParamName);
            return;
        }

        foreach (var width in new[] { 1, 4, 200 })
        {
            index.SetParameter("efSearch", width);
            Assert.Equal(index.Search(vectors, 2).Ids, index.Search(vectors, 2, parameters).Ids);
        }

        parameters.EfSearch = 2;
        using var narrow = new SearchParametersHNSW(selector, efSearch: 2);
        var expected = index.Search(vectors, 2, narrow).Ids.ToArray();
        Assert.Equal(expected, index.Search(vectors, 2, parameters).Ids);
        Assert.NotEqual(expected, index.Search(vectors, 2).Ids.ToArray());
        parameters.EfSearch = null;
        Assert.Equal(index.Search(vectors, 2).Ids, index.Search(vectors, 2, parameters).Ids);
    }

    [Theory]
    [InlineData("HNSW4")]
    [InlineData("IDMap,HNSW4")]
    [InlineData("RR8,HNSW4,SQ8")]
    public void More_candidates_than_those_of_the_index_are_kept(string kind)
    {
        Native.RequireOwnSearch();
        using var index = Filled(kind, out var vectors);
        using var selector = new IDSelectorRange(100, 120);
        using var parameters = new SearchParametersHNSW(selector, efSearch: 640);
        index.SetParameter("efSearch", 640);
        var expected = index.Search(vectors, 5, selector).Ids.ToArray();
        Assert.True(expected.Count(id => id >= 0) > 5 * 600);
        index.SetParameter("efSearch", 1);
        Assert.NotEqual(expected, index.Search(vectors, 5, selector).Ids.ToArray());
        Assert.Equal(expected, index.Search(vectors, 5, parameters).Ids.ToArray());
    }

    [Fact]
    public void Selectors_combine()
    {
        Native.Require();
        Assert.SkipUnless(Native.HasOwnSearch || FaissLibrary.Supports("faiss_IDSelectorBitmap_new"), "Bitmaps need FAISS 1.11.0, or a library of FaissSdk.");
        using var low = new IDSelectorRange(0, 8);
        using var bits = new IDSelectorBitmap([0b1010_1010, 0b1111_0000]);
        using var not = new IDSelectorNot(low);
        using var and = new IDSelectorAnd(low, bits);
        using var or = new IDSelectorOr(low, bits);
        using var xor = new IDSelectorXOr(low, bits);
        low.Dispose();
        bits.Dispose();
        Assert.Equal((2, 2), (new IDSelectorBitmap([1, 2]).Length, new IDSelectorBitmap([1, 2]).ToArray().Length));
        foreach (var label in Enumerable.Range(-2, 30))
        {
            var (isLow, isSet) = (label is >= 0 and < 8, label is 1 or 3 or 5 or 7 or >= 12 and < 16);
            Assert.Equal(!isLow, not.Contains(label));
            Assert.Equal(isLow && isSet, and.Contains(label));
            Assert.Equal(isLow || isSet, or.Contains(label));
            Assert.Equal(isLow != isSet, xor.Contains(label));
        }

        Assert.Throws<ObjectDisposedException>(() => low.Contains(1));
        Assert.Throws<ObjectDisposedException>(() => new IDSelectorNot(low));
    }

    [Fact]
    public void Eight_threads_share_parameters()
    {
        using var index = Filled("IDMap,Flat", out var vectors);
        using var selector = new IDSelectorBatch([.. Enumerable.Range(0, 320).Select(i => 2L * i)]);
        using var parameters = new SearchParameters(selector);
        var expected = index.Search(vectors, 5, parameters).Ids.ToArray();
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => Assert.Equal(expected, index.Search(vectors, 5, parameters).Ids));
    }

    private static FaissIndex Filled(string kind, out float[] vectors)
    {
        Native.RequireParameters();
        Assert.SkipWhen(kind.Contains("fs", StringComparison.Ordinal) && !FaissLibrary.Supports("faiss_SearchParameters_new"), "Parameters of fast-scan lists need FAISS 1.7.4.");
        vectors = TestData.Uniform(640, 8);
        var index = FaissIndex.Create(8, kind);
        index.Train(vectors);
        if (kind.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, 640).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }

        return index;
    }
}
