namespace FaissSdk.Tests.Indexes;

public class StreamTests
{
    public static TheoryData<string> Kinds() => ["Flat", "IVF16,Flat", "IVF16,SQ8", "PQ4x4", "HNSW16", "IDMap2,Flat", "PCA4,Flat", "LSH", "IVF16,PQ4x4fs"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_index_survives_bytes_and_streams_unchanged(string kind)
    {
        using var index = Filled(kind, out var vectors);
        var expected = index.Search(vectors.AsSpan(0, 80), 3);
        using var stream = new MemoryStream();
        stream.WriteByte(77);
        index.Save(stream);
        stream.WriteByte(78);
        stream.Position = 1;
        using var read = FaissIndex.Load(stream);
        Assert.Equal(78, stream.ReadByte());
        using var deserialized = FaissIndex.Deserialize(index.Serialize());
        using var clone = index.Clone();
        index.Dispose();
        foreach (var copy in new[] { read, deserialized, clone })
        {
            Assert.Equal(index.GetType(), copy.GetType());
            var actual = copy.Search(vectors.AsSpan(0, 80), 3);
            Assert.Equal(expected.Ids, actual.Ids);
            Assert.Equal(expected.Distances, actual.Distances);
        }
    }

    [Fact]
    public void Serialize_returns_the_bytes_of_a_file()
    {
        using var index = Filled("IVF16,Flat", out _);
        using var folder = new TemporaryFolder();
        index.Save(folder.File("index"));
        Assert.Equal(File.ReadAllBytes(folder.File("index")), index.Serialize());
    }

    [Fact]
    public void Exceptions_of_a_stream_are_rethrown_unchanged()
    {
        using var index = Filled("IVF16,Flat", out _);
        var thrown = new InvalidDataException("the stream's own");
        Assert.Same(thrown, Assert.Throws<InvalidDataException>(() => index.Save(new ThrowingStream(thrown, 100))));
        Assert.Same(thrown, Assert.Throws<InvalidDataException>(() => FaissIndex.Load(new ThrowingStream(thrown, 100, index.Serialize()))));
        Assert.Equal(640, index.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(40)]
    public void Truncated_bytes_are_rejected(int length)
    {
        using var index = Filled("IVF16,Flat", out _);
        Assert.Throws<FaissException>(() => FaissIndex.Deserialize(index.Serialize().AsMemory(0, length)));
        Assert.Throws<FaissException>(() => FaissIndex.Load(new MemoryStream(index.Serialize()[..length])));
    }

    [Fact]
    public void A_stream_may_return_few_bytes_at_a_time()
    {
        using var index = Filled("Flat", out _);
        using var read = FaissIndex.Load(new ThrowingStream(new InvalidDataException(), int.MaxValue, index.Serialize()));
        Assert.Equal(640, read.Count);
    }

    [Fact]
    public void A_mapped_index_is_read_only()
    {
        Tests.Native.RequireMapping();
        using var index = Filled("IVF16,Flat", out var vectors);
        Assert.Equal("options", Assert.Throws<ArgumentException>(() => FaissIndex.Deserialize(index.Serialize(), IndexReadOptions.Mmap)).ParamName);
        using var folder = new TemporaryFolder();
        index.Save(folder.File("index"));
        using var mapped = FaissIndex.Load(folder.File("index"), IndexReadOptions.Mmap);
        Assert.Equal(index.Search(vectors, 2).Ids, mapped.Search(vectors, 2).Ids);
        Assert.Contains("mapped", Assert.Throws<InvalidOperationException>(() => mapped.Add(vectors)).Message);
        Assert.Throws<InvalidOperationException>(() => mapped.Remove(new IDSelectorRange(0, 1)));
        Assert.Throws<InvalidOperationException>(mapped.Reset);
        Assert.Throws<InvalidOperationException>(() => ((IndexIVF)mapped).MergeFrom((IndexIVF)index));
        Assert.Contains("mapped", Assert.Throws<NotSupportedException>(() => mapped.Serialize()).Message);
        Assert.Contains("mapped", Assert.Throws<NotSupportedException>(() => mapped.Clone()).Message);
        Assert.Contains("mapped", Assert.Throws<NotSupportedException>(() => mapped.Save(new MemoryStream())).Message);
        Assert.Contains("mapped", Assert.Throws<NotSupportedException>(() => mapped.Save(folder.File("copy"))).Message);
    }

    private static FaissIndex Filled(string kind, out float[] vectors)
    {
        Native.Require();
        vectors = TestData.Uniform(640, 8);
        var index = FaissIndex.Create(8, kind);
        index.Train(vectors);
        if (kind.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, 640).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }

        return index;
    }

    /// <summary>Transfers at most seven bytes at a time, and throws after a number of bytes.</summary>
    private sealed class ThrowingStream(Exception exception, int length, byte[]? content = null) : Stream
    {
        private int _position;

        public override bool CanRead => content is not null;

        public override bool CanSeek => false;

        public override bool CanWrite => content is null;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_position >= length)
            {
                throw exception;
            }

            var moved = Math.Min(Math.Min(count, 7), content!.Length - _position);
            content.AsSpan(_position, moved).CopyTo(buffer.AsSpan(offset));
            _position += moved;
            return moved;
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            if ((_position += count) > length)
            {
                throw exception;
            }
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
