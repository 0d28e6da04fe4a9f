using System.Runtime.InteropServices;

namespace FaissSdk.Tests.Internals;

public class InvertedListsTests
{
    private const int Dimension = 8;

    private static readonly float[] Vectors = TestData.Uniform(1000, Dimension);

    [Fact]
    public void Codes_of_flat_lists_are_the_vectors()
    {
        RequireLists();
        using var index = Filled("IVF16,Flat");

        using var lists = InvertedLists.Of(index);

        Assert.Equal((16, Dimension * sizeof(float)), (lists.ListCount, lists.CodeSize));
        var seen = new List<long>();
        for (var list = 0; list < 16; list++)
        {
            var ids = lists.GetIds(list);
            Assert.Equal(((IndexIVF)index).GetListIds(list), ids);
            var vectors = MemoryMarshal.Cast<byte, float>(lists.GetCodes(list));
            for (var i = 0; i < ids.Length; i++)
            {
                Assert.Equal(Vectors.AsSpan((int)ids[i] * Dimension, Dimension), vectors.Slice(i * Dimension, Dimension));
                seen.Add(ids[i]);
            }
        }

        Assert.Equal(Enumerable.Range(0, 1000).Select(id => (long)id), seen.Order());
    }

    [Fact]
    public void Lists_within_a_transform_are_shown()
    {
        RequireLists();
        using var index = Filled("PCA4,IVF8,SQ8");

        using var lists = InvertedLists.Of(index);

        Assert.Equal((8, 4), (lists.ListCount, lists.CodeSize));
        Assert.Throws<InvalidOperationException>(() => index.Reset());
        Assert.Throws<ArgumentOutOfRangeException>(() => lists.GetIds(8));
        Assert.Throws<ArgumentOutOfRangeException>(() => lists.GetCodes(-1));
        lists.Dispose();
        Assert.Throws<ObjectDisposedException>(() => lists.GetIds(0));
        index.Reset();
    }

    [Theory]
    [InlineData("Flat", "has no inverted lists")]
    [InlineData("IVF4,PQ4x4fs", "side by side")]
    public void Other_indexes_are_refused(string description, string expected)
    {
        RequireLists();
        using var index = Filled(description);

        Assert.Contains(expected, Assert.Throws<NotSupportedException>(() => InvertedLists.Of(index)).Message, StringComparison.Ordinal);

        index.Reset();
    }

    [Fact]
    public void Binary_lists_are_shown()
    {
        RequireLists();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_index_binary_factory"), "This FAISS creates no binary indexes.");
        using var index = IndexBinary.Create(64, "BIVF4");
        var codes = new byte[8 * 500];
        new Random(1).NextBytes(codes);
        index.Train(codes);
        index.Add(codes);

        using var lists = InvertedLists.Of(index);

        Assert.Equal(8, lists.CodeSize);
        for (var list = 0; list < 4; list++)
        {
            var ids = lists.GetIds(list);
            for (var i = 0; i < ids.Length; i++)
            {
                Assert.Equal(codes.AsSpan((int)ids[i] * 8, 8), lists.GetCodes(list).Slice(i * 8, 8));
            }
        }
    }

    private static FaissIndex Filled(string description)
    {
        using var single = Native.SingleThread();
        var index = FaissIndex.Create(Dimension, description);
        index.Train(Vectors);
        index.Add(Vectors);
        return index;
    }

    private static void RequireLists()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_list"), "This library does not show inverted lists.");
    }
}
