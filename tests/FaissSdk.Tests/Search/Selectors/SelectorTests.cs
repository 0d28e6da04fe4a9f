namespace FaissSdk.Tests.Indexes;

public class SelectorTests
{
    [Fact]
    public void Selected_ids_are_removed()
    {
        Native.Require();
        using var index = new IndexFlatL2(1);
        index.Add([0, 1, 2, 3, 4]);
        using var range = new IDSelectorRange(1, 3);
        using var batch = new IDSelectorBatch(0, 2);
        Assert.True(range.Contains(2));
        Assert.False(range.Contains(3));
        Assert.Equal(2, index.Remove(range));
        Assert.Equal([0f, 3, 4], index.ReconstructRange(0, 3));
        Assert.Equal(2, index.Remove(batch));
        Assert.Equal([3f], index.Reconstruct(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IDSelectorRange(3, 1));
    }

    [Fact]
    public void Search_finds_only_selected_ids()
    {
        Native.RequireParameters();
        using var index = new IndexFlatL2(1);
        index.Add([0, 1, 2, 3, 4]);
        using var selector = new IDSelectorRange(2, 4);
        using var parameters = new SearchParameters(selector);
        selector.Dispose();
        Assert.Equal([2L, 3, -1], index.Search([0], 3, parameters).Ids);
    }

    [Fact]
    public void A_disposed_selector_is_named_by_its_class()
    {
        Native.RequireParameters();
        using var index = new IndexFlatL2(1);
        using var other = new IDSelectorRange(0, 1);
        var selector = new IDSelectorBatch(0, 2);
        selector.Dispose();
        Func<object>[] calls = [() => index.Search([0], 1, selector), () => index.RangeSearch([0], 1, selector), () => index.Remove(selector), () => new SearchParameters(selector), () => new IDSelectorNot(selector), () => new IDSelectorAnd(other, selector)];
        Assert.All(calls, call => Assert.Equal(typeof(IDSelectorBatch).FullName, Assert.Throws<ObjectDisposedException>(call).ObjectName));
    }

    [Fact]
    public void A_missing_function_names_the_version_that_has_it()
    {
        Native.Require();
        Assert.SkipWhen(Native.HasOwnSearch || FaissLibrary.Supports("faiss_IDSelectorNot_new"), "This library has it.");
        using var range = new IDSelectorRange(1, 3);
        Assert.Contains("1.7.4", Assert.Throws<NotSupportedException>(() => new IDSelectorNot(range)).Message);
        Assert.Contains("1.7.4", Assert.Throws<NotSupportedException>(() => new SearchParameters()).Message);
    }

    [Fact]
    public void A_search_takes_a_selector_in_place_of_parameters()
    {
        Native.RequireParameters();
        var vectors = TestData.Uniform(640, 8);
        foreach (var kind in new[] { "Flat", "IVF4,Flat", "HNSW16", "PCA4,Flat" })
        {
            using var index = FaissIndex.Create(8, kind);
            index.Train(vectors);
            index.Add(vectors);
            using var selector = new IDSelectorBatch(new HashSet<long> { 5, 7, 600 });
            Assert.All(index.Search(vectors, 2, selector).Ids.ToArray(), id => Assert.Contains(id, new[] { -1L, 5, 7, 600 }));
        }
    }

    [Fact]
    public void Selectors_are_created_of_any_sequence_of_ids()
    {
        Native.Require();
        using var batch = new IDSelectorBatch(Enumerable.Range(0, 10).Select(i => 3L * i));
        using var array = new IDSelectorBatch(new long[] { 1, 2 });
        Assert.True(batch.Contains(27) && array.Contains(2));
        Assert.False(batch.Contains(28) || array.Contains(3));
    }

    [Fact]
    public void Fast_scan_lists_select_or_name_the_version()
    {
        Native.RequireOwnSearch();
        using var single = Native.SingleThread();
        var vectors = TestData.Uniform(640, 8);
        using var index = FaissIndex.Create(8, "IVF4,PQ4x4fs");
        index.Train(vectors);
        index.Add(vectors);
        using var selector = new IDSelectorRange(3, 5);
        if (FaissLibrary.Supports("faiss_SearchParameters_new"))
        {
            Assert.All(index.Search(vectors, 2, selector).Ids.ToArray(), id => Assert.Contains(id, new[] { -1L, 3, 4 }));
            return;
        }

        var error = Assert.Throws<NotSupportedException>(() => index.Search(vectors, 2, selector));
        Assert.StartsWith($"FAISS {FaissLibrary.Info.Version} has no search of IndexIVFPQFastScan by a selector", error.Message);
    }

    [Fact]
    public void Missing_search_parameters_are_named()
    {
        Native.Require();
        Assert.SkipWhen(Native.HasOwnSearch || FaissLibrary.Supports("faiss_SearchParameters_new"), "This library has search parameters.");
        using var range = new IDSelectorRange(1, 3);
        foreach (var create in new Action[] { () => _ = new SearchParameters(range), () => _ = new SearchParametersIVF(range), () => _ = new SearchParametersIVF(nProbe: 4) })
        {
            var message = Assert.Throws<NotSupportedException>(create).Message;
            Assert.StartsWith("Searching with search parameters needs FAISS 1.7.4 or later; loaded: ", message);
            Assert.DoesNotContain("faiss_Search", message);
        }

        Assert.StartsWith("Searching with search parameters of graphs needs FAISS 1.14.0", Assert.Throws<NotSupportedException>(() => new SearchParametersHNSW(range)).Message);
        Assert.StartsWith("IDSelectorNot needs FAISS 1.7.4", Assert.Throws<NotSupportedException>(() => new IDSelectorNot(range)).Message);
    }
}
