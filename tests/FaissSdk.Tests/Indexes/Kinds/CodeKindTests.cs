namespace FaissSdk.Tests.Indexes;

public class CodeKindTests
{
    private const int Dimension = 16;

    private static readonly float[] Training = TestData.Uniform(1000, Dimension);

    [Fact]
    public void Product_codes_show_their_numbers()
    {
        Native.Require();
        using var index = new IndexPQ(Dimension, 4, 6);
        Assert.Equal((4, 6, false), (index.M, index.NBits, index.PolysemousTraining));
        using var factory = (IndexPQ)FaissIndex.Create(Dimension, "PQ8");
        Assert.Equal((8, 8, true), (factory.M, factory.NBits, factory.PolysemousTraining));
        using var lists = new IndexIVFPQ(new IndexFlatL2(Dimension), 8, 2, 5, takeOwnership: true);
        Assert.Equal((2, 5, false, 8, true), (lists.M, lists.NBits, lists.PolysemousTraining, lists.NList, lists.OwnsParts));
        using var packed = new IndexIVFPQFastScan(new IndexFlatL2(Dimension), 8, 8, takeOwnership: true);
        Assert.Equal(8, packed.M);
    }

    [Fact]
    public void Polysemous_training_orders_the_centroids()
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var plain = new IndexPQ(Dimension, 4, 5);
        using var ordered = new IndexPQ(Dimension, 4, 5) { PolysemousTraining = true };
        plain.Train(Training);
        ordered.Train(Training);
        var vectors = TestData.Uniform(50, Dimension, 2);
        Assert.NotEqual(plain.Encode(vectors), ordered.Encode(vectors));
        Assert.Equal(plain.Decode(plain.Encode(vectors)), ordered.Decode(ordered.Encode(vectors)));
    }

    [Fact]
    public void A_given_quantizer_is_shared_and_outlives_the_lists()
    {
        Native.Require();
        using var quantizer = new IndexFlatL2(Dimension);
        using var first = new IndexIVFPQ(quantizer, 8, 4, 4);
        first.Train(Training);
        using var second = new IndexIVFPQFastScan(quantizer, 8, 8);
        second.Train(Training);
        Assert.Same(quantizer, first.Quantizer);
        Assert.Same(quantizer, second.Quantizer);
        Assert.Throws<InvalidOperationException>(() => quantizer.Add(Training));
        first.Dispose();
        second.Dispose();
        Assert.Equal(8, quantizer.Count);
        Assert.Equal(8 * Dimension, quantizer.CopyVectors().Length);
    }

    [Fact]
    public void A_disposed_quantizer_lives_as_long_as_the_lists()
    {
        Native.Require();
        var quantizer = new IndexFlatL2(Dimension);
        using var index = new IndexIVFPQ(quantizer, 8, 4, 4);
        quantizer.Dispose();
        index.Train(Training);
        index.Add(Training);
        index.NProbe = 8;
        Assert.Equal(8, index.Quantizer.Count);
        Assert.Equal(1000, index.Count);
        Assert.DoesNotContain(-1, index.Search(Training, 3).Ids.ToArray());
    }

    [Fact]
    public void A_given_away_quantizer_is_disposed()
    {
        Native.Require();
        var quantizer = new IndexHNSWFlat(Dimension, 8);
        using var index = new IndexIVFPQ(quantizer, 8, 4, 4, takeOwnership: true);
        Assert.Throws<ObjectDisposedException>(() => quantizer.M);
        var view = Assert.IsType<IndexHNSWFlat>(index.Quantizer);
        view.EfSearch = 40;
        Assert.Equal((8, 40), (view.M, view.EfSearch));
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => view.M);
    }

    [Fact]
    public void Unsuitable_quantizers_are_refused()
    {
        Native.Require();
        using var other = new IndexFlatIP(Dimension);
        using var mapped = new IndexIDMap(new IndexFlatL2(Dimension), takeOwnership: true);
        using var flat = new IndexFlatL2(Dimension);
        using var map = new IndexIDMap2(flat);
        Assert.Throws<ArgumentException>("quantizer", () => new IndexIVFPQ(other, 8, 4));
        Assert.Throws<ArgumentException>("quantizer", () => new IndexIVFPQ(mapped, 8, 4));
        Assert.Throws<ArgumentException>("quantizer", () => new IndexIVFPQFastScan(mapped, 8, 4));
        Assert.Throws<InvalidOperationException>(() => new IndexIVFPQ(flat, 8, 4));
        using var plain = new IndexIVFPQ(other, 8, 4, encodeResidual: false);
        Assert.Equal(MetricType.L2, plain.Metric);
    }

    [Fact]
    public void A_residual_quantizer_shows_and_takes_its_numbers()
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var narrow = new IndexResidualQuantizer(Dimension, 4, 4) { MaxBeamSize = 1 };
        using var wide = new IndexResidualQuantizer(Dimension, 4, 4) { MaxBeamSize = 16 };
        Assert.Equal((4, 4, 1), (narrow.M, narrow.NBits, narrow.MaxBeamSize));
        narrow.Train(Training);
        wide.Train(Training);
        Assert.True(Error(wide) < Error(narrow), $"{Error(wide)} with 16 codes, {Error(narrow)} with 1.");
        using var copy = (IndexResidualQuantizer)wide.Clone();
        Assert.Equal(16, copy.MaxBeamSize);

        double Error(FaissIndex index)
        {
            var vectors = TestData.Uniform(200, Dimension, 2);
            return Reference.SquaredDistance(vectors, index.Decode(index.Encode(vectors)));
        }
    }

    [Fact]
    public void RaBitQ_shows_and_takes_its_numbers()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.IsAtLeast(1, 13, 1), $"RaBitQ of several bits needs FAISS 1.13.1 or later; loaded: {FaissLibrary.Info.Version}.");
        using var index = new IndexRaBitQ(Dimension, 4) { QueryBits = 8 };
        Assert.Equal((4, 8), (index.NBits, index.QueryBits));
        using var lists = new IndexIVFRaBitQ(new IndexFlatL2(Dimension), 8, takeOwnership: true) { QueryBits = 0 };
        Assert.Equal((1, 0), (lists.NBits, lists.QueryBits));
        using var single = new IndexRaBitQ(Dimension) { QueryBits = 1 };
        single.Train(Training);
        single.Add(Training);
        var coarse = single.Search(Training.AsSpan(0, 10 * Dimension), 1);
        single.QueryBits = 0;
        var fine = single.Search(Training.AsSpan(0, 10 * Dimension), 1);
        Assert.NotEqual(coarse.Distances.ToArray(), fine.Distances.ToArray());
        using var copy = (IndexRaBitQ)single.Clone();
        Assert.Equal((1, 0), (copy.NBits, copy.QueryBits));
    }
}
