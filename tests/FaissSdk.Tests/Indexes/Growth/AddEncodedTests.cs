using System.Runtime.InteropServices;

namespace FaissSdk.Tests.Indexes;

public class AddEncodedTests
{
    private const int Dimension = 8;
    private const int Count = 500;

    public static TheoryData<string> Kinds =>
    [
        "Flat", "SQ8", "SQ4", "SQfp16", "PQ4x4np", "LSH", "LSHrt", "RQ2x4", "LSQ2x4", "PRQ2x2x4", "PCA4,Flat", "OPQ4,PQ4x4np",
        "IVF4,Flat", "IVF300,Flat", "IVF4,SQ8", "IVF4,PQ4x4np", "IVF4,RQ2x4", "PCA4,IVF4,Flat",
    ];

    public static TheoryData<string> Maps => ["IDMap,Flat", "IDMap2,SQ8", "IDMap2,PCA4,Flat", "IDMap2,IVF4,SQ8", "IVF4,PQ4x4np", "PCA4,IVF4,Flat"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Codes_are_added_as_the_vectors_would_be(string description)
    {
        using var single = Native.SingleThread();
        using var index = MergeTests.Trained(description);
        using var expected = index.Clone();
        var vectors = TestData.Uniform(2 * Count, Dimension, 2);
        expected.Add(vectors);
        index.Add(vectors.AsSpan(0, Count * Dimension));
        var codes = index.Encode(vectors.AsSpan(Count * Dimension));
        index.AddEncoded(codes);
        index.AddEncoded([]);
        Assert.Equal(2 * Count, index.Count);
        if (description.StartsWith("LSQ", StringComparison.Ordinal))
        {
            // It encodes at random.
            Assert.Equal(index.Decode(codes), index.ReconstructRange(Count, Count));
            return;
        }

        Assert.Equal(expected.Serialize(), index.Serialize());
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void Codes_are_added_with_ids(string description)
    {
        using var single = Native.SingleThread();
        using var index = MergeTests.Trained(description);
        using var plain = MergeTests.Trained(description.Split(',') is [['I', 'D', 'M', 'a', 'p', ..], .. var rest] ? string.Join(',', rest) : description);
        using var expected = index.Clone();
        var vectors = TestData.Uniform(Count, Dimension, 2);
        long[] ids = [.. Enumerable.Range(0, Count).Select(i => (3L * i) + 5)];
        expected.AddWithIds(vectors, ids);
        index.AddEncoded(plain.Encode(vectors), ids);
        Assert.Equal(expected.Serialize(), index.Serialize());
        if (description.StartsWith("IDMap", StringComparison.Ordinal))
        {
            Assert.Throws<NotSupportedException>(() => index.AddEncoded(plain.Encode(vectors)));
        }

        if (description == "IDMap2,SQ8")
        {
            Assert.Equal(expected.Reconstruct(8), index.Reconstruct(8));
        }
    }

    [Fact]
    public void Codes_of_lists_find_their_vectors_by_a_direct_map()
    {
        using var single = Native.SingleThread();
        using var index = MergeTests.Trained("IVF4,Flat");
        var vectors = TestData.Uniform(Count, Dimension, 2);
        index.MakeDirectMap();
        index.AddEncoded(index.Encode(vectors));
        Assert.Equal(vectors[(77 * Dimension)..(78 * Dimension)], index.Reconstruct(77));
        Assert.Throws<FaissException>(() => index.AddEncoded(index.Encode(vectors), new long[Count]));
        Assert.Equal(Count, index.Count);
    }

    [Theory]
    [InlineData("HNSW8", "IndexHNSW")]
    [InlineData("PQ4x4fs", "IndexPQFastScan")]
    [InlineData("IVF4,PQ4x4fs", "IndexIVFPQFastScan")]
    [InlineData("IVF4,PQ4+4", "IndexIVFPQR")]
    [InlineData("IVF4,FlatDedup", "IndexIVFFlatDedup")]
    [InlineData("SQ8,RFlat", "IndexRefine")]
    public void Kinds_that_take_no_codes_are_named(string description, string expected)
    {
        using var index = MergeTests.Trained(description);
        Assert.Contains(expected, Assert.Throws<NotSupportedException>(() => index.AddEncoded(new byte[64])).Message);
    }

    [Fact]
    public void Wrong_codes_are_refused()
    {
        using var codes = MergeTests.Trained("SQ8");
        using var lists = MergeTests.Trained("IVF4,Flat");
        Assert.Throws<ArgumentException>("codes", () => codes.AddEncoded(new byte[Dimension + 1]));
        Assert.Throws<NotSupportedException>(() => codes.AddEncoded(new byte[Dimension], [1]));
        var code = lists.Encode(TestData.Uniform(2, Dimension));
        var size = code.Length / 2;
        code[size] = 4;
        Assert.Contains("list 4", Assert.Throws<ArgumentException>("codes", () => lists.AddEncoded(code)).Message);
        code[size] = 3;
        MemoryMarshal.Write(code.AsSpan(size + 1), float.NaN);
        Assert.Throws<ArgumentException>("codes", () => lists.AddEncoded(code));
        Assert.Throws<ArgumentException>("ids", () => lists.AddEncoded(code.AsSpan(0, size), []));
        Assert.Throws<ArgumentOutOfRangeException>("ids", () => lists.AddEncoded(code.AsSpan(0, size), [-1]));
        Assert.Equal(0, lists.Count);
        using var untrained = FaissIndex.Create(Dimension, "SQ8");
        Assert.Throws<InvalidOperationException>(() => untrained.AddEncoded(new byte[Dimension]));
    }
}
