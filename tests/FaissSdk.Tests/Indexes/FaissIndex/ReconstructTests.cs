namespace FaissSdk.Tests.Indexes;

/// <summary>Vectors by their ids, vectors of search results, and searches by ids.</summary>
public sealed class ReconstructTests(FilledIndexes filled) : IClassFixture<FilledIndexes>
{
    private const int K = 5;

    public static TheoryData<string> Kinds => IndexRegistry.Names;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Many_ids_give_the_vectors_of_single_ids(string name)
    {
        var kind = IndexRegistry.Find(name);
        Assert.SkipUnless(kind.Can(IndexAbilities.Reconstruct), "The kind does not reconstruct by id.");
        Assert.SkipUnless(kind.IsKnown, "The kind needs a newer FAISS.");
        Native.Require();
        var index = filled.Get(kind);
        long[] ids = [3, 199, 0, 3, 100];
        Assert.Equal(ids.SelectMany(id => index.Reconstruct(id)), index.Reconstruct(ids));
        Assert.Empty(index.Reconstruct([]));
        Absent(() => index.Reconstruct([0, 200]), 200, 1);
        Absent(() => index.Reconstruct([0, 1, 2, long.MaxValue]), long.MaxValue, 3);
        Negative(() => index.Reconstruct([-1, 0]), 0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_vector_is_reconstructed_if_the_index_holds_its_id(string name)
    {
        var kind = IndexRegistry.Find(name);
        Assert.SkipUnless(kind.Can(IndexAbilities.Reconstruct), "The kind does not reconstruct by id.");
        Assert.SkipUnless(kind.IsKnown, "The kind needs a newer FAISS.");
        Native.Require();
        var index = filled.Get(kind);
        Assert.SkipWhen(index.Parts.LooksUpIds && !FaissLibrary.Supports("faiss_sdk_reconstruct"), "The library has no functions of FaissSdk.");
        var vector = new float[index.Dimension];
        Assert.True(index.TryReconstruct(199, vector));
        Assert.Equal(index.Reconstruct(199), vector);
        Array.Fill(vector, 7);
        Assert.All((long[])[200, long.MaxValue, -1, long.MinValue], id => Assert.False(index.TryReconstruct(id, vector)));
        Assert.All(vector, component => Assert.Equal(7, component));
    }

    [Theory]
    [InlineData("IDMap2,Flat")]
    [InlineData("IVF1,Flat")]
    public void An_id_of_the_caller_is_found_until_its_vector_is_removed(string description)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_reconstruct"), "The library has no functions of FaissSdk.");
        using var index = FaissIndex.Create(2, description);
        float[] vectors = [1, 2, 3, 4];
        index.Train(vectors);
        if (index is IndexIVF lists)
        {
            Assert.Contains("MakeDirectMap", Assert.Throws<FaissException>(() => lists.TryReconstruct(42, new float[2])).Message);
            lists.MakeDirectMap(DirectMapType.Hashtable);
        }

        index.Add(vectors.AsSpan(0, 2), 42);
        index.Add(vectors.AsSpan(2, 2), 1L << 40);
        var found = new float[2];
        Assert.False(index.TryReconstruct(0, found));
        Assert.True(index.AsConcurrent().TryReconstruct(1L << 40, found));
        Assert.Equal([3f, 4], found);
        index.Remove(1L << 40);
        Assert.False(index.TryReconstruct(1L << 40, found));
        Assert.True(index.TryReconstruct(42, found));
        Assert.Equal([1f, 2], found);
    }

    [Fact]
    public void A_kind_that_cannot_reconstruct_says_so_for_any_id()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_reconstruct"), "The library has no functions of FaissSdk.");
        using var map = FaissIndex.Create(2, "IDMap,Flat");
        map.Add([1, 2], 42);
        Assert.All((long[])[41, 42], id => Assert.Throws<FaissException>(() => map.TryReconstruct(id, new float[2])));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_search_that_reconstructs_finds_the_same(string name)
    {
        var kind = IndexRegistry.Find(name);
        Assert.SkipUnless(kind.IsKnown, "The kind needs a newer FAISS.");
        Native.Require();
        using var single = Native.SingleThread();
        var index = filled.Get(kind);
        var queries = kind.Vectors(7, seed: 9);
        var expected = index.Search(queries, K);
        SearchResult found;
        float[] vectors;
        try
        {
            found = index.SearchAndReconstruct(queries, K, out vectors);
        }
        catch (Exception error) when (error is FaissException or NotSupportedException)
        {
            Assert.False(kind.Can(IndexAbilities.Reconstruct), error.ToString());
            return;
        }

        if (!kind.HoldsBytes)
        {
            // Vectors of small integers are often equally far.
            Assert.Equal(expected.Ids, found.Ids);
        }

        Assert.Equal(expected.Distances.ToArray(), found.Distances.ToArray(), (x, y) => Math.Abs(x - y) <= 1e-4f * (1 + Math.Abs(x)));
        Assert.Equal(found.Ids.Length * index.Dimension, vectors.Length);
        if (kind.Can(IndexAbilities.Reconstruct))
        {
            Assert.Equal(found.Ids.ToArray().SelectMany(id => index.Reconstruct(id)), vectors);
        }
        else if (kind.Can(IndexAbilities.ReconstructRange))
        {
            Assert.Equal(found.Ids.ToArray().SelectMany(id => index.ReconstructRange(id, 1)), vectors);
        }
    }

    [Theory]
    [InlineData("IVF16,Flat")]
    [InlineData("IVF16,SQ8")]
    [InlineData("IVF16,PQ4x4")]
    [InlineData("RR8,IVF16,Flat")]
    [InlineData("IDMap,Flat")]
    [InlineData("IDMap,SQ8")]
    [InlineData("IDMap,HNSW16")]
    [InlineData("IDMap2,IVF16,Flat")]
    public void Lists_and_ID_maps_reconstruct_what_they_find_without_a_table(string description)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_search_and_reconstruct"), "The library has no functions of FaissSdk.");
        using var index = FaissIndex.Create(8, description);
        var vectors = TestData.Uniform(640, 8);
        index.Train(vectors);
        index.Add(vectors, [.. Enumerable.Range(0, 640).Select(i => 7000L + i)]);
        var found = index.SearchAndReconstruct(vectors.AsSpan(0, 80), 3, out var reconstructed);
        Assert.Equal(index.Search(vectors.AsSpan(0, 80), 3).Ids, found.Ids);
        for (var i = 0; i < found.Ids.Length; i++)
        {
            var vector = vectors.AsSpan((int)(found.Ids[i] - 7000) * 8, 8);
            var error = Reference.SquaredDistance(vector, reconstructed.AsSpan(i * 8, 8));
            Assert.True(error < (description.Contains("PQ") ? 1 : 1e-3), $"{i}: {error}");
        }
    }

    [Theory]
    [InlineData("Flat")]
    [InlineData("IVF4,Flat")]
    [InlineData("IDMap,Flat")]
    [InlineData("L2norm,Flat")]
    public void Missing_neighbors_have_components_that_are_NaN(string description)
    {
        Native.Require();
        using var index = FaissIndex.Create(2, description);
        index.Train(TestData.Uniform(160, 2));
        float[] vectors = [0, 1, 1, 0];
        if (description.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.Add(vectors, [8, 9]);
        }
        else
        {
            index.Add(vectors);
        }

        if (description.StartsWith("IVF", StringComparison.Ordinal))
        {
            index.SetParameter("nprobe", 4);
        }

        var found = index.SearchAndReconstruct([0, 0.9f, 1, 0.1f], 3, out var reconstructed);
        Assert.Equal([0f, 1, 1, 0, float.NaN, float.NaN, 1, 0, 0, 1, float.NaN, float.NaN], reconstructed);
        Assert.Equal([-1L, -1], [found.Ids[2], found.Ids[5]]);
        Assert.Equal(index.Search([0, 0.9f, 1, 0.1f], 3).Distances, found.Distances);
        index.SearchAndReconstruct([], 3, out var none);
        Assert.Empty(none);
    }

    [Fact]
    public void An_absent_id_is_reported_by_position_and_writes_nothing()
    {
        Native.Require();
        using var map = FaissIndex.Create(2, "IDMap2,Flat");
        map.Add(new float[] { 1, 2, 3, 4 }, [70, 80]);
        var vectors = new float[4];
        Absent(() => map.Reconstruct([70, 71], vectors), 71, 1);
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_reconstruct"), "Without the library's functions, the vectors before the absent one are written.");
        Assert.Equal([0f, 0, 0, 0], vectors);
        Assert.Equal([3f, 4, 1, 2], map.Reconstruct([80, 70]));
    }

    [Fact]
    public void Lists_need_a_direct_map_for_ids()
    {
        Native.Require();
        using var index = FaissIndex.Create(4, "PCA2,IVF4,Flat");
        var vectors = TestData.Uniform(160, 4);
        index.Train(vectors);
        index.Add(vectors);
        Assert.Contains("MakeDirectMap", Assert.Throws<FaissException>(() => index.Reconstruct([1, 2])).Message);
        Assert.Contains("MakeDirectMap", Assert.Throws<FaissException>(() => index.SearchById([1], 2)).Message);
        index.MakeDirectMap();
        Assert.Equal([.. index.Reconstruct(1), .. index.Reconstruct(2)], index.Reconstruct([1, 2]));
        Absent(() => index.Reconstruct([159, 160]), 160, 1);
        Assert.Equal(2, index.SearchById([1], 2).Ids.Length);
    }

    [Theory]
    [InlineData(MetricType.L2)]
    [InlineData(MetricType.InnerProduct)]
    public void A_search_by_id_leaves_out_the_vector_itself(MetricType metric)
    {
        Native.Require();
        using var index = FaissIndex.Create(4, "IDMap2,Flat", metric);
        var vectors = TestData.Uniform(50, 4);
        index.Add(vectors, [.. Enumerable.Range(0, 50).Select(i => 100L + i)]);
        long[] ids = [149, 100, 120];
        var found = index.SearchById(ids, 3);
        for (var i = 0; i < 3; i++)
        {
            var all = index.Search(vectors.AsSpan((int)(ids[i] - 100) * 4, 4), 50);
            Assert.Equal(all.Ids.ToArray().Where(id => id != ids[i]).Take(3), found[i].Ids.ToArray());
        }

        Assert.Equal(found[1].Ids, index.SearchById([100], 3)[0].Ids);
        Assert.Equal(49, index.SearchById([100], 60)[0].Count);
        Absent(() => index.SearchById([100, 99], 3), 99, 1);
        Negative(() => index.SearchById([100, -7], 3), 1);
        Assert.Empty(index.SearchById([], 3));
    }

    [Fact]
    public void Equal_vectors_do_not_hide_each_other_from_a_search_by_id()
    {
        Native.Require();
        using var index = new IndexFlatL2(2);
        index.Add([1, 1, 1, 1, 1, 1, 5, 5]);
        Assert.Equal([0L, 1], index.SearchById([2], 2).Ids.ToArray().Order());
        Assert.Equal([0L, 1, 2], index.SearchById([3], 3).Ids.ToArray().Order());
    }

    private static void Absent(Action call, long id, int position)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(call);
        Assert.Equal("ids", error.ParamName);
        Assert.Contains($"{id} at position {position}", error.Message);
    }

    private static void Negative(Action call, int position)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(call);
        Assert.Equal("ids", error.ParamName);
        Assert.Contains($"negative id at position {position}", error.Message);
    }
}
