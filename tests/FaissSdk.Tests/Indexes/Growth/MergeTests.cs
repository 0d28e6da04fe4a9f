namespace FaissSdk.Tests.Indexes;

public class MergeTests
{
    private const int Dimension = 8;
    private const int Count = 700;

    public static TheoryData<string> Kinds =>
    [
        "Flat", "SQ8", "SQ4", "SQfp16", "PQ4x4np", "PQ4x4fs", "LSH", "LSHr", "LSHrt", "RQ2x4", "LSQ2x4", "PRQ2x2x4", "RQ2x4_Nrq2x4", "PCA4,Flat", "OPQ4,PQ4x4np", "PCA4,SQ8", "ITQ4,LSH",
        "IVF4,Flat", "IVF4,SQ8", "IVF4,PQ4x4np", "IVF4,RQ2x4", "PCA4,IVF4,Flat",
        "IDMap,Flat", "IDMap2,Flat", "IDMap2,SQ8", "IDMap2,PQ4x4np", "IDMap2,PCA4,Flat", "IDMap2,IVF4,Flat", "IDMap2,PCA4,IVF4,Flat", "IDMap,IVF4,PQ4+4",
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_merged_index_finds_what_one_of_all_vectors_finds(string description)
    {
        using var single = Native.SingleThread();
        using var index = Trained(description);
        using var other = index.Clone();
        using var expected = index.Clone();
        var vectors = TestData.Uniform(2 * Count, Dimension, 2);
        var map = description.StartsWith("IDMap", StringComparison.Ordinal);
        long[] ids = [.. Enumerable.Range(0, 2 * Count).Select(i => (3L * i) + 5)];
        Add(index, vectors.AsSpan(0, Count * Dimension), ids.AsSpan(0, Count), map);
        Add(other, vectors.AsSpan(Count * Dimension), ids.AsSpan(Count), map);
        Add(expected, vectors, ids, map);
        var isInLists = description.Contains("IVF", StringComparison.Ordinal);
        var decoded = Reconstruct(index).Concat(Reconstruct(other)).ToArray();
        index.MergeFrom(other, isInLists && !map ? Count : 0);

        Assert.Equal((2 * Count, 0L), (index.Count, other.Count));
        AssertDecoded(decoded, Reconstruct(index), description);
        if (description.Contains("LSQ", StringComparison.Ordinal))
        {
            // It encodes at random.
            return;
        }

        Assert.Equal(expected.Serialize(), index.Serialize());

        var queries = TestData.Uniform(20, Dimension, 3);
        Assert.Equal(expected.Search(queries, 5).Ids, index.Search(queries, 5).Ids);
        Assert.Equal(-1, other.Search(queries, 1).Ids[0]);
        Add(other, vectors, ids, map);
        Assert.Equal(expected.Search(queries, 5).Ids, other.Search(queries, 5).Ids);
    }

    [Theory]
    [InlineData("IVF4,Flat", long.MaxValue)]
    [InlineData("IVF4,Flat", -6)]
    [InlineData("IVF4,Flat", long.MinValue)]
    [InlineData("PCA4,IVF4,Flat", long.MaxValue - 4)]
    [InlineData("IDMap2,Flat", long.MaxValue - 4)]
    [InlineData("IDMap2,IVF4,Flat", -6)]
    public void Ids_stay_within_their_range(string description, long addId)
    {
        Native.RequireOwnSearch();
        using var index = Trained(description);
        using var other = index.Clone();
        var vector = TestData.Uniform(1, Dimension, 2);
        other.AddWithIds(vector, [5]);
        Assert.Equal("addId", Assert.Throws<ArgumentOutOfRangeException>(() => index.MergeFrom(other, addId)).ParamName);
        if (index is IndexIVF lists)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => lists.MergeFrom((IndexIVF)other, addId));
        }

        Assert.Equal((0L, 1L), (index.Count, other.Count));
        index.MergeFrom(other, addId > 0 ? long.MaxValue - 5 : -5);
        Assert.Equal(addId > 0 ? long.MaxValue : 0, index.Search(vector, 1).Ids[0]);
    }

    [Theory]
    [InlineData("SQ8")]
    [InlineData("PQ4x4np")]
    [InlineData("LSHrt")]
    [InlineData("RQ2x4")]
    [InlineData("PQ4x4fs")]
    [InlineData("PCA4,Flat")]
    [InlineData("IVF4,Flat")]
    [InlineData("IDMap,SQ8")]
    [InlineData("IDMap,PCA4,IVF4,SQ8")]
    public void Other_training_is_refused_and_moves_nothing(string description)
    {
        using var single = Native.SingleThread();
        using var index = Trained(description);
        using var other = Trained(description, seed: 9, scale: 3);
        var map = description.StartsWith("IDMap", StringComparison.Ordinal);
        Add(other, TestData.Uniform(Count, Dimension), [.. Enumerable.Range(0, Count).Select(i => (long)i)], map);
        Assert.Throws<ArgumentException>("other", () => index.MergeFrom(other));
        Assert.Equal((0L, Count), (index.Count, other.Count));
    }

    [Theory]
    [InlineData("HNSW8", "IndexHNSW")]
    [InlineData("SQ8,RFlat", "IndexRefine")]
    [InlineData("IDMap,HNSW8", "IndexHNSW")]
    public void Kinds_that_do_not_merge_are_named(string description, string expected)
    {
        using var index = Trained(description);
        using var other = index.Clone();
        Assert.Contains(expected, Assert.Throws<NotSupportedException>(() => index.MergeFrom(other)).Message);
    }

    [Fact]
    public void Other_kinds_and_shapes_are_refused()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_merge"), "This needs a library of FaissSdk.");
        using var index = new IndexFlatL2(4);
        using var longer = new IndexFlatL2(5);
        using var product = new IndexFlatIP(4);
        using var map = new IndexIDMap(new IndexFlatL2(4));
        foreach (var other in (FaissIndex[])[longer, product, map, index])
        {
            Assert.Throws<ArgumentException>("other", () => index.MergeFrom(other));
        }

        using var equal = new IndexFlatL2(4);
        Assert.Throws<ArgumentOutOfRangeException>("addId", () => index.MergeFrom(equal, 1));
        using var held = new IndexIDMap(equal);
        Assert.Throws<InvalidOperationException>(() => index.MergeFrom(equal));
    }

    [Fact]
    public void Ids_of_a_map_are_moved()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_merge"), "This needs a library of FaissSdk.");
        using var index = FaissIndex.Create(4, "IDMap2,Flat");
        using var other = index.Clone();
        index.Add([0, 0, 0, 0], [7]);
        other.Add([1, 1, 1, 1], [7]);
        index.MergeFrom(other, addId: 100);
        Assert.Equal([1, 1, 1, 1], index.Reconstruct(107));
        Assert.Equal([0, 0, 0, 0], index.Reconstruct(7));
        Assert.ThrowsAny<Exception>(() => other.Reconstruct(7));
    }

    [Fact]
    public void A_direct_map_keeps_lists_from_being_merged()
    {
        using var index = Trained("IDMap,IVF4,Flat");
        using var other = index.Clone();
        other.Add(TestData.Uniform(10, Dimension), [.. Enumerable.Range(0, 10).Select(i => (long)i)]);
        index.MakeDirectMap();
        Assert.Throws<FaissException>(() => index.MergeFrom(other));
        Assert.Equal((0L, 10L), (index.Count, other.Count));
    }

    [Theory]
    [InlineData("BFlat")]
    [InlineData("BIVF4")]
    [InlineData("IDMap,BFlat")]
    [InlineData("IDMap2,BFlat")]
    [InlineData("IDMap2,BIVF4")]
    public void A_merged_binary_index_finds_what_one_of_all_vectors_finds(string description)
    {
        using var index = BinaryTrained(description);
        using var other = IndexBinary.Deserialize(index.Serialize());
        using var expected = IndexBinary.Deserialize(index.Serialize());
        var vectors = Bits(2 * Count, 2);
        var map = description.StartsWith("IDMap", StringComparison.Ordinal);
        long[] ids = [.. Enumerable.Range(0, 2 * Count).Select(i => (3L * i) + 5)];
        Add(index, vectors.AsSpan(0, Count * 4), ids.AsSpan(0, Count), map);
        Add(other, vectors.AsSpan(Count * 4), ids.AsSpan(Count), map);
        Add(expected, vectors, ids, map);
        index.MergeFrom(other, description == "BIVF4" ? Count : 0);
        Assert.Equal((2 * Count, 0L), (index.Count, other.Count));
        Assert.Equal(expected.Serialize(), index.Serialize());
        Assert.Equal(expected.Search(vectors, 3).Ids, index.Search(vectors, 3).Ids);
    }

    [Fact]
    public void Binary_indexes_that_differ_are_refused()
    {
        using var lists = BinaryTrained("BIVF4");
        using var others = BinaryTrained("BIVF4", seed: 9);
        using var flat = BinaryTrained("BFlat");
        using var graph = BinaryTrained("BHNSW8");
        Assert.Throws<ArgumentException>("other", () => ((IndexBinary)lists).MergeFrom((IndexBinary)others));
        Assert.Throws<ArgumentException>("other", () => lists.MergeFrom((IndexBinary)flat));
        Assert.Throws<ArgumentOutOfRangeException>("addId", () => flat.MergeFrom(BinaryTrained("BFlat"), 1));
        Assert.Throws<NotSupportedException>(() => graph.MergeFrom(BinaryTrained("BHNSW8")));
    }

    internal static FaissIndex Trained(string description, int seed = 1, float scale = 1)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_merge"), "This needs a library of FaissSdk.");
        var index = FaissIndex.Create(Dimension, description);
        using var single = Native.SingleThread();
        index.Train([.. TestData.Uniform(Count, Dimension, seed).Select(value => value * scale)]);
        return index;
    }

    // Without vectors for kinds that do not reconstruct.
    // A rotation is a product of matrices, whose sums BLAS rounds in an order that depends on the number of vectors: each sum of d products
    // of components of at most m and those of a row of length 1 is off by d · √d · m · 2⁻²⁴ at most, in either order.
    private static void AssertDecoded(float[] expected, float[] actual, string description)
    {
        if (!description.Contains("LSHr", StringComparison.Ordinal))
        {
            Assert.Equal(expected, actual);
            return;
        }

        var bound = 2 * Dimension * expected.Max(Math.Abs) * MathF.Sqrt(Dimension) / (1 << 24);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - bound, pair.First + bound));
    }

    private static float[] Reconstruct(FaissIndex index)
    {
        try
        {
            return index.ReconstructRange(0, (int)index.Count);
        }
        catch (Exception e) when (e is NotSupportedException or FaissException)
        {
            return [];
        }
    }

    private static void Add(FaissIndex index, ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, bool map)
    {
        if (map)
        {
            index.AddWithIds(vectors, ids);
        }
        else
        {
            index.Add(vectors);
        }
    }

    private static void Add(IndexBinary index, ReadOnlySpan<byte> vectors, ReadOnlySpan<long> ids, bool map)
    {
        if (map)
        {
            index.AddWithIds(vectors, ids);
        }
        else
        {
            index.Add(vectors);
        }
    }

    private static IndexBinary BinaryTrained(string description, int seed = 1)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_merge") && FaissLibrary.Supports("faiss_index_binary_factory"), "This needs a library of FaissSdk, and FAISS 1.9.0.");
        var index = IndexBinary.Create(32, description);
        index.Train(Bits(Count, seed));
        return index;
    }

    private static byte[] Bits(int count, int seed)
    {
        var vectors = new byte[count * 4];
        new Random(seed).NextBytes(vectors);
        return vectors;
    }
}
