using FaissSdk.Native;

namespace FaissSdk.Tests.Indexes;

/// <summary>Crosses selectors, search parameters and kinds of binary indexes, and compares the results with a list of the vectors.</summary>
public class BinarySelectorTests
{
    private const int Dimension = 64;
    private const int Size = 400;

    private static readonly byte[] Vectors = BinaryVectors.Random(Size, Dimension);
    private static readonly byte[] Queries = BinaryVectors.Random(10, Dimension, seed: 2);

    [Theory]
    [InlineData("BFlat", true, ParameterCase.Plain, ParameterCase.Lists, ParameterCase.Graph)]
    [InlineData("IDMap,BFlat", true, ParameterCase.Plain, ParameterCase.Lists, ParameterCase.Graph)]
    [InlineData("IDMap2,BFlat", true, ParameterCase.Plain, ParameterCase.Lists, ParameterCase.Graph)]
    [InlineData("BHNSW16", false, ParameterCase.Graph)]
    [InlineData("IDMap,BHNSW16", false, ParameterCase.Graph)]
    [InlineData("BIVF8", false)]
    [InlineData("IDMap,BIVF8", false)]
    [InlineData("BHash8", false)]
    [InlineData("BHash4x4", false)]
    public void Selected_ids_are_searched_or_refused(string kind, bool isExact, params string[] supported)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_IndexBinary_search_with_params"), "Search parameters of binary indexes need FAISS 1.14.0.");
        using var index = Filled(kind);
        using var parts = new IndexParts();
        foreach (var selected in SelectorCase.Every)
        {
            var selector = parts.Keep(selected.New(parts));
            foreach (var options in ParameterCase.Every)
            {
                var parameters = parts.Keep(options.New(selector));
                foreach (var k in new[] { 1, 7, Size + 5 })
                {
                    var context = $"{kind}; {options}; {selected}; k = {k}";
                    BinarySearchResult? found = null;
                    var error = Record.Exception(() => found = index.Search(Queries, k, parameters));
                    if (found is null)
                    {
                        Assert.True(error is NotSupportedException or ArgumentException or FaissException, $"{context}: {error}");
                        Assert.False(supported.Contains(options.Name), $"{context} is refused: {error.Message}");
                    }
                    else
                    {
                        Check(found, selected, isExact, context);
                    }
                }
            }
        }
    }

    [Fact]
    public void Probes_that_are_not_given_are_those_of_the_index()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_IndexBinary_search_with_params"), "Search parameters of binary indexes need FAISS 1.14.0.");
        using var index = (IndexBinaryIVF)Filled("BIVF8");
        using var parameters = new SearchParametersIVF();
        foreach (var probes in new[] { 1, 3, 8 })
        {
            index.NProbe = probes;
            var expected = index.Search(Queries, 5);
            Assert.Equal(expected.Ids, index.Search(Queries, 5, parameters).Ids);
            var coarse = index.Quantizer.Search(Queries, probes);
            var (distances, ids) = (new int[50], new long[50]);
            index.SearchPreassigned(Queries, 5, coarse.Ids, coarse.Distances, distances, ids, parameters: parameters);
            Assert.Equal(expected.Distances, distances);
        }

        using var map = Filled("IDMap,BIVF8");
        if (NativeParts.DescribesBinaries)
        {
            Assert.Equal(map.Search(Queries, 5).Distances, map.Search(Queries, 5, parameters).Distances);
        }
        else
        {
            var error = Assert.Throws<ArgumentException>(() => map.Search(Queries, 5, parameters));
            Assert.Equal("parameters", error.ParamName);
            Assert.Contains("NProbe", error.Message);
        }

        parameters.NProbe = 8;
        Assert.Equal(index.Search(Queries, 5).Distances, map.Search(Queries, 5, parameters).Distances);
    }

    private static IndexBinary Filled(string kind)
    {
        var index = IndexBinary.Create(Dimension, kind);
        if (!index.IsTrained)
        {
            index.Train(Vectors);
        }

        if (kind.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(Vectors, [.. Enumerable.Range(0, Size).Select(i => (long)i)]);
        }
        else
        {
            index.Add(Vectors);
        }

        return index;
    }

    private static void Check(BinarySearchResult found, SelectorCase selected, bool isExact, string context)
    {
        for (var q = 0; q < found.QueryCount; q++)
        {
            var row = found[q];
            var ids = row.Ids.ToArray();
            Assert.True(ids.All(selected.Contains), $"{context}: ids that are not selected: {string.Join(' ', ids.Where(id => !selected.Contains(id)))}");
            if (isExact)
            {
                var distances = BinaryVectors.Distances(Queries.AsSpan(q * Dimension / 8, Dimension / 8), Vectors);
                var expected = Enumerable.Range(0, Size).Where(i => selected.Contains(i)).Select(i => distances[i]).Order().Take(found.K);
                Assert.True(expected.SequenceEqual(row.Distances.ToArray()), context);
            }
        }
    }
}
