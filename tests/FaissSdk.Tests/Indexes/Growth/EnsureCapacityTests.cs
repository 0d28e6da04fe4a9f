using System.Globalization;

namespace FaissSdk.Tests.Indexes;

public class EnsureCapacityTests
{
    private const int Dimension = 64;

    [Theory]
    [MemberData(nameof(IndexRegistry.Names), MemberType = typeof(IndexRegistry))]
    public void An_index_with_room_finds_and_accepts_the_same(string name)
    {
        using var single = Native.SingleThread();
        Require();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeFilled();
        using var same = kind.MakeFilled();
        made.Index.EnsureCapacity(3 * made.Index.Count);
        made.Index.EnsureCapacity(0);
        var queries = kind.Vectors(20, 3);
        Assert.Equal(same.Index.Search(queries, 5).Ids, made.Index.Search(queries, 5).Ids);
        kind.AddMore(same.Index, made.Index);
        Assert.Equal(same.Index.Search(queries, 5).Ids, made.Index.Search(queries, 5).Ids);
    }

    [Theory]
    [MemberData(nameof(IndexRegistry.Names), MemberType = typeof(IndexRegistry))]
    public void A_copy_with_room_finds_and_accepts_the_same(string name)
    {
        using var single = Native.SingleThread();
        Require();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeFilled();
        if (Record.Exception(() => made.Index.Clone().Dispose()) is { } refused)
        {
            Assert.IsType(refused.GetType(), Record.Exception(() => made.Index.Clone(1000).Dispose()));
            return;
        }

        using var same = made.Index.Clone();
        using var copy = made.Index.Clone(3 * made.Index.Count);
        using var exact = made.Index.Clone(0);
        Assert.Equal(same.GetType(), copy.GetType());
        if (name != "IndexFlat1D")
        {
            Assert.Equal(same.Serialize(), copy.Serialize());
            Assert.Equal(same.Serialize(), exact.Serialize());
        }

        var queries = kind.Vectors(20, 3);
        Assert.Equal(same.Search(queries, 5).Ids, copy.Search(queries, 5).Ids);
        kind.AddMore(same, copy, exact);
        Assert.Equal(same.Search(queries, 5).Ids, copy.Search(queries, 5).Ids);
        Assert.Equal(same.Search(queries, 5).Ids, exact.Search(queries, 5).Ids);
    }

    [Theory]
    [InlineData("Flat")]
    [InlineData("SQ8")]
    [InlineData("HNSW4,Flat")]
    public void A_copy_with_room_takes_its_own_memory_only(string description)
    {
        Require();
        Assert.SkipUnless(OperatingSystem.IsLinux() && FaissLibrary.Supports("faiss_sdk_clone_with_capacity"), "The memory is read from /proc, and the call needs a library of FaissSdk.");
        ChildProcess.Run(MeasureCopy, description).AssertReturned();
    }

    [Theory]
    [InlineData("Flat")]
    [InlineData("SQ8")]
    [InlineData("HNSW16,Flat")]
    [InlineData("IDMap2,Flat")]
    [InlineData("PCA32,Flat")]
    public void Additions_into_room_take_no_second_copy(string description)
    {
        Require();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory is read from /proc.");
        ChildProcess.Run(Measure, description).AssertReturned();
    }

    [Fact]
    public void Room_that_no_memory_gives_is_refused()
    {
        Require();
        using var index = new IndexFlatL2(Dimension);
        index.Add(new float[Dimension]);

        var exception = Assert.Throws<InsufficientMemoryException>(() => index.EnsureCapacity(long.MaxValue));
        Assert.Contains("9223372036854775807 vectors in this IndexFlatL2 of dimension 64", exception.Message, StringComparison.Ordinal);
        Assert.Throws<InsufficientMemoryException>(() => index.EnsureCapacity(1L << 55));
        Assert.Equal("capacity", Assert.Throws<ArgumentOutOfRangeException>(() => index.EnsureCapacity(-1)).ParamName);
        Assert.Throws<InsufficientMemoryException>(() => index.Clone(long.MaxValue));
        Assert.Equal("capacity", Assert.Throws<ArgumentOutOfRangeException>(() => index.Clone(-1)).ParamName);
        Assert.Equal(1, index.Count);
        Assert.Equal(0, index.Search(new float[Dimension], 1).Ids[0]);
    }

    [Fact]
    public void A_binary_index_with_room_finds_the_same()
    {
        Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_index_binary_factory"), "Binary indexes are created by FAISS 1.9.0 or later.");
        var vectors = new byte[4000];
        new Random(1).NextBytes(vectors);
        using var index = new IndexBinaryFlat(32);
        index.Add(vectors);
        var expected = index.Search(vectors, 5);
        index.EnsureCapacity(5000);
        index.AsConcurrent().EnsureCapacity(6000);
        Assert.Equal(expected.Ids, index.Search(vectors, 5).Ids);
        index.Add(vectors);
        Assert.Equal(2000, index.Count);
        Assert.Throws<InsufficientMemoryException>(() => index.EnsureCapacity(1L << 58));
        Assert.Equal("capacity", Assert.Throws<ArgumentOutOfRangeException>(() => index.EnsureCapacity(-1)).ParamName);
    }

    // Arrays that double move, and hold the old values beside the new ones meanwhile: the peak shows it.
    private static void Measure(string description)
    {
        using var index = FaissIndex.Create(Dimension, description);
        var block = TestData.Uniform(1000, Dimension);
        index.Train(block);
        index.EnsureCapacity(200_000);
        var start = Peak();
        var ids = new long[1000];
        for (var added = 0; added < 130_000 / (description.StartsWith("HNSW", StringComparison.Ordinal) ? 4 : 1); added += ids.Length)
        {
            if (description.StartsWith("IDMap", StringComparison.Ordinal))
            {
                index.AddWithIds(block, [.. Enumerable.Range(added, ids.Length).Select(i => (long)i)]);
            }
            else
            {
                index.Add(block);
            }
        }

        var taken = Peak() - start;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{description} {index.SizeInBytes} {taken}"));
        Assert.True(taken < (1.3 * index.SizeInBytes) + (4 << 20), string.Create(CultureInfo.InvariantCulture, $"{taken} bytes for {index.SizeInBytes}"));
    }

    private static void MeasureCopy(string description)
    {
        using var index = FaissIndex.Create(Dimension, description);
        var block = TestData.Uniform(1000, Dimension);
        index.Train(block);
        for (var added = 0; added < (description.StartsWith("HNSW", StringComparison.Ordinal) ? 30_000 : 130_000); added += 1000)
        {
            index.Add(block);
        }

        index.TrimExcess();
        using (var warm = index.Clone(index.Count))
        {
            Assert.Equal(index.Count, warm.Count);
        }

        index.TrimExcess();
        var start = Peak();
        var size = index.SizeInBytes;
        using var copy = index.Clone(index.Count + (index.Count / 4));
        var taken = Peak() - start;
        Assert.True(taken < (0.6 * size) + (4 << 20), string.Create(CultureInfo.InvariantCulture, $"{taken} bytes more than an exact copy of {size}"));
    }

    private static long Peak()
    {
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan("VmHWM:".Length).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture) << 10;
    }

    private static void Require()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_reserve"), "This needs a library of FaissSdk.");
    }
}
