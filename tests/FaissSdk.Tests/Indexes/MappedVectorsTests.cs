namespace FaissSdk.Tests.Indexes;

public sealed class MappedVectorsTests : IDisposable
{
    private const int Dimension = 16;

    private static readonly float[] Vectors = TestData.Uniform(2000, Dimension);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Flat")]
    [InlineData("SQ8")]
    [InlineData("PQ4x4")]
    [InlineData("HNSW8")]
    [InlineData("HNSW8,SQ8")]
    [InlineData("PCA8,Flat")]
    [InlineData("IVF8,Flat")]
    [InlineData("IDMap2,Flat")]
    [InlineData("SQ8,RFlat")]
    public void Mapped_vectors_are_searched_and_saved(string description)
    {
        RequireMapping();
        using var read = Save(description);
        using var mapped = FaissIndex.Load(_folder.File("index"), IndexReadOptions.MmapVectors);
        using var copy = mapped.Clone();

        var expected = read.Search(Vectors.AsSpan(0, 640), 5);
        Assert.Equal(expected.Ids, mapped.Search(Vectors.AsSpan(0, 640), 5).Ids);
        Assert.Equal(expected.Ids, copy.Search(Vectors.AsSpan(0, 640), 5).Ids);
        Assert.Equal(read.Serialize(), mapped.Serialize());

        // The file that is mapped stays, without its name.
        mapped.Save(_folder.File("index"));
        Assert.Equal(expected.Ids, mapped.Search(Vectors.AsSpan(0, 640), 5).Ids);
    }

    [Theory]
    [InlineData("Flat")]
    [InlineData("HNSW8")]
    [InlineData("IDMap2,Flat")]
    [InlineData("SQ8")]
    public void Mapped_vectors_are_read_only(string description)
    {
        RequireMapping();
        using (Save(description))
        {
        }

        using var mapped = FaissIndex.Load(_folder.File("index"), IndexReadOptions.MmapVectors);
        using var all = new IDSelectorRange(0, 100);
        Action[] changes =
        [
            () => mapped.Add(Vectors), () => mapped.AddWithIds(Vectors, new long[2000]), () => mapped.Remove(all), () => mapped.Reset(), () => mapped.Train(Vectors),
            () => IncludeIn(mapped).Add(Vectors),
        ];

        Assert.All(changes, change => Assert.Contains("MmapVectors", Assert.Throws<InvalidOperationException>(change).Message, StringComparison.Ordinal));
        Assert.Equal(2000, mapped.Count);
    }

    [Fact]
    public void A_copy_of_mapped_vectors_is_read_only_or_independent()
    {
        RequireMapping();
        using (Save("Flat"))
        {
        }

        using var mapped = FaissIndex.Load(_folder.File("index"), IndexReadOptions.MmapVectors);
        using var copy = mapped.Clone();

        var error = Record.Exception(copy.Reset);
        Assert.True(error is null ? copy.Count == 0 : error is InvalidOperationException, error?.ToString());
    }

    [Fact]
    public void Binary_vectors_are_mapped()
    {
        RequireMapping();
        var codes = new byte[8 * 100];
        new Random(1).NextBytes(codes);
        using var index = IndexBinary.Create(64, "BFlat");
        index.Add(codes);
        index.Save(_folder.File("binary"));

        using var mapped = IndexBinary.Load(_folder.File("binary"), IndexReadOptions.MmapVectors);

        Assert.Equal(index.Search(codes, 3).Ids, mapped.Search(codes, 3).Ids);
        Assert.Throws<InvalidOperationException>(() => mapped.Add(codes));
        Assert.Throws<InvalidOperationException>(mapped.Reset);
    }

    [Fact]
    public void A_trial_reads_the_vectors()
    {
        RequireMapping();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_try_file"), "The library does not validate.");
        using var read = Save("Flat");
        using var mapped = FaissIndex.Load(_folder.File("index"), IndexValidation.Default, IndexReadOptions.MmapVectors);

        Assert.Equal(read.Search(Vectors, 1).Ids, mapped.Search(Vectors, 1).Ids);
    }

    [Fact]
    public void An_older_FAISS_is_named()
    {
        Native.RequireMapping();
        Assert.SkipWhen(FaissLibrary.IsAtLeast(1, 11, 0), "This FAISS maps vectors.");
        using var index = Save("Flat");

        Assert.Contains("1.11.0", Assert.Throws<NotSupportedException>(() => FaissIndex.Load(_folder.File("index"), IndexReadOptions.MmapVectors)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => FaissIndex.Deserialize(index.Serialize(), IndexReadOptions.MmapVectors));
    }

    private static IndexShards IncludeIn(FaissIndex index)
    {
        var shards = new IndexShards(Dimension);
        shards.AddShard(index);
        return shards;
    }

    private static void RequireMapping()
    {
        Native.RequireMapping();
        Assert.SkipUnless(FaissLibrary.IsAtLeast(1, 11, 0), "This FAISS maps no vectors.");
    }

    private FaissIndex Save(string description)
    {
        using var single = Native.SingleThread();
        var index = FaissIndex.Create(Dimension, description);
        index.Train(Vectors);
        if (description.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(Vectors, [.. Enumerable.Range(0, 2000).Select(i => (long)i)]);
        }
        else
        {
            index.Add(Vectors);
        }

        index.Save(_folder.File("index"));
        return index;
    }
}
