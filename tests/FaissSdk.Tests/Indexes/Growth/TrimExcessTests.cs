using System.Globalization;

namespace FaissSdk.Tests.Indexes;

public class TrimExcessTests
{
    private const int Dimension = 32;

    [Theory]
    [MemberData(nameof(IndexRegistry.Names), MemberType = typeof(IndexRegistry))]
    public void A_trimmed_index_finds_and_accepts_the_same(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeFilled();
        using var same = kind.MakeFilled();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_trim"), "This needs a library of FaissSdk.");
        made.Index.TrimExcess();
        var queries = kind.Vectors(20, 3);
        Assert.Equal(same.Index.Search(queries, 5).Ids, made.Index.Search(queries, 5).Ids);
        kind.AddMore(same.Index, made.Index);
        made.Index.TrimExcess();
        Assert.Equal(same.Index.Search(queries, 5).Ids, made.Index.Search(queries, 5).Ids);
    }

    [Theory]
    [InlineData("IVF64,Flat", "RssAnon:")]
    [InlineData("IVF64,SQ8", "RssAnon:")]
    [InlineData("Flat", "VmData:")]
    [InlineData("IDMap2,Flat", "VmData:")]
    public void Reserved_memory_is_freed(string description, string measure)
    {
        Native.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux() && FaissLibrary.Supports("faiss_sdk_trim"), "The memory is read from /proc, and the call needs a library of FaissSdk.");
        ChildProcess.Run(Measure, $"{description} {measure}").AssertReturned();
    }

    [Theory]
    [InlineData("BFlat")]
    [InlineData("BIVF4")]
    [InlineData("BHNSW8")]
    [InlineData("IDMap2,BFlat")]
    public void A_trimmed_binary_index_finds_the_same(string description)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_trim") && FaissLibrary.Supports("faiss_index_binary_factory"), "This needs a library of FaissSdk, and FAISS 1.9.0.");
        var vectors = new byte[4000];
        new Random(1).NextBytes(vectors);
        using var index = IndexBinary.Create(32, description);
        index.Train(vectors);
        if (description.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, 1000).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }

        var expected = index.Search(vectors, 5);
        index.TrimExcess();
        Assert.Equal(expected.Ids, index.Search(vectors, 5).Ids);
    }

    // Arrays grow by doubling. What they have never used counts as address space, but not as resident.
    private static void Measure(string argument)
    {
        var (description, measure) = (argument.Split(' ')[0], argument.Split(' ')[1]);
        using var single = Native.SingleThread();
        using var index = FaissIndex.Create(Dimension, description);
        var block = TestData.Uniform(4000, Dimension);
        index.Train(block);
        var ids = new long[block.Length / Dimension];
        for (var added = 0; added < 70_000; added += ids.Length)
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

        var before = Memory(measure);
        index.TrimExcess();
        var freed = before - Memory(measure);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{argument} {index.SizeInBytes} {before} {before - freed}"));
        Assert.True(freed > index.SizeInBytes / 4, string.Create(CultureInfo.InvariantCulture, $"{freed} of {index.SizeInBytes} bytes"));
    }

    private static long Memory(string measure)
    {
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith(measure, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(measure.Length).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture) << 10;
    }
}
