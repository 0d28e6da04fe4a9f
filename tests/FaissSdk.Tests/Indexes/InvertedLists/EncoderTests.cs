namespace FaissSdk.Tests.Indexes;

public class EncoderTests
{
    private const int Dimension = 8;
    private const int Size = 640;

    public static TheoryData<string> Descriptions => ["IVF4,Flat", "IVF4,SQ8", "IVF4,SQ4", "IVF4,PQ4x4np", "IVF4,PQ4x4fs", "IVF4,RQ2x4", "IVF4,LSQ2x4", "IVF4,PRQ2x2x4", "IVF4,PQ4+4", "IVF4,FlatDedup", "IVF4_HNSW8,SQ8"];

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void Lists_of_other_encoders_are_neither_merged_nor_copied(string description)
    {
        using var index = Trained(description, seed: 1);
        using var equal = (IndexIVF)index.Clone();
        using var other = Retrained(index, description);
        var vectors = TestData.Uniform(Size, Dimension);
        index.Add(vectors);
        var fastScan = description.EndsWith("fs", StringComparison.Ordinal);
        if (!fastScan || IndexKind.IsNewFaiss)
        {
            Rejects("other", () => other.MergeFrom(index));
        }

        if (!fastScan && !description.Contains('+', StringComparison.Ordinal))
        {
            Rejects("target", () => index.CopySubsetTo(other, IndexIVFSubset.Range, 0, 100));
            index.CopySubsetTo(equal, IndexIVFSubset.Range, 0, 100);
            Assert.Equal(100, equal.Count);
            equal.Reset();
        }

        Assert.Equal((Size, 0L), (index.Count, other.Count));
        index.NProbe = equal.NProbe = 4;
        var expected = index.Search(vectors, 3);
        if (!fastScan || IndexKind.IsNewFaiss)
        {
            equal.MergeFrom(index);
            Assert.Equal(expected.Ids, equal.Search(vectors, 3).Ids);
            Assert.Equal(expected.Distances, equal.Search(vectors, 3).Distances);
        }
    }

    [Fact]
    public void Equal_centroids_of_another_quantizer_are_equal()
    {
        Native.Require();
        var vectors = TestData.Uniform(Size, Dimension);
        using var first = new IndexFlatL2(Dimension);
        using var second = new IndexFlatL2(Dimension);
        first.Add(vectors.AsSpan(0, 4 * Dimension));
        second.Add(vectors.AsSpan(0, 4 * Dimension));
        using var index = new IndexIVFFlat(first, 4);
        using var other = new IndexIVFFlat(second, 4);
        other.Add(vectors);
        other.NProbe = 2;
        index.MergeFrom(other);
        Assert.Equal(Size, index.Count);
    }

    [Fact]
    public void A_type_or_residuals_make_another_encoder()
    {
        Native.Require();
        var vectors = TestData.Uniform(Size, Dimension);
        IndexIVF[] all =
        [
            Make(ScalarQuantizerType.EightBit, true), Make(ScalarQuantizerType.EightBit, false), Make(ScalarQuantizerType.EightBitUniform, true), Make(ScalarQuantizerType.FourBit, true),
        ];
        for (var i = 1; i < all.Length; i++)
        {
            var (target, source) = (all[0], all[i]);
            source.Add(vectors);
            Rejects("other", () => target.MergeFrom(source));
            Rejects("target", () => source.CopySubsetTo(target, IndexIVFSubset.Range, 0, 10));
        }

        Array.ForEach(all, index => index.Dispose());

        IndexIVF Make(ScalarQuantizerType type, bool residuals)
        {
            var quantizer = new IndexFlatL2(Dimension);
            quantizer.Add(vectors.AsSpan(0, 4 * Dimension));
            var index = new IndexIVFScalarQuantizer(quantizer, 4, type, encodeResidual: residuals, takeOwnership: true);
            index.Train(vectors);
            return index;
        }
    }

    [Theory]
    [InlineData("IVF4,FlatPanorama4")]
    [InlineData("IVF4,FlatPanorama2_16")]
    public void Panorama_lists_are_neither_merged_nor_copied(string description)
    {
        Native.Require();
        Assert.SkipUnless(IndexKind.IsNewFaiss, "Panorama needs FAISS 1.15.0.");
        using var index = Trained(description, 1);
        using var other = (IndexIVF)index.Clone();
        other.Add(TestData.Uniform(Size, Dimension));
        Assert.Contains("Merging Panorama lists", Assert.Throws<NotSupportedException>(() => index.MergeFrom(other)).Message);
        Assert.Throws<NotSupportedException>(() => other.CopySubsetTo(index, IndexIVFSubset.Range, 0, 10));
        Assert.Equal((0L, Size), (index.Count, other.Count));
    }

    [Fact]
    public void A_copy_keeps_its_direct_map()
    {
        Native.Require();
        using var index = Trained("IVF4,Flat", 1);
        index.Add(TestData.Uniform(Size, Dimension));
        using var copy = (IndexIVF)index.Clone();
        using var map = (IndexIVF)index.Clone();
        map.MakeDirectMap();
        using var loaded = (IndexIVF)FaissIndex.Deserialize(map.Serialize());
        using var cloned = (IndexIVF)map.Clone();
        Assert.Throws<InvalidOperationException>(() => copy.CopySubsetTo(map, IndexIVFSubset.Range, 0, 10));
        Assert.Throws<InvalidOperationException>(() => copy.CopySubsetTo(loaded, IndexIVFSubset.Range, 0, 10));
        Assert.Throws<InvalidOperationException>(() => copy.CopySubsetTo(cloned, IndexIVFSubset.Range, 0, 10));
        Assert.Equal(map.Reconstruct(3), cloned.Reconstruct(3));
        cloned.MakeDirectMap(false);
        copy.CopySubsetTo(cloned, IndexIVFSubset.Range, 0, 10);
        Assert.Equal(Size + 10, cloned.Count);
    }

    [Fact]
    public void Binary_lists_of_other_centroids_are_not_merged()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_IndexBinaryIVF_cast"), "Binary inverted lists need FAISS 1.12.0.");
        using var index = (IndexBinaryIVF)IndexBinary.Create(64, "BIVF4");
        using var other = (IndexBinaryIVF)IndexBinary.Create(64, "BIVF4");
        index.Train(BinaryVectors.Random(Size, 64, 1));
        other.Train(BinaryVectors.Random(Size, 64, 2));
        other.Add(BinaryVectors.Random(Size, 64, 2));
        Rejects("other", () => index.MergeFrom(other));
        using var equal = (IndexBinaryIVF)other.Clone();
        equal.MergeFrom(other);
        Assert.Equal(2 * Size, equal.Count);
    }

    // Training keeps the centroids that there are, so that lists without an encoder, and encoders that are trained once, need others.
    private static IndexIVF Retrained(IndexIVF index, string description)
    {
        if (description.Contains("Flat", StringComparison.Ordinal) || description.Contains("PRQ", StringComparison.Ordinal))
        {
            return Trained(description, seed: 2);
        }

        using var single = Native.SingleThread();
        var other = (IndexIVF)index.Clone();
        other.Train(TestData.Uniform(Size, Dimension, 2));
        return other;
    }

    private static IndexIVF Trained(string description, int seed)
    {
        Native.Require();
        using var single = Native.SingleThread();
        var index = (IndexIVF)FaissIndex.Create(Dimension, description);
        index.Train(TestData.Uniform(Size, Dimension, seed));
        return index;
    }

    private static void Rejects(string parameter, Action call) => Assert.Equal(parameter, Assert.Throws<ArgumentException>(call).ParamName);
}
