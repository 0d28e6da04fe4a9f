namespace FaissSdk.Tests.Indexes;

/// <content>Saving, loading, cloning and mapping.</content>
public sealed partial class IndexBinaryTests
{
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_loaded_index_equals_the_saved_one(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        var path = _folder.File("index ä.faiss");
        index.Save(path);
        using var loaded = IndexBinary.Load(path);
        Assert.Equal(index.GetType(), loaded.GetType());
        Assert.Equal((index.Count, index.Dimension, index.IsTrained), (loaded.Count, loaded.Dimension, loaded.IsTrained));
        var (expected, actual) = (index.Search(vectors, K), loaded.Search(vectors, K));
        Assert.Equal(expected.Ids, actual.Ids);
        Assert.Equal(expected.Distances, actual.Distances);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_truncated_file_is_rejected(string kind)
    {
        using var index = BinaryVectors.Index(kind, Dimension, BinaryVectors.Random(50, Dimension), _folder.Path);
        var path = _folder.File("whole");
        index.Save(path);
        var bytes = File.ReadAllBytes(path);
        var cut = _folder.File("cut");
        foreach (var length in new[] { 0, 3, 4, 20, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(cut, bytes[..length]);
            Assert.Contains(cut, Assert.Throws<FaissException>(() => IndexBinary.Load(cut)).Message);
        }
    }

    [Fact]
    public void Load_rejects_files_without_a_binary_index()
    {
        Tests.Native.Require();
        var path = _folder.File("float");
        using var floats = new IndexFlatL2(8);
        floats.Save(path);
        Assert.Throws<FaissException>(() => IndexBinary.Load(path));
        Assert.Throws<FileNotFoundException>(() => IndexBinary.Load(path + ".absent"));
        Assert.Throws<UnauthorizedAccessException>(() => IndexBinary.Load(_folder.Path));
        Assert.Throws<ArgumentException>(() => IndexBinary.Load(""));
        Assert.Throws<ArgumentOutOfRangeException>(() => IndexBinary.Load(path, (IndexReadOptions)8));
        Assert.Throws<ArgumentOutOfRangeException>(() => IndexBinary.Load(path, (IndexReadOptions)1));
    }

    [Theory]
    [InlineData("BFlat")]
    [InlineData("BIVF16")]
    [InlineData("BHNSW8")]
    public void A_clone_is_independent(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        Assert.SkipUnless(FaissLibrary.Supports("faiss_clone_index_binary"), "This FAISS clones no binary index.");
        using var clone = index.Clone();
        var expected = index.Search(vectors, K).Ids.ToArray();
        index.Add(vectors);
        Assert.Equal((Size, 2 * Size), (clone.Count, index.Count));
        index.Dispose();
        Assert.Equal(index.GetType(), clone.GetType());
        Assert.Equal(expected, clone.Search(vectors, K).Ids.ToArray());
        clone.Add(vectors);
        Assert.Equal(2 * Size, clone.Count);
    }

    [Theory]
    [InlineData("BHash8")]
    [InlineData("BHash2x8")]
    [InlineData("IDMap,BFlat")]
    public void Clone_throws_where_FAISS_cannot_clone(string kind)
    {
        using var index = BinaryVectors.Index(kind, Dimension, BinaryVectors.Random(Size, Dimension), _folder.Path);
        var error = Assert.ThrowsAny<Exception>(() => index.Clone());
        Assert.True(FaissLibrary.Supports("faiss_clone_index_binary") ? error is FaissException : error is NotSupportedException, error.ToString());
    }

    [Theory]
    [InlineData(IndexReadOptions.Mmap)]
    [InlineData(IndexReadOptions.Mmap | IndexReadOptions.ReadOnly)]
    public void Mapped_lists_are_read_only(IndexReadOptions options)
    {
        Tests.Native.RequireMapping();
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = IndexBinary.Load(BinaryVectors.Write("BIVF16", Dimension, vectors, _folder.Path), options);
        using var selector = new IDSelectorRange(0, 1);
        Assert.Equal(0, index.Search(vectors, 1).Distances.ToArray().Max());
        Assert.Equal(vectors, index.ReconstructRange(0, Size));
        Assert.Throws<InvalidOperationException>(() => index.Train(vectors));
        Assert.Throws<InvalidOperationException>(() => index.Add(vectors));
        Assert.Throws<InvalidOperationException>(() => index.AddWithIds(vectors, new long[Size]));
        Assert.Throws<InvalidOperationException>(() => index.Remove(selector));
        Assert.Throws<InvalidOperationException>(() => index.Reset());
        Assert.Contains("mapped", Assert.Throws<NotSupportedException>(() => index.Save(_folder.File("copy"))).Message);
        Assert.Contains("mapped", Assert.Throws<NotSupportedException>(() => index.Save(new MemoryStream())).Message);
        Assert.Contains("mapped", Assert.Throws<NotSupportedException>(() => index.Serialize()).Message);
        Assert.Contains("mapped", Assert.Throws<NotSupportedException>(() => index.Clone()).Message);
    }

    [Fact]
    public void Mmap_has_no_effect_without_lists()
    {
        Tests.Native.RequireMapping();
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = IndexBinary.Load(BinaryVectors.Write("BFlat", Dimension, vectors, _folder.Path), IndexReadOptions.Mmap);
        Assert.IsType<IndexBinaryFlat>(index);
        index.Add(vectors);
        index.Save(_folder.File("copy"));
        Assert.Equal(2 * Size, index.Count);
    }
}
