using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk.Tests.Indexes;

/// <summary>Hash tables of binary vectors: their files, and vectors at the end of memory.</summary>
public sealed class HashTests : IDisposable
{
    private const int Dimension = 64;
    private const int CodeSize = Dimension / 8;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, int> Tables()
    {
        var rows = new TheoryData<string, int>();
        foreach (var kind in new[] { "BHash2x8", "BHash4x16", "BHash3x7", "BHash1x63", "BHash9x7", "IDMap,BHash4x16", "IDMap2,BHash3x7", "BHash16" })
        {
            foreach (var count in new[] { 1, 2, 3, 4, 8, 64 })
            {
                rows.Add(kind, count);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void Hash_tables_survive_a_file(string kind, int count)
    {
        foreach (var vectors in Sets(count))
        {
            using var index = Index(kind, vectors);
            var path = _folder.File("index");
            index.Save(path);
            using var stream = new MemoryStream();
            index.Save(stream);
            Assert.Equal(index.Serialize(), stream.ToArray());
            Assert.Equal(index.Serialize(), File.ReadAllBytes(path));
            if (FaissLibrary.Supports("faiss_sdk_binary_index_size"))
            {
                Assert.Equal(stream.Length, index.SizeInBytes);
            }

            stream.Position = 0;
            foreach (var read in new[] { IndexBinary.Load(path), IndexBinary.Load(stream), IndexBinary.Deserialize(stream.ToArray()) })
            {
                using var loaded = read;
                AssertSame(index, loaded, vectors);
                using var again = IndexBinary.Deserialize(loaded.Serialize());
                AssertSame(index, again, vectors);
                if (!kind.StartsWith("IDMap", StringComparison.Ordinal))
                {
                    again.Add(vectors);
                    Assert.Equal(2 * count, again.Count);
                    Assert.Equal(2, again.Search(vectors.AsSpan(0, CodeSize), 2).Ids.ToArray().Count(id => id >= 0));
                }
            }
        }
    }

    [Theory]
    [InlineData("BHash2x8", 2)]
    [InlineData("BHash2x8", 64)]
    [InlineData("BHash4x16", 4)]
    [InlineData("BHash3x7", 1)]
    [InlineData("BHash3x7", 8)]
    [InlineData("IDMap,BHash4x16", 8)]
    [InlineData("IDMap2,BHash3x7", 1)]
    public void Hash_tables_that_a_file_has_lost_are_restored(string kind, int count)
    {
        foreach (var vectors in Sets(count))
        {
            using var index = Index(kind, vectors);
            var file = IndexStorage<FaissIndexBinary, BinaryIndexApi>.Serialize(index.Handle, index);
            using var loaded = IndexBinary.Deserialize(file);
            AssertSame(index, loaded, vectors);
            using var again = IndexBinary.Deserialize(loaded.Serialize());
            AssertSame(index, again, vectors);
        }
    }

    [Fact]
    public void One_vector_in_several_tables_is_written_whatever_its_length()
    {
        using var index = Index("BHash2x8", new byte[Dimension / 8]);
        Assert.Throws<ArgumentException>("stream", () => index.Save(new MemoryStream(new byte[1000], writable: false)));
        ChildProcess.Run(static _ =>
        {
            using var folder = new TemporaryFolder();
            using var wide = BinaryVectors.Index("BHash2x8", 1 << 26, new byte[1 << 23], folder.Path);
            Assert.True(wide.SizeInBytes > 1 << 23);
        }).AssertReturned();
    }

    [Fact]
    public void Vectors_may_end_where_memory_ends()
    {
        Tests.Native.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory is protected by functions of Linux.");
        foreach (var kind in new[] { "BHash8", "BHash2x8" })
        {
            ChildProcess.Run(UseEndOfMemory, kind).AssertReturned();
        }
    }

    private static void UseEndOfMemory(string kind)
    {
        const int Bits = 32;
        const int Count = 20;
        using var folder = new TemporaryFolder();
        var vectors = BinaryVectors.Random(Count, Bits);
        using var index = BinaryVectors.Index(kind, Bits, vectors, folder.Path);
        using var memory = new GuardedMemory(vectors);
        index.Add(memory.Span);
        index.Add(memory.Span[^index.CodeSize..]);
        Assert.Equal((2 * Count) + 1, index.Count);
        Assert.Equal(index.Search(vectors, 3).Ids, index.Search(memory.Span, 3).Ids);
        Assert.Equal(index.Assign(vectors, 2), index.Assign(memory.Span, 2));
        Assert.Equal(index.RangeSearch(vectors, 3).TotalCount, index.RangeSearch(memory.Span, 3).TotalCount);
        Assert.Equal(3, index.RangeSearch(memory.Span[^index.CodeSize..], 1).TotalCount);
        if (kind == "BHash8")
        {
            index.AddWithIds(memory.Span, [.. Enumerable.Range(100, Count).Select(i => (long)i)]);
            Assert.Equal(119, index.Search(memory.Span[^index.CodeSize..], 4).Ids.ToArray().Max());
        }
    }

    // Vectors of one hash, of one hash in some tables, and of different hashes.
    private static IEnumerable<byte[]> Sets(int count)
    {
        yield return new byte[count * CodeSize];
        yield return [.. Enumerable.Repeat(BinaryVectors.Random(1, Dimension, seed: 3), count).SelectMany(vector => vector)];
        yield return [.. BinaryVectors.Random(count, Dimension).Select((value, i) => i % CodeSize is 0 or 2 or 3 ? (byte)0xA7 : value)];
        yield return BinaryVectors.Random(count, Dimension);
    }

    private static void AssertSame(IndexBinary expected, IndexBinary actual, byte[] vectors)
    {
        Assert.Equal(expected.Count, actual.Count);
        var (before, after) = (expected.Search(vectors, (int)expected.Count), actual.Search(vectors, (int)expected.Count));
        Assert.Equal(before.Distances, after.Distances);
        Assert.All(Enumerable.Range(0, before.QueryCount), query => Assert.Equal(before[query].Ids.ToArray().Order(), after[query].Ids.ToArray().Order()));
        Assert.Equal(0, after.Distances[0]);
    }

    private IndexBinary Index(string kind, byte[] vectors)
    {
        Tests.Native.Require();
        Assert.SkipUnless(kind == "BHash2x8" || FaissLibrary.Supports("faiss_index_binary_factory"), "This FAISS creates no binary index.");
        return BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
    }
}
