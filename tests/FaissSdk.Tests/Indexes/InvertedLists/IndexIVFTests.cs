namespace FaissSdk.Tests.Indexes;

public class IndexIVFTests
{
    [Fact]
    public void Ids_of_equal_vectors_are_not_overlooked()
    {
        Native.Require();
        using var index = FaissIndex.Create(2, "IVF1,FlatDedup");
        index.Train([1, 2]);
        index.Add([1, 2, 3, 4]);
        using var second = new IDSelectorBatch([1]);
        Assert.Equal(1, index.Remove(second));
        index.Add([1, 2]);
        using var copy = FaissIndex.Deserialize(index.Serialize());
        foreach (var holder in new[] { index, copy })
        {
            Assert.Throws<NotSupportedException>(() => holder.Remove(second));
            Assert.Throws<NotSupportedException>(() => holder.ReconstructRange(0, 1));
            Assert.Equal((2, 2), (holder.Count, holder.Search([1, 2], 5).Ids.ToArray().Count(id => id >= 0)));
        }
    }

    [Theory]
    [InlineData("IVF1,FlatDedup")]
    [InlineData("PCA2,IVF1,FlatDedup")]
    public void Ids_of_equal_vectors_are_forgotten_by_Reset(string description)
    {
        Native.Require();
        using var index = FaissIndex.Create(2, description);
        index.Train([1, 2, 4, 3, 5, 8]);
        index.Add([1, 1, 1, 1]);
        index.Reset();
        Assert.Equal(0, index.Count);
        index.Add([5, 5, 9, 9]);
        Assert.Equal([0L, 1], index.Search([5, 5], 2).Ids);
        Assert.Equal([0f, 32], index.Search([5, 5], 2).Distances.ToArray().Select(distance => MathF.Round(distance)));
    }

    [Fact]
    public void Lists_hold_every_vector_once()
    {
        using var index = Filled(out _);
        Assert.Equal((16, 1, false), (index.NList, index.NProbe, index.OwnsParts));
        Assert.Equal(640, Enumerable.Range(0, 16).Sum(index.GetListSize));
        Assert.Equal(Enumerable.Range(0, 640).Select(i => (long)i), Enumerable.Range(0, 16).SelectMany(index.GetListIds).Order());
        Assert.InRange(index.ImbalanceFactor, 1, 16);
        Assert.Equal(QuantizerTraining.KMeans, index.QuantizerTraining);
        Assert.Equal(16, index.Quantizer.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.GetListSize(16));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.GetListSize(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.GetListIds(16));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.NProbe = 0);
        index.NProbe = 1000;
        Assert.Equal(16, index.NProbe);
    }

    [Fact]
    public void The_quantizer_is_borrowed_or_owned()
    {
        Native.Require();
        var quantizer = new IndexFlatL2(8);
        using (var index = new IndexIVFFlat(quantizer, 16))
        {
            Assert.Same(quantizer, index.Quantizer);
            Assert.Throws<InvalidOperationException>(() => quantizer.Add(new float[8]));
            Assert.Throws<InvalidOperationException>(() => new IndexIVFFlat(quantizer, 16, takeOwnership: true));
        }

        quantizer.Add(new float[8]);
        quantizer.Reset();
        using var owner = new IndexIVFFlat(quantizer, 16, MetricType.InnerProduct, takeOwnership: true);
        Assert.True(owner.OwnsParts);
        Assert.Throws<ObjectDisposedException>(() => quantizer.Count);
        Assert.Equal(0, owner.Quantizer.Count);
        Assert.Throws<InvalidOperationException>(() => owner.Quantizer.Add(new float[8]));
        Assert.Throws<ObjectDisposedException>(() => new IndexIVFFlat(quantizer, 16));
        using var flat = new IndexFlatL2(8);
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexIVFFlat(flat, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexIVFFlat(flat, 4, MetricType.L1));
    }

    [Fact]
    public void SearchPreassigned_with_the_quantizers_lists_equals_Search()
    {
        using var index = Filled(out var vectors);
        index.NProbe = 4;
        var queries = TestData.Uniform(20, 8, 5);
        var coarse = index.Quantizer.Search(queries, 4);
        var (distances, labels) = (new float[100], new long[100]);
        index.SearchPreassigned(queries, 5, coarse.Ids, coarse.Distances, distances, labels);
        var expected = index.Search(queries, 5);
        Assert.Equal(expected.Ids, labels);
        Assert.Equal(expected.Distances, distances);
        index.SearchPreassigned(queries, 5, coarse.Ids, coarse.Distances, distances, labels, storePairs: true);
        Assert.Equal(expected.Ids[0], index.GetListIds((int)(labels[0] >> 32))[(int)labels[0]]);
        var wrong = coarse.Ids.ToArray();
        wrong[3] = 16;
        Assert.Equal("lists", Assert.Throws<ArgumentOutOfRangeException>(() => index.SearchPreassigned(queries, 5, wrong, coarse.Distances, distances, labels)).ParamName);
        Assert.Equal("lists", Assert.Throws<ArgumentException>(() => index.SearchPreassigned(queries, 5, wrong.AsSpan(1), coarse.Distances, distances, labels)).ParamName);
    }

    [Fact]
    public void MergeFrom_and_CopySubsetTo_transfer_vectors()
    {
        using var index = Filled(out var vectors);
        using var other = new IndexIVFFlat(index.Quantizer, 16);
        Assert.Throws<ArgumentException>(() => index.MergeFrom(index));
        Assert.Throws<ArgumentException>(() => index.CopySubsetTo(index, IndexIVFSubset.Range, 0, 10));
        other.Add(vectors.AsSpan(0, 80));
        index.MergeFrom(other, 640);
        Assert.Equal((650L, 0L), (index.Count, other.Count));
        index.CopySubsetTo(other, IndexIVFSubset.Range, 100, 110);
        Assert.Equal(10, other.Count);
        index.CopySubsetTo(other, IndexIVFSubset.Remainder, 65, 3);
        Assert.Equal(20, other.Count);
        index.CopySubsetTo(other, IndexIVFSubset.Share, 0, 650);
        Assert.Equal(670, other.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.CopySubsetTo(other, IndexIVFSubset.Remainder, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.CopySubsetTo(other, IndexIVFSubset.Share, 0, 651));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.CopySubsetTo(other, (IndexIVFSubset)9, 0, 1));
        index.CopySubsetTo(other, IndexIVFSubset.Range, 0, 0);
        other.Reset();
        other.MakeDirectMap();
        Assert.Contains("direct map", Assert.Throws<InvalidOperationException>(() => index.CopySubsetTo(other, IndexIVFSubset.Range, 0, 10)).Message);
        using var wider = new IndexIVFFlat(new IndexFlatL2(8), 17);
        Assert.Equal("other", Assert.Throws<ArgumentException>(() => index.MergeFrom(wider)).ParamName);
    }

    [Fact]
    public void A_direct_map_enables_Reconstruct_and_UpdateVectors()
    {
        using var index = Filled(out var vectors);
        Assert.Throws<FaissException>(() => index.Reconstruct(3));
        index.MakeDirectMap();
        Assert.Equal(vectors[24..32], index.Reconstruct(3));
        index.UpdateVectors(TestData.Uniform(2, 8, 9), [3, 5]);
        Assert.Equal(TestData.Uniform(2, 8, 9)[..8], index.Reconstruct(3));
        Assert.Throws<ArgumentException>(() => index.UpdateVectors(new float[16], [3, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.UpdateVectors(new float[8], [640]));
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.UpdateVectors(Enumerable.Repeat(float.NaN, 8).ToArray(), [3])).ParamName);
        index.MakeDirectMap(false);
        index.AddWithIds(new float[8], [1000]);
        Assert.Throws<InvalidOperationException>(() => index.MakeDirectMap());
    }

    [Fact]
    public void AddToLists_uses_the_given_lists()
    {
        using var index = Filled(out _);
        index.AddToLists(new float[16], [700, 701], [3, 3]);
        Assert.Equal([700L, 701], index.GetListIds(3)[^2..]);
        Assert.Equal("lists", Assert.Throws<ArgumentOutOfRangeException>(() => index.AddToLists(new float[8], [], [16])).ParamName);
        Assert.Equal("lists", Assert.Throws<ArgumentException>(() => index.AddToLists(new float[8], [], [])).ParamName);
        Assert.Equal(642, index.Count);
    }

    [Fact]
    public void Decode_rejects_codes_of_absent_lists()
    {
        Native.Require();
        using var index = Filled(out var vectors);
        var codes = index.Encode(vectors.AsSpan(0, 16));
        Assert.Equal(vectors[..16], index.Decode(codes));
        codes[index.CodeSize] = 200;
        Assert.Contains("list 200 in code 1", Assert.Throws<ArgumentException>(() => index.Decode(codes)).Message);
    }

    [Fact]
    public void An_empty_index_has_no_imbalance_factor()
    {
        Native.Require();
        using var index = new IndexIVFFlat(new IndexFlatL2(8), 16);
        Assert.True(double.IsNaN(index.ImbalanceFactor));
        Assert.Equal((0L, 0), (index.GetListSize(15), index.GetListIds(0).Length));
        index.PrintStats();
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.ImbalanceFactor);
        Assert.Throws<ObjectDisposedException>(index.PrintStats);
    }

    [Fact]
    public void Statistics_count_searches()
    {
        using var index = Filled(out var vectors);
        IndexIVF.ResetStats();
        index.Search(vectors, 3);
        Assert.True(IndexIVF.Stats.Queries >= 640);
        Assert.True(IndexIVF.Stats.Distances > 0);
    }

    [Fact]
    public void TrainEncoder_and_TrainResidual_check_their_arguments()
    {
        Native.Require();
        var vectors = TestData.Uniform(640, 8);
        using var quantizer = new IndexFlatL2(8);
        quantizer.Add(vectors.AsSpan(0, 16 * 8));
        using var index = new IndexIVFScalarQuantizer(quantizer, 16, ScalarQuantizerType.EightBit, encodeResidual: false);
        Native.AssertSupported(FaissLibrary.Supports("faiss_IndexIVF_train_encoder"), () => index.TrainEncoder(vectors, new long[640]));
        Native.AssertSupported(FaissLibrary.Supports("faiss_IndexIVFScalarQuantizer_train_residual"), () => index.TrainResidual(vectors));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.TrainEncoder(vectors, Enumerable.Repeat(16L, 640).ToArray()));
        Assert.Throws<ArgumentException>(() => index.TrainEncoder([], []));
    }

    [Fact]
    public void A_codec_exposes_its_parameters()
    {
        Native.Require();
        using var index = new IndexScalarQuantizer(8, ScalarQuantizerType.EightBit);
        Assert.SkipUnless(FaissLibrary.Supports("faiss_IndexScalarQuantizer_sq"), "Codecs need FAISS 1.15.0.");
        var codec = index.Codec;
        Assert.Equal((ScalarQuantizerType.EightBit, 8, 8, 8, RangeStatistic.MinMax), (codec.Type, codec.Bits, codec.Dimension, codec.CodeSize, codec.RangeStatistic));
        codec.RangeStatistic = RangeStatistic.MeanStd;
        codec.RangeArgument = 2;
        Assert.Equal((RangeStatistic.MeanStd, 2f), (codec.RangeStatistic, codec.RangeArgument));
        Assert.Throws<ArgumentOutOfRangeException>(() => codec.RangeStatistic = (RangeStatistic)9);
        Assert.Empty(codec.CopyTrained());
        index.Train(TestData.Uniform(100, 8));
        Assert.Equal(16, codec.CopyTrained().Length);
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => codec.Bits);
    }

    private static IndexIVFFlat Filled(out float[] vectors)
    {
        Native.Require();
        vectors = TestData.Uniform(640, 8);
        var index = new IndexIVFFlat(new IndexFlatL2(8), 16);
        index.Train(vectors);
        index.Add(vectors);
        return index;
    }
}
