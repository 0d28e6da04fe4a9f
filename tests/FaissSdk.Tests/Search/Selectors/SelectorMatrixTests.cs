namespace FaissSdk.Tests.Indexes;

/// <summary>Crosses selectors, search parameters and kinds of indexes, and compares the results with a list of the vectors.</summary>
public class SelectorMatrixTests
{
    private static readonly float[] Queries = TestData.Uniform(12, SelectedIndex.Dimension, seed: 3);

    private static bool DescribesParts => FaissLibrary.Supports("faiss_sdk_index_parts");

    public static TheoryData<string> Names => SelectedIndex.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Selected_ids_are_searched_or_refused(string name)
    {
        var kind = SelectedIndex.Every.Single(kind => kind.Name == name);
        Native.RequireParameters();
        Assert.SkipUnless(!kind.IsNewer || IndexKind.IsNewFaiss, $"{name} needs FAISS 1.15.0.");
        using var made = kind.Make();
        using var parts = new IndexParts();
        foreach (var selected in SelectorCase.Every.Where(selected => selected.IsSupported))
        {
            var selector = parts.Keep(selected.New(parts));
            foreach (var options in ParameterCase.Every.Where(options => !options.IsOfGraph || Native.HasOwnSearch || FaissLibrary.Supports("faiss_SearchParametersHNSW_new")))
            {
                var parameters = parts.Keep(options.New(selector));
                foreach (var k in new[] { 1, 7, 30, SelectedIndex.Size + 5 })
                {
                    var context = $"{name}; {options}; {selected}; k = {k}";
                    SearchResult? found = null;
                    var error = Record.Exception(() => found = made.Index.Search(Queries, k, parameters));
                    if (found is null)
                    {
                        Assert.True(error is NotSupportedException or ArgumentException or FaissException, $"{context}: {error}");
                        Assert.False(kind.IsSupported(options.Name) && (DescribesParts || !kind.HidesShards), $"{context} is refused: {error.Message}");
                    }
                    else
                    {
                        Check(kind, made.Index, selected, found, context);
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Selected_ids_within_a_radius_are_found_or_refused(string name)
    {
        var kind = SelectedIndex.Every.Single(kind => kind.Name == name);
        Native.RequireOwnSearch();
        Assert.SkipUnless(!kind.IsNewer || IndexKind.IsNewFaiss, $"{name} needs FAISS 1.15.0.");
        using var made = kind.Make();
        using var parts = new IndexParts();
        foreach (var selected in SelectorCase.Every)
        {
            var selector = parts.Keep(selected.New(parts));
            foreach (var options in ParameterCase.Every)
            {
                var parameters = parts.Keep(options.New(selector));
                foreach (var radius in new[] { 0, 0.5f, 100 })
                {
                    var context = $"{name}; {options}; {selected}; radius {radius}";
                    RangeSearchResult? found = null;
                    var error = Record.Exception(() => found = made.Index.RangeSearch(Queries, radius, parameters));
                    if (found is null)
                    {
                        Assert.True(error is NotSupportedException or ArgumentException or FaissException, $"{context}: {error}");
                        Assert.False(kind.IsSupportedWithin(options.Name), $"{context} is refused: {error.Message}");
                        continue;
                    }

                    for (var q = 0; q < found.QueryCount; q++)
                    {
                        CheckWithin(kind, selected, radius, q, [.. found[q].Ids], context);
                    }
                }
            }
        }
    }

    [Fact]
    public void Parameters_without_a_selector_are_accepted_by_shards()
    {
        Native.RequireParameters();
        foreach (var name in new[] { "shards with successive ids on threads", "an ID map of shards" })
        {
            var kind = SelectedIndex.Every.Single(kind => kind.Name == name);
            using var made = kind.Make();
            using var parameters = new SearchParameters();
            Assert.Equal(made.Index.Search(Queries, 5).Ids, made.Index.Search(Queries, 5, parameters).Ids);
        }
    }

    [Fact]
    public void Parameters_follow_a_change_of_the_shards()
    {
        Native.RequireParameters();
        using var shards = new IndexShards(SelectedIndex.Dimension, successiveIds: false);
        using var kept = FaissIndex.Create(SelectedIndex.Dimension, "IVF16,Flat");
        kept.Train(SelectedIndex.Vectors);
        kept.Add(SelectedIndex.Vectors);
        using var removed = kept.Clone();
        kept.SetParameter("nprobe", 16);
        shards.AddShard(kept);
        shards.AddShard(removed);
        using var range = new IDSelectorRange(20, 90);
        using var parameters = new SearchParametersIVF(range);
        Assert.Equal(10, shards.Search(Queries.AsSpan(0, SelectedIndex.Dimension), 10, parameters)[0].Count);
        shards.RemoveShard(removed);
        removed.Dispose();
        Assert.Equal(kept.Search(Queries, 5, parameters).Ids, shards.Search(Queries, 5, parameters).Ids);
    }

    private static void CheckWithin(SelectedIndex kind, SelectorCase selected, float radius, int q, long[] ids, string context)
    {
        Assert.True(ids.All(selected.Contains), $"{context}: ids that are not selected: {string.Join(' ', ids.Where(id => !selected.Contains(id)))}");
        Assert.True(ids.Distinct().Count() == ids.Length, $"{context}: {string.Join(' ', ids)}");
        var query = Queries.AsSpan(q * SelectedIndex.Dimension, SelectedIndex.Dimension).ToArray();
        for (var i = 0; i < SelectedIndex.Size && kind.FindsAllWithin; i++)
        {
            // Rounding decides about vectors on the border.
            var distance = Reference.SquaredDistance(query, SelectedIndex.Vectors.AsSpan(i * SelectedIndex.Dimension, SelectedIndex.Dimension));
            if (Math.Abs(distance - radius) > 1e-4)
            {
                Assert.True(ids.Contains(kind.IdAt(i)) == (distance < radius && selected.Contains(kind.IdAt(i))), $"{context}: query {q}, id {kind.IdAt(i)} at {distance}");
            }
        }
    }

    private static void Check(SelectedIndex kind, FaissIndex index, SelectorCase selected, SearchResult found, string context)
    {
        for (var q = 0; q < found.QueryCount; q++)
        {
            var query = Queries.AsSpan(q * SelectedIndex.Dimension, SelectedIndex.Dimension).ToArray();
            var ids = found[q].Ids.ToArray();
            Assert.True(ids.All(selected.Contains), $"{context}: ids that are not selected: {string.Join(' ', ids.Where(id => !selected.Contains(id)))}");
            Assert.True(ids.Distinct().Count() == ids.Length, $"{context}: {string.Join(' ', ids)}");
            if (!kind.IsExact)
            {
                continue;
            }

            var expected = Enumerable.Range(0, SelectedIndex.Size)
                .Where(i => selected.Contains(kind.IdAt(i)))
                .Select(i => (Id: kind.IdAt(i), Distance: Reference.SquaredDistance(query, SelectedIndex.Vectors.AsSpan(i * SelectedIndex.Dimension, SelectedIndex.Dimension))))
                .OrderBy(neighbor => neighbor.Distance)
                .ToArray();
            var length = Math.Min(found.K, expected.Length);
            Assert.True(ids.Length == length, $"{context}: {ids.Length} of {length} found");
            var distances = expected.ToDictionary(neighbor => neighbor.Id, neighbor => neighbor.Distance);
            for (var i = 0; i < ids.Length; i++)
            {
                Assert.True(Math.Abs(distances[ids[i]] - expected[i].Distance) < 1e-4, $"{context}: id {ids[i]} at place {i} instead of {expected[i].Id}");
            }
        }
    }
}
