namespace FaissSdk.Tests.Indexes;

/// <content>Factory strings and dimensions.</content>
public sealed partial class IndexBinaryTests
{
    [Theory]
    [InlineData("BFlat4")]
    [InlineData("Flat")]
    [InlineData("BIVF")]
    [InlineData("BIVF0")]
    [InlineData("BIVF-1")]
    [InlineData("BIVF4abc")]
    [InlineData("BIVF4_HNSW")]
    [InlineData("BIVF4_HNSW1")]
    [InlineData("BIVF16777217")]
    [InlineData("BIVF99999999999999999999")]
    [InlineData("BHNSW0")]
    [InlineData("BHNSW1")]
    [InlineData("BHNSW-1")]
    [InlineData("BHNSW2000000000")]
    [InlineData("BHash0")]
    [InlineData("BHash64")]
    [InlineData("BHash-2")]
    [InlineData("BHash0x8")]
    [InlineData("BHash2x0")]
    [InlineData("BHash9x8")]
    [InlineData("BHash65536x65536")]
    [InlineData("IDMap,IDMap,BFlat")]
    [InlineData("IDMap,BFlat,IDMap2")]
    [InlineData("BFlat\n")]
    [InlineData("BFlat\0")]
    [InlineData(" ")]
    public void Create_rejects_descriptions_that_crash_FAISS(string description)
    {
        Assert.Throws<ArgumentException>(() => IndexBinary.Create(64, description));
    }

    [Fact]
    public void Create_rejects_a_description_beyond_the_parser_limit()
    {
        Assert.Throws<ArgumentException>(() => IndexBinary.Create(64, "IDMap," + new string('x', 50_000)));
        Assert.Throws<ArgumentNullException>(() => IndexBinary.Create(64, null!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-8)]
    [InlineData(7)]
    [InlineData(9)]
    public void Create_rejects_dimensions_that_are_not_multiples_of_8(int dimension)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => IndexBinary.Create(dimension, "BFlat"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexBinaryFlat(dimension));
    }

    [Fact]
    public void Create_is_not_supported_without_the_factory()
    {
        Tests.Native.Require();
        Assert.SkipWhen(FaissLibrary.Supports("faiss_index_binary_factory"), "This FAISS has it.");
        Assert.Throws<NotSupportedException>(() => IndexBinary.Create(8, "BFlat"));
    }

    [Theory]
    [InlineData("BHash8", 8)]
    [InlineData("BHash63", 64)]
    [InlineData("BHash8x8", 64)]
    [InlineData("BHNSW2", 8)]
    [InlineData("BIVF1", 8)]
    [InlineData("BIVF4_HNSW2", 8)]
    [InlineData("BFlat,IDMap2", 8)]
    public void Create_accepts_descriptions_at_the_limits(string description, int dimension)
    {
        using var index = Create(dimension, description);
        var vectors = BinaryVectors.Random(Size, dimension);
        index.Train(vectors);
        AddAll(index, vectors);
        Assert.Equal(Size, index.Count);
        Assert.Equal(0, index.Search(vectors.AsSpan(0, dimension / 8), 1).Distances[0]);
    }
}
