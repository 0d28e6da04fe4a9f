namespace FaissSdk.Tests.Indexes;

/// <content>Adding, removing and resetting; the parts of composite indexes.</content>
public sealed partial class IndexContractTests
{
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Add_numbers_the_vectors_or_is_not_supported(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeTrained();
        if (kind.Can(IndexAbilities.Positions))
        {
            made.Index.Add([]);
            Assert.Equal(0, made.Index.Count);
            made.Index.Add(kind.Vectors(120));
            Assert.Equal(120, made.Index.Count);
        }
        else
        {
            AssertNotSupported(() => made.Index.Add(kind.Vectors(2)));
            Assert.Equal(0, made.Index.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void AddWithIds_keeps_the_ids(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeTrained();
        var index = made.Index;
        var labels = Enumerable.Range(0, Size).Select(i => 1_000_000_007L * (Size - i)).ToArray();
        if (!kind.Can(IndexAbilities.Ids))
        {
            AssertNotSupported(() => index.AddWithIds(kind.Vectors(Size), labels));
            Assert.Equal(0, index.Count);
            return;
        }

        index.AddWithIds(kind.Vectors(Size), labels);
        Assert.Equal(Size, index.Count);
        var (expected, found) = (filled.Get(kind).Search(kind.Vectors(30, 2), K), index.Search(kind.Vectors(30, 2), K));
        AssertSameNeighbors(expected, found, label => labels[label]);
        Assert.Equal("ids", Assert.Throws<ArgumentOutOfRangeException>(() => index.AddWithIds(kind.Vectors(2), [5, -1])).ParamName);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Remove_accepts_a_range(string name) => AssertRemoves(name, () => new IDSelectorRange(50, 80), [.. Enumerable.Range(50, 30)]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Remove_accepts_a_batch(string name) => AssertRemoves(name, () => new IDSelectorBatch(0, 7, 199, 500), [0, 7, 199]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Remove_can_remove_all_vectors(string name) => AssertRemoves(name, () => new IDSelectorRange(0, 1000), [.. Enumerable.Range(0, Size)]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_reset_index_is_empty_and_usable(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeFilled();
        var (index, vectors, queries) = (made.Index, kind.Vectors(Size), kind.Vectors(40, 2));
        index.Reset();
        Assert.Equal(0, index.Count);
        Assert.Equal(-1, index.Search(queries, 3).Ids.ToArray().Max());
        AssertHasNoVector(index, 0);
        kind.Add(index, vectors);
        Assert.Equal(Size, index.Count);
        Assert.InRange(Recall(kind, vectors, queries, index.Search(queries, K)), kind.MinRecall, 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_part_is_changed_only_through_its_composite(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeFilled();
        var (index, queries) = (made.Index, kind.Vectors(10, 2));
        var expected = index.Search(queries, K);
        using var selector = new IDSelectorRange(0, 10);
        using (new IndexPreTransform(index))
        {
            Assert.Throws<InvalidOperationException>(() => index.Train(queries));
            Assert.Throws<InvalidOperationException>(() => index.Add(queries));
            var error = Record.Exception(() => index.AddWithIds(queries, new long[10]));
            Assert.True(error is InvalidOperationException or NotSupportedException, error?.ToString());
            Assert.Throws<InvalidOperationException>(() => index.Remove(selector));
            Assert.Throws<InvalidOperationException>(index.Reset);
            Assert.Equal(expected.Ids, index.Search(queries, K).Ids);
        }

        Assert.Equal(Size, index.Count);
        index.Reset();
        Assert.Equal(0, index.Count);
        using var holder = new IndexPreTransform(index);
        kind.Add(holder, kind.Vectors(Size));
        made.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Search(queries, K));
        Assert.Equal(Size, holder.Count);
        Assert.Equal(10 * K, holder.Search(queries, K).Ids.Length);
    }

    [Theory]
    [InlineData(nameof(IndexIDMap))]
    [InlineData(nameof(IndexIDMap2))]
    [InlineData(nameof(IndexRefineFlat))]
    [InlineData(nameof(IndexIVFFlat))]
    [InlineData(nameof(IndexPreTransform))]
    [InlineData(nameof(IndexShards))]
    [InlineData(nameof(IndexReplicas))]
    public void A_composite_index_keeps_its_parts_alive(string name)
    {
        Native.Require();
        using var inner = new IndexFlatL2(2);
        using (var holder = Hold(name, inner))
        {
            Assert.Throws<InvalidOperationException>(() => inner.Add([1, 2]));
            Assert.Throws<InvalidOperationException>(inner.Reset);
            holder.Train([1, 2, 3, 4]);
            if (holder is IndexIDMap or IndexIDMap2)
            {
                holder.AddWithIds([1, 2, 3, 4], [0, 1]);
            }
            else
            {
                holder.Add([1, 2, 3, 4]);
            }

            Assert.Equal(1, holder.Search([3, 4], 1).Ids[0]);
            Assert.Equal(2, inner.Count);
            Assert.Equal(1, inner.Search([3, 4], 1).QueryCount);
        }

        inner.Reset();
        inner.Add([1, 2]);
        Assert.Equal(1, inner.Count);
    }

    private static FaissIndex Hold(string name, FaissIndex inner)
    {
        switch (name)
        {
            case nameof(IndexIDMap): return new IndexIDMap(inner);
            case nameof(IndexIDMap2): return new IndexIDMap2(inner);
            case nameof(IndexRefineFlat): return new IndexRefineFlat(inner);
            case nameof(IndexIVFFlat): return new IndexIVFFlat(inner, 2) { NProbe = 2 };
            case nameof(IndexPreTransform): return new IndexPreTransform(inner);
            case nameof(IndexReplicas):
                var replicas = new IndexReplicas(2);
                replicas.AddReplica(inner);
                return replicas;
            default:
                var shards = new IndexShards(2);
                shards.AddShard(inner);
                return shards;
        }
    }

    private static void AssertRemoves(string name, Func<IDSelector> create, int[] removed)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeFilled();
        using var selector = create();
        var (index, vectors, queries) = (made.Index, kind.Vectors(Size), kind.Vectors(20, 2));
        if (!kind.Can(IndexAbilities.Remove))
        {
            var before = index.Search(queries, K);
            AssertNotSupported(() => index.Remove(selector));
            Assert.Equal(Size, index.Count);
            Assert.Equal(before.Ids, index.Search(queries, K).Ids);
            return;
        }

        var all = index.Search(queries, Size);
        Assert.Equal(removed.Length, index.Remove(selector));
        (index as IndexFlat1D)?.UpdatePermutation();
        Assert.Equal(Size - removed.Length, index.Count);
        var left = Enumerable.Range(0, Size).Except(removed).Select(i => (long)i).ToList();
        var found = index.Search(queries, K);
        for (var i = 0; i < found.QueryCount; i++)
        {
            var expected = all[i].Where(neighbor => left.Contains(neighbor.Id)).Take(K).ToArray();
            var actual = found[i].ToArray();
            Assert.Equal(expected.Length, actual.Length);
            for (var j = 0; j < actual.Length; j++)
            {
                Assert.Equal(expected[j].Distance, actual[j].Distance, 1e-3f * (1 + Math.Abs(expected[j].Distance)));
                var label = kind.KeepsIds ? actual[j].Id : left[(int)actual[j].Id];
                Assert.DoesNotContain((int)label, removed);
                var distance = all[i].First(neighbor => neighbor.Id == label).Distance;
                Assert.Equal(distance, actual[j].Distance, 1e-3f * (1 + Math.Abs(distance)));
            }
        }
    }

    /// <summary>Checks that the distances are equal, and the ids where a distance is unique.</summary>
    private static void AssertSameNeighbors(SearchResult expected, SearchResult found, Func<long, long> label)
    {
        Assert.Equal(expected.Distances, found.Distances);
        for (var i = 0; i < expected.Ids.Length; i++)
        {
            var row = expected.Distances.Slice(i / expected.K * expected.K, expected.K);
            var ties = row.Count(expected.Distances[i]) > 1 || expected.Distances[i] == row[^1];
            if (expected.Ids[i] < 0)
            {
                Assert.Equal(-1, found.Ids[i]);
            }
            else if (!ties)
            {
                Assert.Equal(label(expected.Ids[i]), found.Ids[i]);
            }
        }
    }
}
