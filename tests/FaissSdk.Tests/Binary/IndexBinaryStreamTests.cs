namespace FaissSdk.Tests.Indexes;

public class IndexBinaryStreamTests
{
    [Fact]
    public void A_binary_index_survives_bytes_and_streams_unchanged()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_index_binary_factory"), "Making binary indexes needs FAISS 1.9.0.");
        var vectors = new byte[100 * 2];
        new Random(1).NextBytes(vectors);
        using var index = IndexBinary.Create(16, "BFlat");
        index.Add(vectors);
        using var stream = new MemoryStream();
        index.Save(stream);
        stream.WriteByte(78);
        stream.Position = 0;
        using var read = IndexBinary.Load(stream);
        Assert.Equal(78, stream.ReadByte());
        using var deserialized = IndexBinary.Deserialize(index.Serialize());
        Assert.Equal(index.Search(vectors, 3).Ids, read.Search(vectors, 3).Ids);
        Assert.Equal(index.Search(vectors, 3).Distances, deserialized.Search(vectors, 3).Distances);
        Assert.Throws<FaissException>(() => IndexBinary.Deserialize(index.Serialize().AsMemory(0, 30)));
        Assert.Throws<FaissException>(() => IndexBinary.Deserialize(default));
        Assert.Equal("options", Assert.Throws<ArgumentException>(() => IndexBinary.Load(stream, IndexReadOptions.Mmap)).ParamName);
    }
}
