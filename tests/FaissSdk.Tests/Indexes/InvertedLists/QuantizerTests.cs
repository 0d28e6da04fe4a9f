namespace FaissSdk.Tests.Indexes;

public class QuantizerTests
{
    private const int Dimension = 8;
    private const int Size = 640;

    public static TheoryData<string> Failing =>
    [
        "IVF64(IVF8,Flat),SQ8",
        "IVF64(IVF8,Flat),PQ4x4",
        "IVF64(IVF8,SQ8),RQ2x4",
        "PCA8,IVF64(IVF8,Flat),SQ8",
        "IDMap,IVF64(IVF8,Flat),SQ8",
        "IVF64(IVF8,Flat),SQ8,RFlat",
        "IVF64(IVF8(IVF4,Flat),SQ8),Flat",
        "IVF64(IDMap,Flat),Flat",
        "IVF64(IDMap2,Flat),SQ8",
        "IVF64(LSH),SQ8",
        "IVF64(LSH),PQ4x4np",
        "PCA8,IVF64(LSHr),PQ4x4",
        "IVF64(HR8,RaBitQ),SQ8",
    ];

    public static TheoryData<string> Working => ["IVF64(SQ8),SQ8", "IVF64(HNSW8,Flat),SQ8", "IVF64_HNSW8,PQ4x4", "IVF64(PCA4,Flat),SQ8", "IVF64(SQ8,RFlat),SQ8", "IVF64(IVF8,Flat,RFlat),SQ8", "IVF64(IVF8,Flat),Flat", "IMI2x3,SQ8", "IVF64(PQ4x4),Flat"];

    [Theory]
    [MemberData(nameof(Failing))]
    public void A_quantizer_that_fails_later_is_refused(string description)
    {
        Native.Require();
        var error = Record.Exception(() => FaissIndex.Create(Dimension, description).Dispose());
        Assert.SkipWhen(error is FaissException or NotSupportedException, "This FAISS knows no such quantizer.");
        Assert.Contains("uantizer", Assert.IsType<ArgumentException>(error).Message);
    }

    [Theory]
    [MemberData(nameof(Working))]
    public void A_quantizer_that_reconstructs_is_accepted(string description)
    {
        Native.Require();
        ChildProcess.Run(Fill, description).AssertReturned();
    }

    [Theory]
    [InlineData("IVF64(IMI2x4,Flat),Flat")]
    [InlineData("PCA8,IVF64(IMI2x4,Flat),Flat")]
    [InlineData("IVF64(IMI2x4,Flat,RFlat),SQ8")]
    [InlineData("PCA8,IVF64(IMI2x4,Flat,RFlat),SQ8")]
    [InlineData("IVF64(IMI2x4,Flat,RFlat),PQ4x4np")]
    public void A_quantizer_that_may_lose_vectors_is_refused(string description)
    {
        Native.Require();
        ChildProcess.Run(LoseNone, description).AssertReturned();
    }

    [Theory]
    [InlineData("IVF16(RCQ1x4),SQ8")]
    [InlineData("IVF16(PQ4x4fs),Flat")]
    [InlineData("PCA8,IVF16(PQ4x4fs,RFlat),Flat")]
    public void A_quantizer_that_fails_by_inner_product_is_refused(string description)
    {
        Native.Require();
        Assert.Contains("The quantizer", Assert.Throws<ArgumentException>(() => FaissIndex.Create(Dimension, description, MetricType.InnerProduct)).Message);
        FaissIndex.Create(Dimension, description).Dispose();
    }

    [Theory]
    [InlineData("IDMap,RQ2x4fs_32_Nrq2x4")]
    [InlineData("RQ2x4_Nqint8")]
    [InlineData("IVF4,LSQ2x4")]
    [InlineData("IVF16(IVF4,RQ2x4fs_32_Nrq2x4),Flat")]
    public void Vectors_whose_squared_lengths_cannot_be_encoded_are_refused(string description)
    {
        Native.Require();
        using var index = FaissIndex.Create(Dimension, description);
        float[] vectors = [.. TestData.Uniform(Size, Dimension).Select(value => value * 1e15f)];
        Assert.Contains("Scale the data down", Assert.Throws<ArgumentException>(() => index.Train(vectors)).Message);
    }

    [Fact]
    public void Quantizers_that_training_cannot_cluster_by_are_refused()
    {
        Assert.SkipUnless(Native.IsAvailable && IndexKind.IsNewFaiss, "Codes of no bits and NSG need FAISS 1.15.0.");
        using var graph = FaissIndex.Create(Dimension, "Pad10,NSG8");
        Assert.Contains("NSG", Assert.Throws<ArgumentException>(() => new IndexIVFFlat(graph, 100)).Message);
        using var lists = FaissIndex.Create(Dimension, "IVF4,SQ0");
        lists.SetParameter("nprobe", 4);
        using var whole = new IndexIVFFlat(lists, 8);
        Assert.Contains("no centroids", Assert.Throws<InvalidOperationException>(() => whole.Train(TestData.Uniform(Size, Dimension))).Message);
    }

    [Fact]
    public void Lists_without_centroids_reject_vectors()
    {
        Assert.SkipUnless(Native.IsAvailable && IndexKind.IsNewFaiss, "Codes of no bits need FAISS 1.15.0.");
        using var index = FaissIndex.Create(8, "IVF4,SQ0");
        var error = Assert.Throws<InvalidOperationException>(() => index.Add(TestData.Uniform(10, 8)));
        Assert.Contains("call Train first", error.Message, StringComparison.Ordinal);
        index.Train(TestData.Uniform(200, 8));
        index.Add(TestData.Uniform(10, 8));
        Assert.Equal(10, index.Count);
    }

    [Theory]
    [InlineData(11, 1, "11 centroids for 1 lists")]
    [InlineData(3, 4, "3 centroids for 4 lists")]
    public void Lists_with_other_vectors_than_centroids_reject_vectors(int held, int lists, string message)
    {
        Assert.SkipUnless(Native.IsAvailable && IndexKind.IsNewFaiss, "Codes of no bits need FAISS 1.15.0.");
        using var quantizer = new IndexFlatL2(8);
        quantizer.Add(TestData.Uniform(held, 8));
        using var index = new IndexIVFScalarQuantizer(quantizer, lists, ScalarQuantizerType.ZeroBit);
        Assert.Contains(message, Assert.Throws<InvalidOperationException>(() => index.Add(TestData.Uniform(10, 8))).Message, StringComparison.Ordinal);
        if (held > lists)
        {
            // Such a file would be refused as damaged.
            Assert.Contains(message, Assert.Throws<InvalidOperationException>(() => index.Serialize()).Message, StringComparison.Ordinal);
        }

        index.Train(TestData.Uniform(200, 8));
        index.Add(TestData.Uniform(10, 8));
        Assert.Equal(10, index.Count);
        FaissIndex.Deserialize(index.Serialize()).Dispose();
    }

    [Theory]
    [InlineData("PCAW4,Flat")]
    [InlineData("PCAWR4,Flat")]
    [InlineData("RR8,PCAW4,SQ8")]
    public void A_quantizer_that_whitens_is_trained_before(string description)
    {
        Native.Require();
        using var quantizer = FaissIndex.Create(Dimension, description);
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_parts"), "The library was not built with FaissSdk's functions.");
        Assert.Contains("train the quantizer before", Assert.Throws<ArgumentException>(() => new IndexIVFFlat(quantizer, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("train the quantizer before", Assert.Throws<ArgumentException>(() => FaissIndex.Create(Dimension, $"IVF2({description}),Flat")).Message, StringComparison.Ordinal);
        quantizer.Train(TestData.Uniform(Size, Dimension));
        using var index = new IndexIVFFlat(quantizer, 2);
        index.Train(Enumerable.Repeat(TestData.Uniform(1, Dimension), 100).SelectMany(x => x).ToArray());
        index.Add(TestData.Uniform(Size, Dimension));
        Assert.Equal(Size, index.Count);
    }

    [Theory]
    [InlineData("IVF8(RCQ1x3),Flat")]
    public void A_quantizer_with_an_additive_quantizer_is_trained_before(string description)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_parts"), "The library was not built with FaissSdk's functions.");
        using var quantizer = FaissIndex.Create(Dimension, description);
        quantizer.SetParameter("nprobe", 4);
        Assert.Contains("train the quantizer before", Assert.Throws<ArgumentException>(() => new IndexIVFFlat(quantizer, 16)).Message, StringComparison.Ordinal);
        quantizer.Train(TestData.Uniform(Size, Dimension));
        using var index = new IndexIVFFlat(quantizer, 16);
        Assert.Equal(16, index.NList);
    }

    [Fact]
    public void Codes_of_no_bytes_have_no_number()
    {
        Assert.SkipUnless(Native.IsAvailable && IndexKind.IsNewFaiss, "Codes of no bits need FAISS 1.15.0.");
        using var index = FaissIndex.Create(8, "IVF1,SQ0");
        index.Train(TestData.Uniform(100, 8));
        index.Add(TestData.Uniform(10, 8));
        Assert.Equal(0, index.CodeSize);
        Assert.Contains("no bytes", Assert.Throws<NotSupportedException>(() => index.Decode([])).Message, StringComparison.Ordinal);
        Assert.Contains("no bytes", Assert.Throws<NotSupportedException>(() => index.AddEncoded([])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IVF2,RaBitQ")]
    [InlineData("IVF2,RaBitQfs")]
    [InlineData("IVF2,SQ8")]
    [InlineData("IVF2,PQ2x4np")]
    public void Lists_that_are_given_need_centroids_of_residuals(string description)
    {
        Assert.SkipUnless(Native.IsAvailable && IndexKind.IsNewFaiss, "Encoders are trained on their own from FAISS 1.15.0 on.");
        using var index = (IndexIVF)FaissIndex.Create(4, description);
        index.TrainEncoder(TestData.Uniform(138, 4), [.. Enumerable.Repeat(1L, 138)]);
        var error = Assert.Throws<InvalidOperationException>(() => index.SearchPreassigned(TestData.Uniform(1, 4), 1, [0], new float[1], new float[1], new long[1]));
        Assert.Contains(index.IsTrained ? "no centroids for 2 lists" : "is not trained", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_of_distances_in_other_units_are_refused()
    {
        Native.Require();
        using var shards = new IndexShards(1, successiveIds: false);
        using var squared = new IndexFlatL2(1);
        using var differences = new IndexFlat1D();
        shards.AddShard(squared);
        Assert.Contains("another unit", Assert.Throws<ArgumentException>(() => shards.AddShard(differences)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_refuses_a_quantizer_that_may_assign_no_centroid()
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var quantizer = (IndexIVF)FaissIndex.Create(Dimension, "IVF4,Flat");
        using var index = new IndexIVFFlat(quantizer, 16);
        var vectors = TestData.Uniform(Size, Dimension);
        Assert.Contains("quantizer_nprobe", Assert.Throws<InvalidOperationException>(() => index.Train(vectors)).Message);
        index.SetParameter("quantizer_nprobe", 4);
        index.Train(vectors);
        index.Add(vectors);
        Assert.Equal(Size, Enumerable.Range(0, 16).Sum(index.GetListSize));
    }

    [Fact]
    public void A_constructor_rejects_quantizers_without_lists_of_numbers()
    {
        Native.Require();
        using var single = Native.SingleThread();
        var vectors = TestData.Uniform(16, Dimension);
        using var flat = new IndexFlatL2(Dimension);
        using var map = new IndexIDMap(flat);
        map.AddWithIds(vectors, [.. Enumerable.Range(1000, 16).Select(i => (long)i)]);
        Rejects(() => new IndexIVFFlat(map, 16));

        using var numbered = (IndexIVF)FaissIndex.Create(Dimension, "IVF2,Flat");
        numbered.Train(vectors);
        numbered.AddWithIds(vectors, [.. Enumerable.Range(1000, 16).Select(i => (long)i)]);
        Rejects(() => new IndexIVFFlat(numbered, 16));

        using var shards = new IndexShards(Dimension);
        using var shard = new IndexFlatL2(Dimension);
        shards.AddShard(shard);
        Rejects(() => new IndexIVFFlat(shards, 16));

        using var lists = FaissIndex.Create(Dimension, "IVF2,Flat");
        Rejects(() => new IndexIVFScalarQuantizer(lists, 16, ScalarQuantizerType.EightBit));
        new IndexIVFScalarQuantizer(lists, 16, ScalarQuantizerType.EightBit, encodeResidual: false).Dispose();

        using var products = new IndexFlatIP(Dimension);
        Rejects(() => new IndexIVFScalarQuantizer(products, 16, ScalarQuantizerType.EightBit));

        void Rejects(Func<FaissIndex> create) => Assert.Equal("quantizer", Assert.Throws<ArgumentException>(() => create().Dispose()).ParamName);
    }

    [Fact]
    public void A_quantizer_with_a_direct_map_reconstructs()
    {
        Native.Require();
        ChildProcess.Run(FillWithDirectMap).AssertReturned();
    }

    public static TheoryData<string, MetricType> MixedMetrics => new()
    {
        { "IVF4,Flat", MetricType.InnerProduct },
        { "IVF4,Flat", MetricType.L2 },
        { "IVF4,SQ8", MetricType.InnerProduct },
        { "IVF4,SQ8", MetricType.L2 },
        { "IVF4,PQ4x4np", MetricType.InnerProduct },
        { "IVF4,PQ4x4np", MetricType.L2 },
        { "IVF4,PQ4x4fsr", MetricType.InnerProduct },
        { "PCA8,IVF4,SQ8", MetricType.InnerProduct },
        { "IDMap,IVF4,SQ8", MetricType.InnerProduct },
        { "IVF4,SQ8,RFlat", MetricType.InnerProduct },
    };

    [Theory]
    [MemberData(nameof(MixedMetrics))]
    public void A_file_with_a_quantizer_of_another_metric_is_right_or_refused(string description, MetricType metric)
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var index = FaissIndex.Create(Dimension, description, metric);
        var vectors = TestData.Uniform(Size, Dimension);
        index.Train(vectors);
        if (description.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, Size).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }

        var file = index.Serialize();
        var (own, other) = metric == MetricType.L2 ? ("IxF2"u8.ToArray(), "IxFI"u8.ToArray()) : ("IxFI"u8.ToArray(), "IxF2"u8.ToArray());
        var quantizer = file.AsSpan().IndexOf(own);
        other.CopyTo(file, quantizer);

        // The code, d, three numbers, and whether the index is trained, lie before the metric.
        file[quantizer + 4 + 4 + (3 * 8) + 1] = (byte)(metric == MetricType.L2 ? MetricType.InnerProduct : MetricType.L2);
        var encodesResiduals = !description.Contains("Flat", StringComparison.Ordinal) || description.Contains("SQ8", StringComparison.Ordinal);
        if (metric == MetricType.InnerProduct && encodesResiduals && !description.Contains("np", StringComparison.Ordinal))
        {
            Assert.Contains("by InnerProduct", Assert.Throws<FaissException>(() => FaissIndex.Deserialize(file)).Message, StringComparison.Ordinal);
            return;
        }

        using var loaded = FaissIndex.Deserialize(file);
        index.SetParameter("nprobe", 4);
        loaded.SetParameter("nprobe", 4);
        var queries = TestData.Uniform(20, Dimension, 5);
        var (expected, found) = (index.Search(queries, 5).Distances.ToArray(), loaded.Search(queries, 5).Distances.ToArray());
        Assert.All(Enumerable.Range(0, found.Length), i => Assert.Equal(expected[i], found[i], 1e-4));
    }

    private static void FillWithDirectMap(string argument)
    {
        var vectors = TestData.Uniform(Size, Dimension);
        using var quantizer = (IndexIVF)FaissIndex.Create(Dimension, "IVF4,Flat");
        quantizer.Train(vectors);
        quantizer.MakeDirectMap();
        quantizer.NProbe = 4;
        quantizer.Add(vectors.AsSpan(0, 16 * Dimension));
        using var index = new IndexIVFScalarQuantizer(quantizer, 16, ScalarQuantizerType.EightBit);
        index.Train(vectors);
        index.Add(vectors);
        Assert.Equal(0, index.Assign(vectors.AsSpan(0, Dimension))[0]);
        using var copy = FaissIndex.Deserialize(index.Serialize());
        Assert.Equal(0, copy.Assign(vectors.AsSpan(0, Dimension))[0]);
    }

    private static void Fill(string description)
    {
        var vectors = TestData.Uniform(Size, Dimension);
        using var index = FaissIndex.Create(Dimension, description);
        index.Train(vectors);
        if (description.Contains("(IVF", StringComparison.Ordinal))
        {
            index.SetParameter("quantizer_nprobe", 8);
        }

        index.Add(vectors);
        index.SetParameter("nprobe", 64);
        Assert.Equal(Size, index.Count);
        Assert.DoesNotContain(-1, index.Assign(vectors));
    }

    // What lies before the centroids differs from run to run.
    private static void LoseNone(string description)
    {
        for (var i = 0; i < 5; i++)
        {
            LoseNoneOf(description, TestData.Uniform(3000, Dimension, i + 1));
        }
    }

    private static void LoseNoneOf(string description, float[] vectors)
    {
        using var index = FaissIndex.Create(Dimension, description);
        index.Train(vectors);
        Assert.Contains("quantizer_nprobe", Assert.Throws<InvalidOperationException>(() => index.Add(vectors)).Message);
        Assert.Throws<InvalidOperationException>(() => index.AddWithIds(vectors, new long[3000]));
        Assert.Equal(0, index.Count);
        index.SetParameter("quantizer_nprobe", 256);
        index.Add(vectors);
        index.SetParameter("nprobe", 64);
        Assert.Equal(3000, index.Search(vectors.AsSpan(0, Dimension), 3000).Ids.ToArray().Count(id => id >= 0));
    }
}
