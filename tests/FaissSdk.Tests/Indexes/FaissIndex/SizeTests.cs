namespace FaissSdk.Tests.Indexes;

/// <summary>Checks sizes beyond what an index, FAISS or the machine has.</summary>
public sealed class SizeTests
{
    private const int Dimension = 8;

    [Theory]
    [InlineData("PCA9,Flat")]
    [InlineData("PCAW9,Flat")]
    [InlineData("IDMap2,PCAR9,SQ8")]
    [InlineData("PCA4,ITQ5,LSH")]
    [InlineData("RR50000,Flat")]
    [InlineData("OPQ3,PQ2x4")]
    [InlineData("OPQ3_8,PQ2x4")]
    [InlineData("PQ2x25")]
    [InlineData("PQ2x99")]
    [InlineData("IVF4,PQ2x32")]
    [InlineData("HNSW8,PQ2x25")]
    [InlineData("RQ2x40")]
    [InlineData("RQ1x8_1x99")]
    [InlineData("PRQ2x2x64")]
    [InlineData("HNSW4097")]
    [InlineData("HNSW2000000000")]
    [InlineData("IVF4_HNSW99999,Flat")]
    [InlineData("IVF2000000000,Flat")]
    [InlineData("IVF99999999999999999999,Flat")]
    [InlineData("IVF2000000k,SQ8")]
    [InlineData("IMI2x40,Flat")]
    [InlineData("IMI2x99999999999,Flat")]
    [InlineData("SQ0")]
    [InlineData("HNSW8,SQ0")]
    [InlineData("IVF4, Flat")]
    [InlineData(" Flat")]
    [InlineData("Flat\n")]
    public void Sizes_that_FAISS_does_not_check_are_rejected(string description)
    {
        Native.Require();
        var error = Assert.ThrowsAny<ArgumentException>(() => FaissIndex.Create(Dimension, description));
        Assert.Equal("description", error.ParamName);
    }

    [Theory]
    [InlineData("PCA8,Flat")]
    [InlineData("PCA4,OPQ2_6,PQ3x4np")]
    [InlineData("RR16,OPQ8,PQ8x4np")]
    [InlineData("Pad12,OPQ3,PQ3x4np")]
    [InlineData("IVF4096,Flat")]
    [InlineData("IMI2x8,Flat")]
    [InlineData("HNSW4096")]
    [InlineData("RQ2x10_1x4")]
    [InlineData("PQ2x16np")]
    [InlineData("RQ1x4_2x16")]
    public void Sizes_at_the_limit_are_accepted(string description)
    {
        Native.Require();
        using var index = FaissIndex.Create(Dimension, description);
        Assert.Equal(Dimension, index.Dimension);
    }

    [Fact]
    public void Constructors_reject_sizes_beyond_memory()
    {
        Native.Require();
        using var quantizer = new IndexFlatL2(2);
        Assert.Equal("lists", Assert.Throws<ArgumentOutOfRangeException>(() => new IndexIVFFlat(quantizer, int.MaxValue)).ParamName);
        Assert.Equal("lists", Assert.Throws<ArgumentOutOfRangeException>(() => new IndexIVFScalarQuantizer(quantizer, int.MaxValue, ScalarQuantizerType.EightBit)).ParamName);
        Assert.Equal("dimension", Assert.Throws<ArgumentOutOfRangeException>(() => new IndexLSH(int.MaxValue, 8)).ParamName);
        Assert.Equal("bits", Assert.Throws<ArgumentOutOfRangeException>(() => new IndexLSH(8, int.MaxValue)).ParamName);
        Assert.Equal("value", Assert.Throws<ArgumentOutOfRangeException>(() => FaissTuning.BlasQueryBlockSize = int.MaxValue).ParamName);
        Assert.Equal("value", Assert.Throws<ArgumentOutOfRangeException>(() => FaissTuning.BlasDatabaseBlockSize = int.MaxValue).ParamName);
    }

    [Theory]
    [InlineData("IVF4,PQ4x4fs")]
    [InlineData("PCA8,IVF4,PQ4x4fs")]
    [InlineData("IDMap2,IVF4,PQ4x4fs")]
    [InlineData("IVF4,PQ4x4fs,RFlat")]
    [InlineData("IVF4,PQ4x4fs,Refine(SQ8)")]
    [InlineData("IVF4,SQ8")]
    [InlineData("IVF4,Flat,RFlat")]
    public void More_probes_than_lists_stand_for_all(string description)
    {
        using var single = Native.SingleThread();
        using var index = Filled(description);
        var queries = TestData.Uniform(5, Dimension, 3);
        index.SetParameter("nprobe", 4);
        var expected = index.Search(queries, 3).Ids.ToArray();
        using var space = new ParameterSpace();
        index.SetParameter("nprobe", 1);
        index.SetParameter("nprobe", int.MaxValue);
        Assert.Equal(expected, index.Search(queries, 3).Ids);
        space.SetIndexParameters(index, "nprobe=2000000000");
        Assert.Equal(expected, index.Search(queries, 3).Ids);
        using var copy = index.Clone();
        Assert.Equal(expected, copy.Search(queries, 3).Ids);
        if ((FaissLibrary.Supports("faiss_SearchParametersIVF_new") || (Native.HasOwnSearch && !description.Contains("fs", StringComparison.Ordinal))) && !description.Contains(",R", StringComparison.Ordinal))
        {
            index.SetParameter("nprobe", 1);
            using var parameters = new SearchParametersIVF(nProbe: int.MaxValue);
            Assert.Equal(expected, index.Search(queries, 3, parameters).Ids);
        }
    }

    [Fact]
    public void More_probes_than_lists_stand_for_all_in_shards()
    {
        using var single = Native.SingleThread();
        using var first = Filled("IVF4,PQ4x4fs");
        using var second = Filled("IVF2,PQ4x4fs");
        using var index = new IndexShards(Dimension);
        index.AddShard(first);
        index.AddShard(second);
        index.SetParameter("nprobe", 1e9);
        Assert.Equal(15, index.Search(TestData.Uniform(5, Dimension, 3), 3).Ids.Length);
    }

    [Theory]
    [InlineData("SQ4,RFlat", "k_factor_rf")]
    [InlineData("SQ4,Refine(SQ8)", "k_factor_rf")]
    [InlineData("PCA8,SQ4,RFlat", "k_factor_rf")]
    [InlineData("IVF4,PQ2+2", "k_factor")]
    [InlineData("PCA8,IVF4,PQ2+2", "k_factor")]
    public void Candidates_beyond_memory_are_refused_at_any_depth(string description, string parameter)
    {
        using var single = Native.SingleThread();
        using var index = Filled(description, 2000);
        var queries = TestData.Uniform(5, Dimension, 3);
        index.SetParameter(parameter, 2000);
        Assert.Equal(15, index.Search(queries, 3).Ids.Length);
        Assert.Equal(15, index.Assign(queries, 3).Length);
        index.SetParameter(parameter, int.MaxValue);
        Assert.Contains("candidates", Assert.Throws<InvalidOperationException>(() => index.Search(queries, 10)).Message);
        Assert.Contains("candidates", Assert.Throws<InvalidOperationException>(() => index.Assign(queries, 10)).Message);
    }

    [Fact]
    public void Many_candidates_are_searched_in_several_calls()
    {
        using var single = Native.SingleThread();
        using var index = Filled("SQ4,RFlat", 500);
        var queries = TestData.Uniform(30, Dimension, 3);
        index.SetParameter("k_factor_rf", 500);
        var expected = index.Search(queries, 2);
        index.SetParameter("k_factor_rf", 1_000_000);
        var found = index.Search(queries, 2);
        Assert.Equal(expected.Ids, found.Ids);
        Assert.Equal(expected.Distances, found.Distances);
        Assert.Equal(expected.Ids, index.Assign(queries, 2));
    }

    [Fact]
    public void An_index_that_refines_by_position_numbers_its_vectors()
    {
        using var single = Native.SingleThread();
        using var index = (IndexIVF)Filled("IVF4,PQ2+2");
        using var copy = (IndexIVF)index.Clone();
        using var transformed = new IndexPreTransform(copy);
        long[] ids = [.. Enumerable.Range(0, 300).Select(i => 1000L + i)];
        var vectors = TestData.Uniform(300, Dimension);
        Assert.Throws<NotSupportedException>(() => index.AddWithIds(vectors, ids));
        Assert.Throws<NotSupportedException>(() => transformed.AddWithIds(vectors, ids));
        using var other = (IndexIVF)index.Clone();
        other.Reset();
        Assert.Throws<NotSupportedException>(() => index.CopySubsetTo(other, IndexIVFSubset.Range, 5, 20));
        other.Add(vectors);
        Assert.Equal("addId", Assert.Throws<ArgumentOutOfRangeException>(() => index.MergeFrom(other)).ParamName);
        index.MergeFrom(other, index.Count);
        Assert.Equal(600, index.Count);
        Assert.Equal(5, index.Search(vectors.AsSpan(0, Dimension), 5).Ids.Length);
        using var shards = new IndexShards(Dimension, successiveIds: false);
        Assert.Equal("shard", Assert.Throws<ArgumentException>(() => shards.AddShard(index)).ParamName);
        using var successive = new IndexShards(Dimension);
        other.Reset();
        successive.AddShard(other);
        Assert.Throws<InvalidOperationException>(() => successive.SuccessiveIds = false);
        var bytes = index.Serialize();
        var position = bytes.AsSpan().LastIndexOf(BitConverter.GetBytes(599L));
        BitConverter.GetBytes(600L).CopyTo(bytes, position);
        Assert.Contains("600", Assert.Throws<FaissException>(() => FaissIndex.Deserialize(bytes)).Message);
        using var mapped = Filled("IDMap2,IVF4,PQ2+2");
        mapped.AddWithIds(vectors, ids);
        Assert.Contains(mapped.Search(vectors.AsSpan(0, Dimension), 5).Ids.ToArray(), id => id >= 1000);
    }

    [Theory]
    [InlineData("NSG16", 16)]
    [InlineData("NSG16", 640)]
    [InlineData("NSG8,SQ8", 40)]
    [InlineData("PCA8,NSG16", 32)]
    [InlineData("NSG16_PQ1x4np", 1)]
    public void NSG_is_built_of_equal_vectors(string description, int copies)
    {
        Native.Require();
        using var single = Native.SingleThread();
        FaissIndex? created = null;
        Native.AssertSupported(IndexKind.IsNewFaiss, () => created = FaissIndex.Create(Dimension, description));
        using var index = created;
        if (index is null)
        {
            return;
        }

        var distinct = TestData.Uniform(640 / copies, Dimension);
        float[] vectors = [.. Enumerable.Repeat(distinct, copies).SelectMany(part => part)];
        index.Train(TestData.Uniform(640, Dimension));
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Add(vectors.AsSpan(0, 50 * Dimension))).ParamName);
        Assert.Equal(0, index.Count);
        index.Add(vectors);
        Assert.Equal(640, index.Count);
        Assert.Throws<InvalidOperationException>(() => index.Add(vectors));
        index.Reset();
        index.Add(vectors);
        Assert.DoesNotContain(-1, index.Search(vectors.AsSpan(0, Dimension), 1).Ids.ToArray());
    }

    [Fact]
    public void NSG_is_built_of_few_vectors()
    {
        Assert.SkipUnless(IndexKind.IsNewFaiss, "NSG needs FAISS 1.15.0.");
        ChildProcess.Run(_ =>
        {
            using var single = Native.SingleThread();
            foreach (var (description, metric) in new[] { ("NSG8", MetricType.InnerProduct), ("NSG8,SQ8", MetricType.L2) })
            {
                foreach (var count in Enumerable.Range(0, 4).Select(i => 101 + (i * i * 15)))
                {
                    for (var seed = 1; seed < 8; seed++)
                    {
                        using var index = FaissIndex.Create(Dimension, description, metric);
                        var vectors = TestData.Uniform(count, Dimension, seed);
                        index.Train(vectors);
                        index.Add(vectors);
                        Assert.DoesNotContain(-1, index.Search(vectors, 1).Ids.ToArray());
                    }
                }
            }
        }, seconds: 120).AssertReturned();
    }

    [Fact]
    public void NSG_of_codes_is_built_in_a_copy()
    {
        Assert.SkipUnless(IndexKind.IsNewFaiss, "NSG needs FAISS 1.15.0.");
        ChildProcess.Run(_ =>
        {
            using var index = FaissIndex.Create(Dimension, "NSG8_PQ4x4");
            var vectors = TestData.Uniform(640, Dimension);
            index.Train(vectors);
            using var copy = index.Clone();
            copy.Add(vectors);
            Assert.DoesNotContain(-1, copy.Search(vectors, 1).Ids.ToArray());
        }, seconds: 120).AssertReturned();
    }

    [Fact]
    public void NSG_is_built_of_vectors_at_equal_distances()
    {
        using var single = Native.SingleThread();
        Assert.SkipUnless(IndexKind.IsNewFaiss, "NSG needs FAISS 1.15.0.");
        const int Count = 200;
        var vectors = new float[Count * Count];
        for (var i = 0; i < Count; i++)
        {
            vectors[(i * Count) + i] = 1;
        }

        using var index = FaissIndex.Create(Count, "NSG16");
        index.Add(vectors);
        Assert.Equal(0, index.Search(vectors.AsSpan(0, Count), 1).Ids[0]);
        foreach (var description in new[] { "NSG7", "IVF50_NSG8,Flat", "IVF110_NSG80,Flat" })
        {
            Assert.Equal("description", Assert.ThrowsAny<ArgumentException>(() => FaissIndex.Create(8, description)).ParamName);
        }
    }

    [Fact]
    public void A_direct_map_reaches_the_lists_of_any_part()
    {
        using var single = Native.SingleThread();
        foreach (var description in new[] { "IVF4,Flat", "PCA8,IVF4,Flat", "IDMap2,IVF4,Flat", "PCA8,IDMap2,IVF4,PQ4x4fs", "Flat,Refine(IVF4,SQ8)" })
        {
            using var index = Filled(description);
            Assert.Contains("MakeDirectMap", Assert.Throws<FaissException>(() => index.Reconstruct(3)).Message);
            index.MakeDirectMap();
            var vector = index.Reconstruct(3);
            using var copy = index.Clone();
            copy.MakeDirectMap();
            Assert.Equal(vector, copy.Reconstruct(3));
            index.MakeDirectMap(maintain: false);
            Assert.Throws<FaissException>(() => index.Reconstruct(3));
        }

        using var flat = Filled("Flat");
        Assert.Throws<NotSupportedException>(() => flat.MakeDirectMap());
        using var map = new IndexPreTransform(flat);
        Assert.Throws<NotSupportedException>(() => map.MakeDirectMap());
    }

    private static FaissIndex Filled(string description, int count = 300)
    {
        Native.Require();
        var index = FaissIndex.Create(Dimension, description);
        index.Train(TestData.Uniform(1280, Dimension, 2));
        index.AddWithIdsOrNot(TestData.Uniform(count, Dimension));
        return index;
    }
}
