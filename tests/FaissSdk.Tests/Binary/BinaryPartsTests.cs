namespace FaissSdk.Tests.Indexes;

public sealed class BinaryPartsTests : IDisposable
{
    private const int Dimension = 64;
    private const int Size = 200;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_reset_map_finds_no_id()
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = BinaryVectors.Index("IDMap2,BFlat", Dimension, vectors, _folder.Path);
        if (Record.Exception(index.Reset) is { } error)
        {
            Assert.False(FaissLibrary.Supports("faiss_sdk_binary_id_map_rebuild"), error.ToString());
            Assert.IsType<NotSupportedException>(error);
            return;
        }

        Assert.Equal(0, index.Count);
        Assert.ThrowsAny<Exception>(() => index.Reconstruct(3));
        Assert.ThrowsAny<Exception>(() => index.Reconstruct(1003));
        index.AddWithIds(vectors, [.. Enumerable.Range(5000, Size).Select(i => (long)i)]);
        Assert.Equal(vectors[..8], index.Reconstruct(5000));
    }

    [Theory]
    [InlineData("BFlat")]
    [InlineData("BIVF16")]
    [InlineData("BHNSW8")]
    [InlineData("BHash8")]
    [InlineData("IDMap,BFlat")]
    public void Training_anew_changes_nothing(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        var before = index.Serialize();
        index.Train(BinaryVectors.Random(Size, Dimension, 2));
        Assert.Equal(before, index.Serialize());
    }
}
