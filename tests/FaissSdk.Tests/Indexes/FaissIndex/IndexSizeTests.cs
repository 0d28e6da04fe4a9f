namespace FaissSdk.Tests.Indexes;

/// <summary>The size of an index, and its estimate before it is built.</summary>
public class IndexSizeTests
{
    private const int Dimension = 32;

    [Theory]
    [InlineData("Flat")]
    [InlineData("SQ8")]
    [InlineData("SQ4")]
    [InlineData("SQfp16")]
    [InlineData("PQ16x4np")]
    [InlineData("PQ16x4fs")]
    [InlineData("LSH")]
    [InlineData("LSHrt")]
    [InlineData("HNSW32")]
    [InlineData("HNSW16,SQ8")]
    [InlineData("IVF16,Flat")]
    [InlineData("IVF16,SQ8")]
    [InlineData("IVF16,PQ16x4np")]
    [InlineData("IVF16,PQ16x4fs")]
    [InlineData("IVF16_HNSW8,Flat")]
    [InlineData("IVF16(SQ8),Flat")]
    [InlineData("IMI2x3,Flat")]
    [InlineData("IDMap2,Flat")]
    [InlineData("PCA16,IVF16,Flat")]
    [InlineData("OPQ8_16,IVF16,PQ8x4np")]
    [InlineData("RR32,SQ8")]
    [InlineData("L2norm,Flat")]
    [InlineData("PQ16x4fs,RFlat")]
    [InlineData("IVF16,PQ16x4np,Refine(SQfp16)")]
    public void An_estimate_is_within_5_percent_of_the_size(string description)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_size"), "The library has no functions of FaissSdk.");
        using var single = Native.SingleThread();
        foreach (var count in (int[])[1_000, 4_000])
        {
            using var index = FaissIndex.Create(Dimension, description);
            var vectors = TestData.Uniform(count, Dimension);
            index.Train(vectors);
            if (description.StartsWith("IDMap", StringComparison.Ordinal))
            {
                index.Add(vectors, [.. Enumerable.Range(0, count).Select(i => (long)i)]);
            }
            else
            {
                index.Add(vectors);
            }

            var size = index.Serialize().LongLength;
            Assert.Equal(size, index.SizeInBytes);
            var estimate = FaissIndex.EstimateSizeInBytes(Dimension, description, count);
            Assert.True(Math.Abs(estimate - size) <= 0.05 * size, $"{count} vectors: estimated {estimate}, was {size} ({(double)estimate / size:P1}).");
        }
    }

    [Fact]
    public void The_size_of_an_index_grows_by_its_vectors()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_size"), "The library has no functions of FaissSdk.");
        using var index = new IndexFlatL2(4);
        var empty = index.SizeInBytes;
        index.Add(new float[4 * 1000]);
        Assert.Equal(empty + 16_000, index.SizeInBytes);
    }

    [Fact]
    public void A_kind_that_cannot_be_written_has_no_size()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_size"), "The library has no functions of FaissSdk.");
        using var shards = new IndexShards(4);
        Assert.Throws<FaissException>(() => shards.SizeInBytes);
    }

    [Fact]
    public void A_kind_without_an_estimate_is_refused_by_its_class()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_size"), "The library has no functions of FaissSdk.");
        Assert.Contains("IndexResidualQuantizer", Assert.Throws<NotSupportedException>(() => FaissIndex.EstimateSizeInBytes(8, "RQ2x4", 1000)).Message);
    }

    [Fact]
    public void A_large_estimate_does_not_overflow()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_size"), "The library has no functions of FaissSdk.");
        Assert.Equal(4e12, FaissIndex.EstimateSizeInBytes(1000, "Flat", 1_000_000_000), 1e6);
        Assert.Throws<ArgumentOutOfRangeException>(() => FaissIndex.EstimateSizeInBytes(1000, "Flat", long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => FaissIndex.EstimateSizeInBytes(1000, "Flat", -1));
    }

    [Fact]
    public void The_size_of_a_binary_index_is_that_of_its_file()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_index_binary_factory") && FaissLibrary.Supports("faiss_sdk_binary_index_size"), "The library creates no binary indexes, or does not measure them.");
        using var index = IndexBinary.Create(32, "BFlat");
        index.Add(new byte[400]);
        Assert.Equal(index.Serialize().LongLength, index.SizeInBytes);
    }
}
