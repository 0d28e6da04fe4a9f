namespace FaissSdk.Tests.Indexes;

public class VectorsTests
{
    [Fact]
    public void A_flat_index_computes_exact_residuals()
    {
        Native.Require();
        using var index = new IndexFlatL2(2);
        index.Add([0, 0, 3, 4]);
        Assert.Equal([1L, 0], index.Assign([3, 3], 2));
        Assert.Equal([1L, 0, -1], index.Assign([3, 3], 3));
        var residual = new float[2];
        index.ComputeResidual([4, 4], 1, residual);
        Assert.Equal([1f, 0], residual);
        var residuals = new float[4];
        index.ComputeResiduals([4, 4, 1, 1], [1, 0], residuals);
        Assert.Equal([1f, 0, 1, 1], residuals);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.ComputeResidual([4, 4], 2, new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.ReconstructRange(1, 2));
    }

    [Theory]
    [InlineData("Flat", 32)]
    [InlineData("IVF16,Flat", 33)]
    [InlineData("SQ8", 8)]
    [InlineData("SQ4", 4)]
    [InlineData("SQfp16", 16)]
    [InlineData("PQ4x4", 2)]
    [InlineData("IVF16,PQ4x4", 3)]
    [InlineData("LSH", 1)]
    [InlineData("PCA4,Flat", 16)]
    [InlineData("RQ2x4", 1)]
    [InlineData("IVF300,SQ8", 10)]
    public void Decode_inverts_Encode_like_Reconstruct(string kind, int size)
    {
        Native.Require();
        var vectors = TestData.Uniform(640, 8);
        using var index = FaissIndex.Create(8, kind);
        index.Train(vectors);
        Assert.Equal(size, index.CodeSize);
        var codes = index.Encode(vectors);
        Assert.Equal(640 * size, codes.Length);
        var decoded = index.Decode(codes);
        index.Add(vectors);
        Assert.Equal(index.ReconstructRange(0, 640), decoded, (x, y) => Math.Abs(x - y) < 1e-5);
        Assert.Equal("codes", Assert.Throws<ArgumentException>(() => index.Encode(vectors, new byte[1])).ParamName);
        Assert.Equal("codes", Assert.Throws<ArgumentException>(() => index.Decode(new byte[(2 * size) - 1], new float[16])).ParamName);
    }

    [Fact]
    public void Decoding_a_refining_index_is_exact_or_not_supported()
    {
        Native.Require();
        var vectors = TestData.Uniform(64, 8);
        using var index = FaissIndex.Create(8, "SQ8,RFlat");
        index.Train(vectors);
        var codes = index.Encode(vectors);
        Native.AssertSupported(IndexKind.IsNewFaiss, () => Assert.Equal(vectors, index.Decode(codes)));
    }

    [Theory]
    [InlineData(4, false, false)]
    [InlineData(8, false, true)]
    [InlineData(4, true, true)]
    public void Hashes_of_some_components_are_not_reconstructed(int bits, bool rotateData, bool isWhole)
    {
        Native.Require();
        using var index = new IndexIDMap2(new IndexLSH(8, bits, rotateData));
        var vectors = TestData.Uniform(10, 8);
        index.AddWithIds(vectors, [.. Enumerable.Range(0, 10).Select(i => (long)i)]);
        var lsh = (IndexLSH)index.Index;
        var codes = lsh.Encode(vectors);
        if (isWhole)
        {
            Assert.All(index.Reconstruct(3), component => Assert.True(float.IsFinite(component)));
            Assert.Equal(lsh.Reconstruct(3), lsh.Decode(codes)[24..32]);
        }
        else
        {
            Assert.Throws<NotSupportedException>(() => index.Reconstruct(3));
            Assert.Throws<NotSupportedException>(() => lsh.Decode(codes));
            Assert.Throws<NotSupportedException>(() => lsh.RangeSearch(vectors, 8));
            Assert.Throws<NotSupportedException>(() => index.RangeSearch(vectors, 8));
        }
    }
}
