using FaissSdk.Native;

namespace FaissSdk.Tests.Indexes;

public class IndexTextTests
{
    public static TheoryData<string> Factories => [.. IndexRegistry.All.Where(kind => kind.Description is not null).Select(kind => kind.Name)];

    [Theory]
    [InlineData("Flat", "Flat")]
    [InlineData("SQ8", "SQ8")]
    [InlineData("SQfp16", "SQfp16")]
    [InlineData("PQ8x4", "PQ8x4")]
    [InlineData("PQ8np", "PQ8")]
    [InlineData("PQ8x4fs", "PQ8x4fs")]
    [InlineData("LSH", "LSH")]
    [InlineData("LSHrt", "LSHrt")]
    [InlineData("HNSW32", "HNSW32,Flat")]
    [InlineData("HNSW16,SQ8", "HNSW16,SQ8")]
    [InlineData("IVF64,Flat", "IVF64,Flat")]
    [InlineData("IVF64,FlatDedup", "IVF64,FlatDedup")]
    [InlineData("IVF64_HNSW8,PQ8x4fs", "IVF64_HNSW8,PQ8x4fs")]
    [InlineData("IVF64(SQ8),SQ4", "IVF64(SQ8),SQ4")]
    [InlineData("IVF64,PQ4+8", "IVF64,PQ4+8")]
    [InlineData("IMI2x4,Flat", "IMI2x4,Flat")]
    [InlineData("PCA8,IVF64,Flat", "PCA8,IVF64,Flat")]
    [InlineData("OPQ4_8,PQ4x4", "OPQ4_8,PQ4x4")]
    [InlineData("L2norm,Flat", "L2norm,Flat")]
    [InlineData("IDMap,HNSW32", "IDMap,HNSW32,Flat")]
    [InlineData("SQ8,RFlat", "SQ8,RFlat")]
    [InlineData("PQ8x4fs,Refine(SQfp16)", "PQ8x4fs,Refine(SQfp16)")]
    [InlineData("RQ2x4_Nqint8", "RQ2x4_Nqint8")]
    public void The_text_begins_with_the_kind(string description, string expected)
    {
        Native.Require();
        Assert.SkipUnless(NativeParts.DescribesFloats, "The library does not describe parts.");
        using var index = FaissIndex.Create(16, description);
        Assert.Equal($"{expected}, d 16, 0 vectors{(index.IsTrained ? "" : ", not trained")}, L2", index.ToString());
    }

    [Theory]
    [MemberData(nameof(Factories))]
    public void A_kind_that_is_named_by_its_parts_is_created_by_its_name(string name)
    {
        var kind = IndexRegistry.Find(name);
        using var made = kind.Make();
        var text = FactoryName.Of(made.Index.Parts, out var isWhole);
        Assert.SkipUnless(isWhole, "The library does not describe all of the kind.");
        using var again = FaissIndex.Create(made.Index.Dimension, text, made.Index.Metric);
        Assert.Equal(made.Index.Parts.Shape, again.Parts.Shape);
        Assert.Equal(made.Index.ToString(), again.ToString());
    }

    [Fact]
    public void The_text_contains_dimension_vectors_and_metric()
    {
        Native.Require();
        using var index = new IndexFlatIP(3);
        Assert.Equal("Flat, d 3, 0 vectors, InnerProduct", index.ToString());
        index.Add(new float[3]);
        Assert.Equal("Flat, d 3, 1 vector, InnerProduct", index.ToString());
        index.Add(new float[3 * 1_999]);
        Assert.Equal("Flat, d 3, 2,000 vectors, InnerProduct", $"{index}");
        index.Dispose();
        Assert.Equal("IndexFlatIP, disposed", index.ToString());
    }

    [Fact]
    public void The_text_of_a_loaded_index_is_that_of_the_saved_one()
    {
        Native.Require();
        using var index = FaissIndex.Create(16, "HNSW16,SQ8");
        var vectors = TestData.Uniform(100, 16);
        index.Train(vectors);
        index.Add(vectors);
        using var loaded = FaissIndex.Deserialize(index.Serialize());
        Assert.Equal("HNSW16,SQ8, d 16, 100 vectors, L2", loaded.ToString());
    }

    [Fact]
    public void The_text_of_composed_indexes_names_their_parts()
    {
        Native.Require();
        using var shards = new IndexShards(4);
        using var first = new IndexFlatL2(4);
        using var second = new IndexFlatL2(4);
        shards.AddShard(first);
        shards.AddShard(second);
        Assert.Equal("Shards(2 × Flat), d 4, 0 vectors, L2", shards.ToString());
        using var transformed = new IndexPreTransform(new PCAMatrix(8, 4), new IndexIVFFlat(new IndexFlatL2(4), 16));
        Assert.Equal("PCA4,IVF16,Flat, d 8, 0 vectors, not trained, L2", transformed.ToString());
    }

    [Theory]
    [InlineData("BFlat", "BFlat")]
    [InlineData("BIVF16", "BIVF16")]
    [InlineData("BIVF16_HNSW8", "BIVF16_HNSW8")]
    [InlineData("BHNSW16", "BHNSW16")]
    public void The_text_of_a_binary_index_begins_with_its_kind(string description, string expected)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_index_binary_factory"), "FAISS before 1.9.0 creates no binary indexes.");
        using var index = IndexBinary.Create(32, description);
        Assert.StartsWith($"{expected}, d 32, 0 vectors", index.ToString());
    }
}
