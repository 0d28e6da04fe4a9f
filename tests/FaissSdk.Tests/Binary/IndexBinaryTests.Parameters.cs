namespace FaissSdk.Tests.Indexes;

/// <content>Search parameters and parameters by name.</content>
public sealed partial class IndexBinaryTests
{
    [Fact]
    public void Parameters_select_the_searched_vectors()
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var flat = Create(Dimension, "BFlat");
        flat.Add(vectors);
        Assert.SkipUnless(FaissLibrary.Supports("faiss_IndexBinary_search_with_params"), "This FAISS takes no parameters.");
        using var selector = new IDSelectorRange(100, 1000);
        using var parameters = new SearchParameters(selector);
        Assert.All(flat.Search(vectors, K, parameters).Ids.ToArray(), label => Assert.InRange(label, 100, Size - 1));
        using var none = new IDSelectorRange(5, 5);
        using var nothing = new SearchParameters(none);
        Assert.All(flat.Search(vectors, K, nothing).Ids.ToArray(), label => Assert.Equal(-1, label));

        using var graph = Create(Dimension, "BHNSW8");
        graph.Add(vectors);
        using var efSearch = new SearchParametersHNSW(selector, 64);
        Assert.All(graph.Search(vectors, K, efSearch).Ids.ToArray(), label => Assert.True(label is -1 or >= 100));
        Assert.Throws<FaissException>(() => graph.Search(vectors, K, parameters));

        using var map = Create(Dimension, "IDMap,BFlat");
        AddAll(map, vectors);
        Parallel.For(0, 8, _ => Assert.All(map.Search(vectors, K, parameters).Ids.ToArray(), label => Assert.InRange(label, 100, Size - 1)));

        using var hash = Create(Dimension, "BHash8");
        hash.Add(vectors);
        Assert.Throws<FaissException>(() => hash.Search(vectors, K, parameters));
    }

    [Theory]
    [InlineData("BHNSW4")]
    [InlineData("IDMap,BHNSW4")]
    public void Candidates_that_are_not_given_are_those_of_the_index(string description)
    {
        Assert.SkipUnless(FaissLibrary.Supports("faiss_IndexBinary_search_with_params"), "This FAISS takes no parameters.");
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var graph = Create(Dimension, description);
        AddAll(graph, vectors);
        using var selector = new IDSelectorRange(0, Size);
        using var parameters = new SearchParametersHNSW(selector);
        if (!FaissLibrary.Supports("faiss_sdk_binary_search_width"))
        {
            Assert.Equal("parameters", Assert.Throws<ArgumentException>(() => graph.Search(vectors, 1, parameters)).ParamName);
            return;
        }

        // A binary ID map has no parameters by name.
        foreach (var width in description.StartsWith("IDMap", StringComparison.Ordinal) ? [16] : new[] { 1, 3, 200 })
        {
            if (width != 16)
            {
                graph.SetParameter("efSearch", width);
            }

            using var given = new SearchParametersHNSW(selector, width);
            Assert.Equal(graph.Search(vectors, 1, given).Ids, graph.Search(vectors, 1, parameters).Ids);
        }
    }

    [Fact]
    public void Parameters_are_set_by_name()
    {
        using var index = Create(Dimension, "BIVF16_HNSW8");
        Assert.SkipUnless(FaissLibrary.Supports("faiss_ParameterSpace_set_index_parameter_binary"), "This FAISS sets no parameters of binary indexes.");
        index.SetParameter("nprobe", 7);
        Assert.Equal(7, ((IndexBinaryIVF)index).NProbe);
        index.SetParameter("efSearch", 32);
        index.SetParameter("max_codes", 100);
        Assert.Equal(100, ((IndexBinaryIVF)index).MaxCodes);
        Assert.Throws<FaissException>(() => index.SetParameter("use_heap", 1));
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => index.SetParameter("", 1)).ParamName);
        foreach (var value in new[] { 0, -1, double.NaN, double.PositiveInfinity, 1e10 })
        {
            Assert.Equal("value", Assert.Throws<ArgumentOutOfRangeException>(() => index.SetParameter("nprobe", value)).ParamName);
        }

        using var space = new ParameterSpace();
        space.SetIndexParameters(index, "nprobe=3,max_codes=50");
        Assert.Equal((3, 50), (((IndexBinaryIVF)index).NProbe, ((IndexBinaryIVF)index).MaxCodes));
        space.SetIndexParameters(index, 0);
        Assert.Throws<ArgumentException>(() => space.SetIndexParameters(index, "nprobe"));
        Assert.Throws<ArgumentOutOfRangeException>(() => space.SetIndexParameters(index, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => space.SetIndexParameters(index, "nprobe=0"));
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => space.SetIndexParameters(index, "nprobe=3"));
        Assert.Throws<ObjectDisposedException>(() => index.SetParameter("nprobe", 1));
    }
}
