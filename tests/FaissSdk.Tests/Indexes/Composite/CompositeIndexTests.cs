namespace FaissSdk.Tests.Indexes;

public class CompositeIndexTests
{
    private static readonly float[] Vectors = TestData.Uniform(60, 4);

    [Fact]
    public void Shards_can_be_added_and_removed()
    {
        Native.Require();
        using var index = new IndexShards(4);
        var (first, second) = (new IndexFlatL2(4), new IndexFlatL2(4));
        Assert.Throws<InvalidOperationException>(() => index.Search(new float[4], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => index[0]);
        index.AddShard(first);
        index.AddShard(second);
        Assert.Equal("shard", Assert.Throws<ArgumentException>(() => index.AddShard(first)).ParamName);
        Assert.Throws<ArgumentException>(() => index.AddShard(index));
        using var narrow = new IndexFlatL2(3);
        using var other = new IndexFlatIP(4);
        using var untrained = FaissIndex.Create(4, "SQ8");
        Assert.Contains("dimension 3", Assert.Throws<ArgumentException>(() => index.AddShard(narrow)).Message);
        Assert.Contains("InnerProduct", Assert.Throws<ArgumentException>(() => index.AddShard(other)).Message);
        Assert.Contains("not trained", Assert.Throws<ArgumentException>(() => index.AddShard(untrained)).Message);
        Assert.Equal((2, true, false), (index.ShardCount, index.SuccessiveIds, index.OwnsParts));
        Assert.Same(second, index[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => index[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => index[-1]);
        index.Add(Vectors);
        Assert.Equal((60L, 30L), (index.Count, first.Count));
        Assert.Contains("holds vectors (60); set it before the first Add, or call Reset", Assert.Throws<InvalidOperationException>(() => index.SuccessiveIds = false).Message);
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (long)i), index.Assign(Vectors));
        Assert.Throws<ArgumentException>(() => index.RemoveShard(narrow));
        index.RemoveShard(second);
        Assert.Equal((1, 30L), (index.ShardCount, index.Count));
        second.Reset();
        second.Dispose();
        first.Dispose();
        Assert.Equal(30, index[0].Count);
        Assert.Equal(3, index.Assign(Vectors.AsSpan(12, 4))[0]);
    }

    [Fact]
    public void Shards_can_be_owned()
    {
        Native.Require();
        using var index = new IndexShards(4, threaded: true, successiveIds: true);
        var shard = new IndexFlatL2(4);
        index.AddShard(shard);
        index.TakeOwnership();
        Assert.True(index.OwnsParts);
        Assert.Throws<ObjectDisposedException>(() => shard.Count);
        index.Add(Vectors);
        Assert.Equal(60, index[0].Count);
        using var late = new IndexFlatL2(4);
        Assert.Throws<InvalidOperationException>(() => index.AddShard(late));
        Assert.Throws<InvalidOperationException>(() => index.RemoveShard(shard));
        index.Reset();
        index.Add(Vectors);
        Assert.Equal(7, index.Assign(Vectors.AsSpan(28, 4))[0]);
    }

    [Theory]
    [InlineData("IDMap2,Flat", "Flat")]
    [InlineData("IVF2,Flat", "HNSW8")]
    [InlineData("PCA2,IVF2,Flat", "PCA2,Flat")]
    public void Shards_add_all_vectors_or_none(string first, string second)
    {
        Native.RequireOwnSearch();
        using var index = new IndexShards(4, threaded: false, successiveIds: false);
        using var storing = Trained(first);
        using var other = Trained(second);
        index.AddShard(storing);
        index.AddShard(other);
        long[] ids = [.. Enumerable.Range(100, 60).Select(i => (long)i)];
        Assert.Contains("No shard was changed", Assert.Throws<FaissException>(() => index.AddWithIds(Vectors, ids)).Message);
        Assert.Throws<FaissException>(() => index.Add(Vectors));
        Assert.Equal((0L, 0L, 0L), (index.Count, storing.Count, other.Count));

        index.RemoveShard(other);
        index.AddWithIds(Vectors, ids);
        Assert.Equal(60, index.Count);

        static FaissIndex Trained(string description)
        {
            var created = FaissIndex.Create(4, description);
            created.Train(Vectors);
            return created;
        }
    }

    [Fact]
    public void No_part_is_added_to_or_removed_from_an_index_that_owns_its_parts()
    {
        Native.Require();
        using var shards = new IndexShards(4);
        using var part = new IndexFlatL2(4);
        using var transferred = new IndexFlatL2(4);
        shards.AddShard(transferred);
        shards.TakeOwnership();
        Assert.Contains("add parts before TakeOwnership", Assert.Throws<InvalidOperationException>(() => shards.AddShard(part)).Message);
        Assert.Contains("remove parts before TakeOwnership", Assert.Throws<InvalidOperationException>(() => shards.RemoveShard(transferred)).Message);

        using var replicas = new IndexReplicas(4);
        if (FaissLibrary.Supports("faiss_IndexReplicas_own_fields"))
        {
            replicas.TakeOwnership();
            Assert.Throws<InvalidOperationException>(() => replicas.AddReplica(part));
        }

        part.Add(Vectors);
        Assert.Equal(60, part.Count);
    }

    [Fact]
    public void Replicas_hold_the_same_vectors()
    {
        Native.Require();
        using var index = new IndexReplicas(4, threaded: false);
        using var first = new IndexFlatL2(4);
        using var second = new IndexFlatL2(4);
        using var filled = new IndexFlatL2(4);
        filled.Add(Vectors);
        index.AddReplica(first);
        index.AddReplica(second);
        Assert.Contains("60 vectors", Assert.Throws<ArgumentException>(() => index.AddReplica(filled)).Message);
        Assert.Throws<ArgumentException>(() => index.AddReplica(second));
        Assert.Throws<ArgumentOutOfRangeException>(() => index[2]);
        index.Add(Vectors);
        Assert.Equal((60L, 60L, 60L), (index.Count, first.Count, second.Count));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (long)i), index.Assign(Vectors));
        Assert.Equal(Vectors[..4], index.Reconstruct(0));
        index.RemoveReplica(first);
        Assert.Equal(1, index.ReplicaCount);
        first.Reset();
        Assert.Equal(60, index.Count);
        Native.AssertSupported(FaissLibrary.Supports("faiss_IndexReplicas_own_fields"), index.TakeOwnership);
    }

    [Fact]
    public void An_ID_map_finds_ids_until_Reset()
    {
        Native.Require();
        using var flat = new IndexFlatL2(4);
        using var index = new IndexIDMap2(flat);
        index.AddWithIds(Vectors, [.. Enumerable.Range(0, 60).Select(i => 1000L + i)]);
        Assert.Equal(Enumerable.Range(1000, 60).Select(i => (long)i), index.CopyIds());
        Assert.Equal(Vectors[4..8], index.Reconstruct(1001));
        Assert.Equal(Vectors[4..12], index.ReconstructRange(1001, 2));
        Assert.Throws<FaissException>(() => index.ReconstructRange(1058, 5));
        Assert.Throws<FaissException>(() => index.ComputeResiduals(Vectors.AsSpan(0, 8), [1000, 7], new float[8]));
        using var selector = new IDSelectorRange(1000, 1010);
        Assert.Equal(10, index.Remove(selector));
        Assert.Equal(Vectors[44..48], index.Reconstruct(1011));
        index.ConstructReverseMap();
        index.Reset();
        Assert.Throws<FaissException>(() => index.Reconstruct(1011));
        Assert.Throws<InvalidOperationException>(() => flat.Add(Vectors));
        flat.Dispose();
        Assert.Equal(0, index.Index.Count);
        using var filled = new IndexFlatL2(4);
        filled.Add(Vectors);
        Assert.Equal("index", Assert.Throws<ArgumentException>(() => new IndexIDMap(filled)).ParamName);
    }

    [Fact]
    public void KFactor_rejects_impossible_values()
    {
        Native.Require();
        using var inner = FaissIndex.Create(4, "SQ4");
        using var index = new IndexRefineFlat(inner);
        Assert.Same(inner, index.BaseIndex);
        Assert.Equal((1f, false), (index.KFactor, index.OwnsParts));
        index.Train(Vectors);
        index.Add(Vectors);
        index.KFactor = 10;
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (long)i), index.Assign(Vectors));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.KFactor = 0.5f);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.KFactor = float.NaN);
        index.KFactor = 1e9f;
        Assert.Throws<InvalidOperationException>(() => index.Search(Vectors, 10));
        using var map = new IndexIDMap(new IndexFlatL2(4));
        Assert.Equal("baseIndex", Assert.Throws<ArgumentException>(() => new IndexRefineFlat(map)).ParamName);
    }

    [Fact]
    public void A_factor_that_FAISS_does_not_read_is_not_saved()
    {
        Native.Require();
        using var index = FaissIndex.Create(4, "PCA4,SQ4,RFlat");
        index.Train(Vectors);
        index.SetParameter("k_factor_rf", 1001);
        Assert.Contains("1,000", Assert.Throws<InvalidOperationException>(index.Serialize).Message);
        index.SetParameter("k_factor_rf", 1000);
        using var loaded = FaissIndex.Deserialize(index.Serialize());
    }

    [Fact]
    public void IndexFlat1D_searches_a_sorted_permutation()
    {
        Native.Require();
        using var index = new IndexFlat1D(continuousUpdate: false);
        index.Add([5, 1, 3]);
        Assert.Throws<FaissException>(() => index.Search([2.9f], 1));
        index.UpdatePermutation();
        Assert.Equal([2L, 0], index.Search([3.4f], 2).Ids);
        Assert.Equal("queries", Assert.Throws<ArgumentException>(() => index.Search([float.NaN], 1)).ParamName);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Add([float.NaN])).ParamName);
        using var copy = index.Clone();
        Assert.IsType<IndexFlat1D>(copy);
        Assert.Throws<NotSupportedException>(() => index.Serialize());
        using var removed = new IDSelectorRange(0, 1);
        index.Remove(removed);
        Assert.Equal([1L, 0], index.Search([3.4f], 2).Ids);
        index.Reset();
        Assert.Equal([-1L], index.Search([1f], 1).Ids);
    }

    [Fact]
    public void IndexFlat1D_measures_differences_whose_squares_are_beyond_floats()
    {
        Native.Require();
        using var large = new IndexFlat1D();
        large.Add([-4e18f, 0f, 4e18f]);
        Assert.Equal([0L, 1], large.RangeSearch([-4e18f], 7e18f)[0].Ids.ToArray().Order());
        Assert.Equal(3, large.RangeSearch([-4e18f], 1.9e19f).TotalCount);
        using var small = new IndexFlat1D();
        small.Add([0f, 1e-25f]);
        Assert.Equal([0L], small.RangeSearch([0f], 1e-26f)[0].Ids.ToArray());
        Assert.Equal(1e-25f, small.RangeSearch([0f], 2e-25f)[0].Distances[1]);
    }

    [Fact]
    public void IndexFlat1D_measures_differences_in_ranges_too()
    {
        Native.Require();
        using var index = new IndexFlat1D();
        index.Add([0, 3, 7, -1]);
        Assert.Equal([0f, 1, 3, 7], index.Search([0], 4).Distances);
        var found = index.RangeSearch([0, 7], 3.5f);
        Assert.Equal([0L, 1, 3], found[0].Ids.ToArray().Order());
        Assert.Equal([0f, 1, 3], found[0].Distances.ToArray().Order());
        Assert.Equal([2L], found[1].Ids.ToArray());
        Assert.Equal(2, index.RangeSearch([0], 3).TotalCount);
        Assert.Equal(3, index.RangeSearch([0], MathF.BitIncrement(3)).TotalCount);
        Assert.Equal(0, index.RangeSearch([0], 0).TotalCount);
        Assert.Equal(4, index.RangeSearch([0], float.PositiveInfinity).TotalCount);
    }

    [Fact]
    public void ComputeDistanceSubset_returns_the_chosen_distances()
    {
        Native.Require();
        using var index = new IndexFlatL2(1);
        index.Add([0, 1, 2, 3]);
        var distances = new float[4];
        index.ComputeDistanceSubset([0, 3], [1, -1, 3, 0], distances);
        Assert.Equal([1f, float.MaxValue, 0, 9], distances);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.ComputeDistanceSubset([0], [4], new float[1]));
        Assert.Throws<ArgumentException>(() => index.ComputeDistanceSubset([0, 3], [1, 2, 3], new float[3]));
        Assert.Equal([0f, 1, 2, 3], index.CopyVectors());
    }

    [Fact]
    public void ParameterSpace_sets_parameters_by_name_and_number()
    {
        Native.Require();
        using var space = new ParameterSpace();
        using var index = FaissIndex.Create(4, "IVF8,Flat");
        Assert.Equal(1, space.CombinationCount);
        Assert.Equal("", space.CombinationName(0));
        space.SetIndexParameters(index, 0);
        space.SetIndexParameters(index, "nprobe=3,max_codes=100");
        Assert.Equal(3, ((IndexIVF)index).NProbe);
        Assert.Equal("parameters", Assert.Throws<ArgumentException>(() => space.SetIndexParameters(index, "nprobe")).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => space.SetIndexParameters(index, "nprobe=0"));
        Assert.Contains("nonsense", Assert.Throws<FaissException>(() => space.SetIndexParameters(index, "nonsense=1")).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => space.CombinationName(1));
        Assert.Equal(("nprobe", 0), (space.AddRange("nprobe").Name, space.AddRange("nprobe").Values.Count));
        Assert.Equal(0, space.CombinationCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => space.CombinationName(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => space.SetIndexParameters(index, 0));
        space.Display();
        space.Dispose();
        Assert.Throws<ObjectDisposedException>(() => space.CombinationCount);
    }

    [Fact]
    public void Results_larger_than_arrays_are_rejected()
    {
        Native.Require();
        using var index = new IndexFlatL2(4);
        Assert.Equal("k", Assert.Throws<ArgumentException>(() => index.Search(Vectors, int.MaxValue)).ParamName);
        Assert.Equal("k", Assert.Throws<ArgumentException>(() => index.Assign(Vectors, int.MaxValue)).ParamName);
        Assert.Equal("count", Assert.Throws<ArgumentOutOfRangeException>(() => index.ReconstructRange(0, int.MaxValue)).ParamName);
        Assert.Equal("radius", Assert.Throws<ArgumentOutOfRangeException>(() => index.RangeSearch(Vectors, -1)).ParamName);
    }
}
