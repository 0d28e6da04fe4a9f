using FaissSdk.Native;

namespace FaissSdk.Tests.Indexes;

public sealed partial class IndexBinaryTests : IDisposable
{
    private const int Size = 200;
    private const int Dimension = 64;
    private const int K = 5;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds() => ["BFlat", "BFromFloat", "BIVF16", "BHNSW8", "BHash8", "BHash2x8", "IDMap,BFlat", "IDMap2,BFlat"];

    /// <summary>The kinds that compare a query with every vector.</summary>
    public static TheoryData<string> ExactKinds() => ["BFlat", "BFromFloat", "BIVF16", "IDMap,BFlat", "IDMap2,BFlat"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(ExactKinds))]
    public void Exact_kinds_find_the_nearest_vectors(string kind)
    {
        foreach (var dimension in new[] { 8, 64, 72, 2048 })
        {
            var vectors = BinaryVectors.Random(Size, dimension);
            using var index = BinaryVectors.Index(kind, dimension, vectors, _folder.Path);
            var queries = BinaryVectors.Random(20, dimension, seed: 2);
            var result = index.Search(queries, K);
            Assert.Equal((K, 20), (result.K, result.QueryCount));
            for (var query = 0; query < 20; query++)
            {
                var distances = BinaryVectors.Distances(queries.AsSpan(query * dimension / 8, dimension / 8), vectors);
                var offset = OffsetOf(index, kind);
                foreach (var neighbor in result[query])
                {
                    Assert.Equal(distances[neighbor.Id - offset], neighbor.Distance);
                }

                // At d = 8 many vectors are equally far, so only the distances are determined.
                Assert.Equal(distances.Order().Take(K), result[query].Distances.ToArray());
                Assert.Equal(K, result[query].Ids.ToArray().Distinct().Count());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Search_finds_the_added_vectors(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        Assert.Equal((Size, Dimension, Dimension / 8, true, MetricType.L2), (index.Count, index.Dimension, index.CodeSize, index.IsTrained, index.Metric));
        Assert.False(index.Verbose);
        var result = index.Search(vectors, K);
        var found = 0;
        for (var i = 0; i < Size; i++)
        {
            var last = 0;
            foreach (var (label, distance) in result[i])
            {
                Assert.Equal(BinaryVectors.Hamming(vectors.AsSpan(i * 8, 8), vectors.AsSpan((int)(label - OffsetOf(index, kind)) * 8, 8)), distance);
                Assert.True(distance >= last);
                last = distance;
                found += distance == 0 ? 1 : 0;
            }
        }

        Assert.True(found > 0.9 * Size, $"{found} of {Size}");
        Assert.Equal(result.Ids.ToArray(), index.Assign(vectors, K));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Duplicates_are_all_found(string kind)
    {
        var one = BinaryVectors.Random(1, Dimension);
        byte[] vectors = [.. Enumerable.Repeat(one, 40).SelectMany(vector => vector)];
        using var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        var result = index.Search(one, 40);

        // A graph of equal vectors may be disconnected.
        Assert.All(result.Distances.ToArray(), distance => Assert.True(distance == 0 || kind == "BHNSW8"));
        Assert.True(kind == "BHNSW8" || result.Ids.ToArray().Order().SequenceEqual(Enumerable.Range(0, 40).Select(i => i + OffsetOf(index, kind))));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Search_pads_with_minus_one_when_k_exceeds_count(string kind)
    {
        var vectors = BinaryVectors.Random(20, Dimension);
        using var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        var result = index.Search(vectors, 50);
        for (var i = 0; i < 20; i++)
        {
            Assert.All(result.Ids.Slice((i * 50) + 20, 30).ToArray(), id => Assert.Equal(-1, id));
            foreach (var (label, distance) in result.Ids.Slice(i * 50, 50).ToArray().Zip(result.Distances.Slice(i * 50, 50).ToArray()))
            {
                Assert.Equal(label < 0, distance == int.MaxValue);
            }
        }

        Assert.Equal(result.Ids.ToArray(), index.Assign(vectors, 50));
        if (kind == "BHash2x8" && KnownDefects.HashTablesAfterReset.IsPresent)
        {
            return;
        }

        index.Reset();
        Assert.Equal(0, index.Count);
        var none = index.Search(vectors, 2);
        Assert.All(none.Ids.ToArray(), label => Assert.Equal(-1, label));
        Assert.All(none.Distances.ToArray(), distance => Assert.Equal(int.MaxValue, distance));
        foreach (var neighbor in none[0])
        {
            Assert.Fail(neighbor.ToString());
        }
    }

    [Fact]
    public void Several_hash_tables_are_emptied_or_refused()
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = BinaryVectors.Index("BHash2x8", Dimension, vectors, _folder.Path);
        if (KnownDefects.HashTablesAfterReset.IsPresent)
        {
            Assert.Contains("1.14.2", Assert.Throws<NotSupportedException>(index.Reset).Message, StringComparison.Ordinal);
            Assert.Equal(Size, index.Count);
            return;
        }

        index.Reset();
        index.Add(vectors.AsSpan(0, index.CodeSize));
        Assert.All(index.Search(vectors, 2).Ids.ToArray(), id => Assert.InRange(id, -1, 0));
        index.Reset();
        index.Reset();
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void Enumerating_neighbors_does_not_allocate()
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = BinaryVectors.Index("BFlat", Dimension, vectors, _folder.Path);
        var result = index.Search(vectors, K);
        Sum(result);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Sum(result);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static long Sum(BinarySearchResult result)
        {
            var sum = 0L;
            for (var i = 0; i < result.QueryCount; i++)
            {
                foreach (var neighbor in result[i])
                {
                    sum += neighbor.Id + neighbor.Distance;
                }
            }

            return sum;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void RangeSearch_finds_vectors_nearer_than_the_radius(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        var queries = BinaryVectors.Random(10, Dimension, seed: 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.RangeSearch(queries, -1));
        var nothing = index.RangeSearch(queries, 0);
        Assert.Equal((10, 0), (nothing.QueryCount, nothing.TotalCount));
        var noQueries = index.RangeSearch([], 10);
        Assert.Equal((0, 0), (noQueries.QueryCount, noQueries.TotalCount));

        if (kind is "BHNSW8" or "BFromFloat")
        {
            Assert.Throws<FaissException>(() => index.RangeSearch(queries, 30));
            return;
        }

        foreach (var radius in new[] { 1, 28, 32, 65, int.MaxValue })
        {
            var result = index.RangeSearch(queries, radius);
            for (var query = 0; query < 10; query++)
            {
                var distances = BinaryVectors.Distances(queries.AsSpan(query * 8, 8), vectors);
                var found = result[query];
                Assert.All(found, neighbor => Assert.Equal(distances[neighbor.Id - OffsetOf(index, kind)], neighbor.Distance));
                Assert.All(found, neighbor => Assert.True(neighbor.Distance < radius));
                Assert.True(kind.StartsWith("BHash", StringComparison.Ordinal) || found.Count == distances.Count(distance => distance < radius));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reconstruct_returns_the_stored_vector_or_throws(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        var offset = OffsetOf(index, kind);
        foreach (var label in new[] { -1L, long.MinValue })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct(label));
            Assert.Throws<ArgumentOutOfRangeException>(() => index.ReconstructRange(label, 2));
        }

        foreach (var label in new[] { offset + Size, 1L << 40, long.MaxValue })
        {
            var error = Assert.ThrowsAny<Exception>(() => index.Reconstruct(label));
            Assert.True(error is ArgumentOutOfRangeException or FaissException, error.ToString());
            error = Assert.ThrowsAny<Exception>(() => index.ReconstructRange(label - 1, 2));
            Assert.True(error is ArgumentOutOfRangeException or FaissException, error.ToString());
        }

        Assert.Throws<ArgumentException>(() => index.Reconstruct(offset, new byte[7]));
        Assert.Throws<ArgumentException>(() => index.ReconstructRange(offset, new byte[7]));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.ReconstructRange(0, -1));
        if (kind is "BFlat" or "BHNSW8" or "IDMap2,BFlat")
        {
            Assert.Equal(vectors[80..88], index.Reconstruct(offset + 10));
            Assert.Equal(vectors, index.ReconstructRange(offset, Size));
            Assert.Equal(vectors[8..24], index.ReconstructRange(offset + 1, 2));
        }
        else
        {
            Assert.Throws<FaissException>(() => index.Reconstruct(offset + 10));
            if (kind == "BIVF16")
            {
                Assert.Equal(vectors, index.ReconstructRange(0, Size));
                Assert.Equal(vectors[8..24], index.ReconstructRange(1, 2));
            }
            else
            {
                Assert.Throws<FaissException>(() => index.ReconstructRange(offset, 2));
            }
        }

        Assert.Empty(index.ReconstructRange(offset, 0));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Remove_removes_vectors_or_throws(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        var offset = OffsetOf(index, kind);
        using var selector = new IDSelectorRange(offset, offset + 10);
        if (kind is "BHNSW8" or "BHash8" or "BHash2x8" or "BFromFloat")
        {
            Assert.Throws<FaissException>(() => index.Remove(selector));
            Assert.Equal(Size, index.Count);
            return;
        }

        Assert.Equal(10, index.Remove(selector));
        Assert.Equal(Size - 10, index.Count);
        var expected = kind == "BFlat" ? 0 : offset + 10;
        Assert.Equal(new BinaryNeighbor(expected, 0), First(index.Search(vectors.AsSpan(80, 8), 1)));
        Assert.Equal(0, index.Remove(new IDSelectorBatch([1L << 40])));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Add_appends_vectors(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        var more = BinaryVectors.Random(10, Dimension, seed: 3);
        using var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        var map = kind.StartsWith("IDMap", StringComparison.Ordinal);
        long[] labels = [.. Enumerable.Range(5000, 10).Select(i => (long)i)];

        // Adding no vectors always succeeds.
        index.Add([]);
        index.AddWithIds([], []);
        Assert.Equal(Size, index.Count);
        if (map)
        {
            Assert.Throws<FaissException>(() => index.Add(more));
        }
        else
        {
            index.Add(more);
            Assert.Equal(Size + 10, index.Count);
        }

        if (map || kind is "BIVF16" or "BHash8")
        {
            index.AddWithIds(more, labels);
            Assert.True(index.Search(more.AsSpan(0, 8), 2).Ids.Contains(5000));
        }
        else
        {
            Assert.Throws<FaissException>(() => index.AddWithIds(more, labels));
        }

        Assert.Throws<ArgumentException>(() => index.AddWithIds(more, labels.AsSpan(1)));
        labels[3] = -1;
        Assert.Throws<ArgumentOutOfRangeException>(() => index.AddWithIds(more, labels));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Dispose_waits_for_running_searches(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        for (var round = 0; round < 5; round++)
        {
            var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
            using var started = new CountdownEvent(2);
            var searches = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    using var single = Native.SingleThread();
                    index.Search(vectors, K);
                    started.Signal();
                    try
                    {
                        while (true)
                        {
                            index.Search(vectors, K);
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)).ToArray();
            started.Wait(TestContext.Current.CancellationToken);
            index.Dispose();
            await Task.WhenAll(searches);
        }
    }

    private static IndexBinary Create(int dimension, string description)
    {
        Tests.Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_index_binary_factory"), "This FAISS makes no binary index.");
        return IndexBinary.Create(dimension, description);
    }

    private static void AddAll(IndexBinary index, byte[] vectors)
    {
        if (index.Parts.IsIDMap)
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, vectors.Length / index.CodeSize).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }
    }

    private static BinaryNeighbor First(BinarySearchResult result) => new(result.Ids[0], result.Distances[0]);

    private static long OffsetOf(IndexBinary index, string kind) =>
        index.Parts.IsIDMap && kind.StartsWith("IDMap", StringComparison.Ordinal) && FaissLibrary.Supports("faiss_index_binary_factory") ? 1000 : 0;
}
