namespace FaissSdk.Tests.Indexes;

public class TrainingTests
{
    private const int Dimension = 8;
    private const int Size = 640;

    // Whether another training may change what the codes mean.
    public static TheoryData<string, bool> Descriptions => new()
    {
        { "Flat", false },
        { "SQfp16", false },
        { "IDMap,Flat", false },
        { "HNSW8,Flat", false },
        { "IVF4,Flat", false },
        { "IVF4,SQfp16", false },
        { "LSH", false },
        { "Flat,RFlat", false },
        { "RR8,Flat", false },
        { "LSHrt", true },
        { "SQ8", true },
        { "SQ4", true },
        { "PQ4x4", true },
        { "PQ4x4fs", true },
        { "RQ2x4", true },
        { "HNSW8,SQ8", true },
        { "IVF4,SQ8", true },
        { "IVF4,PQ4x4", true },
        { "IVF4,PQ4x4fs", true },
        { "IVF4,RQ2x4", true },
        { "IDMap2,SQ8", true },
        { "PCA4,Flat", true },
        { "OPQ4,PQ4x4", true },
        { "SQ8,RFlat", true },
        { "Flat,Refine(SQ8)", true },
        { "RR8,IVF4,SQ8", true },
    };

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void Training_keeps_held_vectors_or_is_refused(string description, bool isRefused)
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var made = FaissIndex.Create(Dimension, description);
        made.Train(TestData.Uniform(Size, Dimension));
        Add(made);
        using var loaded = FaissIndex.Deserialize(made.Serialize());
        using var copy = made.Clone();
        var parts = new IndexParts();
        foreach (var index in new[] { made, loaded, copy })
        {
            var codes = index.Serialize();
            var other = Shifted();
            if (isRefused)
            {
                Assert.Contains("holds 640 vectors", Assert.Throws<InvalidOperationException>(() => index.Train(other)).Message);
            }
            else
            {
                index.Train(other);
            }

            Assert.Equal(codes, index.Serialize());
        }

        made.Reset();
        made.Train(Shifted());
        parts.Dispose();
    }

    [Fact]
    public void Training_through_a_composition_is_refused()
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var codec = new IndexScalarQuantizer(Dimension, ScalarQuantizerType.EightBit);
        codec.Train(TestData.Uniform(Size, Dimension));
        codec.Add(TestData.Uniform(Size, Dimension));
        var expected = codec.Reconstruct(0);
        using var transformed = new IndexPreTransform(codec);
        Assert.Throws<InvalidOperationException>(() => transformed.Train(Shifted()));
        Assert.Throws<InvalidOperationException>(() => codec.Train(Shifted()));
        transformed.Dispose();
        using var shards = new IndexShards(Dimension);
        shards.AddShard(codec);
        Assert.Throws<InvalidOperationException>(() => shards.Train(Shifted()));
        shards.Dispose();
        using var replicas = new IndexReplicas(Dimension);
        replicas.AddReplica(codec);
        Assert.Throws<InvalidOperationException>(() => replicas.Train(Shifted()));
        Assert.Equal(expected, codec.Reconstruct(0));
    }

    [Fact]
    public void Training_the_encoder_of_held_vectors_is_refused()
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var index = (IndexIVF)FaissIndex.Create(Dimension, "IVF4,SQ8");
        index.Train(TestData.Uniform(Size, Dimension));
        index.Add(TestData.Uniform(Size, Dimension));
        var lists = new long[Size];
        Assert.Throws<InvalidOperationException>(() => index.TrainEncoder(Shifted(), lists));
        Assert.Throws<InvalidOperationException>(() => ((IndexIVFScalarQuantizer)index).TrainResidual(Shifted()));
    }

    [Theory]
    [InlineData("IVF64,PCA8,SHm", false)]
    [InlineData("IVF64,PCA8,SHm", true)]
    [InlineData("IDMap,IVF64,PCA8,SHm", true)]
    public void A_spectral_hash_needs_a_vector_for_each_list(string description, bool isTrained)
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var index = FaissIndex.Create(Dimension, description);
        var vectors = TestData.Uniform(Size, Dimension);
        var few = vectors[..(30 * Dimension)];
        if (isTrained)
        {
            index.Train(vectors);
        }
        else
        {
            ((IndexIVF)index).SetCentroids(vectors.AsSpan(0, 64 * Dimension));
        }

        Assert.Contains("30 vectors", Assert.Throws<ArgumentException>("vectors", () => index.Train(few)).Message, StringComparison.Ordinal);
        if (index is IndexIVF lists)
        {
            Assert.Throws<ArgumentException>("vectors", () => lists.TrainEncoder(few, new long[30]));
        }

        index.Train(vectors.AsSpan(0, 64 * Dimension));
        using var loaded = FaissIndex.Deserialize(index.Serialize());
        Assert.True(loaded.IsTrained);
    }

    [Theory]
    [InlineData("IVF16,PQ4", false)]
    [InlineData("IVF16,PQ4", true)]
    [InlineData("IVF16_HNSW8,PQ4", false)]
    [InlineData("PCA8,IVF16,PQ4", false)]
    [InlineData("HNSW8_16+PQ4", false)]
    public void A_training_that_failed_leaves_no_centroids(string description, bool isCancelable)
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var source = new CancellationTokenSource();
        using var index = FaissIndex.Create(Dimension, description);
        var few = TestData.Uniform(100, Dimension);

        // 16 centroids, and too few vectors for the codes of 8 bits.
        Assert.Throws<FaissException>(() => index.Train(few, isCancelable ? source.Token : default));
        Assert.False(index.IsTrained);
        index.Train(Shifted());
        if (index is IndexIVF lists)
        {
            Assert.All(lists.Quantizer.ReconstructRange(0, 16), component => Assert.InRange(component, 100, 101));
        }

        using var fresh = FaissIndex.Create(Dimension, description);
        fresh.Train(Shifted());
        index.Add(Shifted());
        fresh.Add(Shifted());
        var (expected, found) = (fresh.Search(Shifted(), 1).Distances.ToArray(), index.Search(Shifted(), 1).Distances.ToArray());
        Assert.Equal(expected.Average(), found.Average(), 0.1f);
    }

    private static void Add(FaissIndex index)
    {
        var vectors = TestData.Uniform(Size, Dimension);
        if (index is IndexIDMap)
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, Size).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }
    }

    private static float[] Shifted() => [.. TestData.Uniform(Size, Dimension, 2).Select(x => x + 100)];
}
