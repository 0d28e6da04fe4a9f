namespace FaissSdk.Tests.Indexes;

/// <content>Merging, encoded vectors and reserved memory.</content>
public sealed partial class IndexContractTests
{
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_copy_is_merged_or_refused(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeFilled();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_merge"), "This needs a library of FaissSdk.");
        if (Record.Exception(() => made.Index.Clone().Dispose()) is not null)
        {
            Assert.Skip($"{name} has no copies.");
        }

        using var other = made.Index.Clone();
        var error = Record.Exception(() => made.Index.MergeFrom(other));
        if (error is ArgumentOutOfRangeException)
        {
            // It refines by position.
            error = Record.Exception(() => made.Index.MergeFrom(other, Size));
        }

        Assert.True(error is null or NotSupportedException, error?.ToString());
        Assert.Equal(error is null ? (2 * Size, 0L) : (Size, Size), (made.Index.Count, other.Count));
        if (error is null)
        {
            // Each vector is held twice.
            var distances = made.Index.Search(kind.Vectors(10), 2).Distances.ToArray();
            Assert.All(Enumerable.Range(0, 10), row => Assert.Equal(distances[2 * row], distances[(2 * row) + 1], 1e-3));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Own_codes_are_added_or_refused(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeFilled();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_add_codes"), "This needs a library of FaissSdk.");
        byte[] codes = [];
        var vectors = kind.Vectors(20, 5);
        if (Record.Exception(() => codes = made.Index.Encode(vectors)) is not null)
        {
            Assert.Throws<NotSupportedException>(() => made.Index.AddEncoded(new byte[4 * kind.Components]));
            return;
        }

        var error = Record.Exception(() => made.Index.AddEncoded(codes));
        Assert.True(error is null or NotSupportedException, error?.ToString());
        Assert.Equal(error is null ? Size + 20 : Size, made.Index.Count);
        if (error is null)
        {
            var distances = made.Index.Search(vectors, 1).Distances.ToArray();
            kind.Add(made.Index, vectors);
            var both = made.Index.Search(vectors, 2).Distances.ToArray();
            Assert.All(Enumerable.Range(0, 20), row => Assert.Equal(distances[row], both[2 * row], 1e-3));
        }
    }

    [Fact]
    public void A_disposed_index_neither_grows_nor_shrinks()
    {
        Native.Require();
        using var other = new IndexFlatL2(4);
        var index = new IndexFlatL2(4);
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.MergeFrom(other));
        Assert.Throws<ObjectDisposedException>(() => other.MergeFrom(index));
        Assert.Throws<ObjectDisposedException>(() => index.AddEncoded(new byte[16]));
        Assert.Throws<ObjectDisposedException>(() => index.AddEncoded(new byte[16], [1]));
        Assert.Throws<ObjectDisposedException>(() => index.EnsureCapacity(10));
        Assert.Throws<ObjectDisposedException>(() => index.AsConcurrent().EnsureCapacity(10));
        Assert.Throws<ObjectDisposedException>(index.TrimExcess);
        Assert.Throws<ObjectDisposedException>(() => index.AsConcurrent().TrimExcess());
    }
}
