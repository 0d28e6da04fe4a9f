namespace FaissSdk.Tests.Indexes;

/// <content>Arguments and states that are rejected.</content>
public sealed partial class IndexBinaryTests
{
    [Fact]
    public void Remove_is_not_supported_by_an_ID_map_of_lists()
    {
        using var index = Create(Dimension, "IDMap,BIVF4");
        var vectors = BinaryVectors.Random(Size, Dimension);
        index.Train(vectors);
        index.AddWithIds(vectors, [.. Enumerable.Range(0, Size).Select(i => (long)i)]);
        using var selector = new IDSelectorRange(0, 10);
        Assert.Throws<NotSupportedException>(() => index.Remove(selector));
        Assert.Equal(Size, index.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Wrong_lengths_are_rejected(string kind)
    {
        using var index = BinaryVectors.Index(kind, Dimension, BinaryVectors.Random(Size, Dimension), _folder.Path);
        var (query, distances, labels) = (new byte[8], new int[3], new long[3]);
        Assert.Contains("7 bytes", Assert.Throws<ArgumentException>(() => index.Search(query.AsSpan(0, 7), 1)).Message);
        Assert.Throws<ArgumentException>(() => index.Add(query.AsSpan(0, 7)));
        Assert.Throws<ArgumentException>(() => index.Train(query.AsSpan(0, 7)));
        Assert.Throws<ArgumentException>(() => index.Train([]));
        Assert.Throws<ArgumentException>(() => index.Assign(query.AsSpan(0, 7)));
        Assert.Throws<ArgumentException>(() => index.RangeSearch(query.AsSpan(0, 7), 1));
        Assert.Throws<ArgumentException>(() => index.Search(query, 3, distances.AsSpan(1), labels));
        Assert.Throws<ArgumentException>(() => index.Search(query, 3, distances, labels.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => index.Assign(query, 2, labels));
        foreach (var k in new[] { 0, -1, int.MinValue })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(query, k));
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(query, k, distances, labels));
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Assign(query, k));
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Assign(query, k, labels));
        }

        Assert.Throws<ArgumentException>(() => index.Search(new byte[80], int.MaxValue));
        Assert.Throws<ArgumentException>(() => index.Search(System.Runtime.InteropServices.MemoryMarshal.AsBytes(labels.AsSpan()), 1, distances, labels));
        Assert.Empty(index.Search([], K).Ids.ToArray());
        Assert.Empty(index.Assign([], K));
        var result = index.Search(query, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => result[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => result[-1]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_member_throws_after_Dispose(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        using var selector = new IDSelectorRange(0, 1);
        index.Dispose();
        index.Dispose();
        Assert.Equal(Dimension, index.Dimension);
        Assert.Throws<ObjectDisposedException>(() => index.Count);
        Assert.Throws<ObjectDisposedException>(() => index.IsTrained);
        Assert.Throws<ObjectDisposedException>(() => index.Metric);
        Assert.Throws<ObjectDisposedException>(() => index.Verbose);
        Assert.Throws<ObjectDisposedException>(() => index.Verbose = true);
        Assert.Throws<ObjectDisposedException>(() => index.Train(vectors));
        Assert.Throws<ObjectDisposedException>(() => index.Add(vectors));
        Assert.Throws<ObjectDisposedException>(() => index.AddWithIds(vectors, new long[Size]));
        Assert.Throws<ObjectDisposedException>(() => index.Search(vectors, 1));
        Assert.Throws<ObjectDisposedException>(() => index.Assign(vectors));
        Assert.Throws<ObjectDisposedException>(() => index.RangeSearch(vectors, 1));
        Assert.Throws<ObjectDisposedException>(() => index.Remove(selector));
        Assert.Throws<ObjectDisposedException>(() => index.Reset());
        Assert.Throws<ObjectDisposedException>(() => index.Reconstruct(0));
        Assert.Throws<ObjectDisposedException>(() => index.ReconstructRange(0, 1));
        Assert.Throws<ObjectDisposedException>(() => index.Clone());
        Assert.Throws<ObjectDisposedException>(() => index.Save(_folder.File("x")));
    }

    [Fact]
    public void An_untrained_index_rejects_vectors_and_queries()
    {
        using var index = Create(Dimension, "BIVF4");
        var vectors = BinaryVectors.Random(3, Dimension);
        using var selector = new IDSelectorRange(0, 1);
        Assert.False(index.IsTrained);
        Assert.Throws<InvalidOperationException>(() => index.Add(vectors));
        Assert.Throws<InvalidOperationException>(() => index.AddWithIds(vectors, [0, 1, 2]));
        Assert.Throws<InvalidOperationException>(() => index.Search(vectors, 1));
        Assert.Throws<InvalidOperationException>(() => index.Assign(vectors));
        Assert.Throws<InvalidOperationException>(() => index.RangeSearch(vectors, 1));
        Assert.Throws<InvalidOperationException>(() => index.Remove(selector));
        Assert.Throws<FaissException>(() => index.Train(vectors));
        Assert.False(index.IsTrained);
    }
}
