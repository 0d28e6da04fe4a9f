using System.Runtime.InteropServices;

namespace FaissSdk.Tests.Indexes;

/// <content>Arguments and states that are rejected.</content>
public sealed partial class IndexContractTests
{
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Argument_errors_name_the_parameter(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var query = kind.Vectors(1, 2);
        if (kind.Components > 1)
        {
            var cut = query[1..];
            Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Train(cut)).ParamName);
            Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Add(cut)).ParamName);
            Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.AddWithIds(cut, [1])).ParamName);
            Assert.Equal("queries", Assert.Throws<ArgumentException>(() => index.Search(cut, 1)).ParamName);
            Assert.Equal("queries", Assert.Throws<ArgumentException>(() => index.Assign(cut)).ParamName);
            Assert.Equal("queries", Assert.Throws<ArgumentException>(() => index.RangeSearch(cut, 1)).ParamName);
        }

        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Train([])).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.AddWithIds(query, [1, 2])).ParamName);
        Assert.Equal("k", Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(query, 0)).ParamName);
        Assert.Equal("k", Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(query, -1, new float[1], new long[1])).ParamName);
        Assert.Equal("k", Assert.Throws<ArgumentOutOfRangeException>(() => index.Assign(query, 0)).ParamName);
        Assert.Equal("distances", Assert.Throws<ArgumentException>(() => index.Search(query, 2, new float[1], new long[2])).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.Search(query, 2, new float[2], new long[3])).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.Assign(query, 1, new long[2])).ParamName);
        Assert.Equal("radius", Assert.Throws<ArgumentOutOfRangeException>(() => index.RangeSearch(query, float.NaN)).ParamName);
        Assert.Equal("vector", Assert.Throws<ArgumentException>(() => index.Reconstruct(0, new float[kind.Components + 1])).ParamName);
        Assert.Throws<ArgumentNullException>(() => index.Remove(null!));
        Assert.Equal(Size, index.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Overlapping_spans_are_rejected(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var query = kind.Vectors(1, 2);
        var memory = new long[16 + query.Length];
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.Search(query, 3, MemoryMarshal.Cast<long, float>(memory.AsSpan())[5..8], memory.AsSpan(0, 3))).ParamName);
        Assert.Equal("distances", Assert.Throws<ArgumentException>(() => index.Search(query, 1, query.AsSpan(0, 1), memory.AsSpan(0, 1))).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() =>
            index.Search(MemoryMarshal.Cast<long, float>(memory)[..query.Length], 1, new float[1], memory.AsSpan(0, 1))).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.Assign(MemoryMarshal.Cast<long, float>(memory)[..query.Length], 1, memory.AsSpan(0, 1))).ParamName);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_untrained_index_rejects_vectors_and_queries(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.Make();
        var index = made.Index;
        var query = kind.Vectors(1, 2);
        using var selector = new IDSelectorRange(0, 10);
        if (index.IsTrained)
        {
            Assert.Equal(-1, index.Search(query, 1).Ids[0]);
            return;
        }

        Assert.Contains("Train", Assert.Throws<InvalidOperationException>(() => index.Add(query)).Message);
        var error = Record.Exception(() => index.AddWithIds(query, [1]));
        Assert.True(error is InvalidOperationException or NotSupportedException, error?.ToString());
        Assert.Throws<InvalidOperationException>(() => index.Search(query, 1));
        Assert.Throws<InvalidOperationException>(() => index.Assign(query));
        Assert.Throws<InvalidOperationException>(() => index.RangeSearch(query, 1));
        Assert.Throws<InvalidOperationException>(() => index.Remove(selector));
        Assert.Equal(0, index.Count);
        index.Reset();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Queries_that_are_not_finite_do_not_crash(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        foreach (var component in new[] { float.NaN, float.PositiveInfinity, 1e30f })
        {
            var queries = kind.Vectors(30, 2);
            Array.Fill(queries, component, 0, 2 * kind.Components);
            if (index is not IndexFlat or IndexFlat1D)
            {
                Assert.Equal("queries", Assert.Throws<ArgumentException>(() => index.Search(queries, 1)).ParamName);
                Assert.Equal("queries", Assert.Throws<ArgumentException>(() => index.Assign(queries)).ParamName);
                Assert.Equal("queries", Assert.Throws<ArgumentException>(() => index.RangeSearch(queries, 1)).ParamName);
                continue;
            }

            foreach (var k in new[] { 1, 3 })
            {
                Assert.All(index.Search(queries, k).Ids.ToArray(), label => Assert.InRange(label, -1, Size - 1));
                Assert.All(index.Assign(queries, k), label => Assert.InRange(label, -1, Size - 1));
                Assert.Equal(index.Search(queries.AsSpan(2 * kind.Components), k).Ids, index.Search(queries, k).Ids[(2 * k)..]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_member_throws_after_Dispose(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var made = kind.MakeFilled();
        var index = made.Index;
        index.Dispose();
        index.Dispose();
        var query = kind.Vectors(1, 2);
        using var selector = new IDSelectorRange(0, 10);
        using var folder = new TemporaryFolder();
        Assert.Throws<ObjectDisposedException>(() => index.Count);
        Assert.Throws<ObjectDisposedException>(() => index.IsTrained);
        Assert.Throws<ObjectDisposedException>(() => index.Train(query));
        Assert.Throws<ObjectDisposedException>(() => index.Add(query));
        Assert.Throws<ObjectDisposedException>(() => index.AddWithIds(query, [1]));
        Assert.Throws<ObjectDisposedException>(() => index.Search(query, 1));
        Assert.Throws<ObjectDisposedException>(() => index.Assign(query));
        Assert.Throws<ObjectDisposedException>(() => index.RangeSearch(query, 1));
        Assert.Throws<ObjectDisposedException>(() => index.Reconstruct(0));
        Assert.Throws<ObjectDisposedException>(() => index.Remove(selector));
        Assert.Throws<ObjectDisposedException>(index.Reset);
        Assert.Throws<ObjectDisposedException>(() => index.Save(folder.File("index")));
        made.Dispose();
    }
}
