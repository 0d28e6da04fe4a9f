namespace FaissSdk.Tests.Indexes;

public sealed partial class FaissIndexTests : IDisposable
{
    // FAISS warns about fewer than 39 vectors for each of the 16 lists.
    private const int Size = 640;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, MetricType> Kinds() => new()
    {
        { "Flat", MetricType.L2 },
        { "Flat", MetricType.InnerProduct },
        { "Flat", MetricType.L1 },
        { "IVF16,Flat", MetricType.L2 },
        { "IVF16,Flat", MetricType.InnerProduct },
        { "IVF16,PQ4x4", MetricType.L2 },
        { "HNSW16", MetricType.L2 },
        { "PQ4x4", MetricType.L2 },
        { "SQ8", MetricType.L2 },
        { "LSH", MetricType.L2 },
        { "PCA4,Flat", MetricType.L2 },
        { "IDMap,Flat", MetricType.L2 },
        { "IDMap2,Flat", MetricType.L2 },
        { "RR8,IVF16,Flat", MetricType.L2 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Search_finds_the_added_vectors(string kind, MetricType metric)
    {
        using var index = Filled(kind, metric, out var vectors);
        Assert.Equal(Size, index.Count);
        Assert.Equal(metric, index.Metric);
        var result = index.Search(vectors, 5);
        Assert.Equal(Size, result.QueryCount);
        Assert.All(result.Ids.ToArray(), label => Assert.InRange(label, -1, Size - 1));

        // The greatest inner product need not be the one with itself, and eight bits of LSH cannot distinguish so many vectors.
        if (metric != MetricType.InnerProduct && kind != "LSH")
        {
            var found = Enumerable.Range(0, Size).Count(i => result[i].Any(neighbor => neighbor.Id == i));
            Assert.True(found > 0.6 * Size, $"{found} of {Size}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_loaded_index_equals_the_saved_one(string kind, MetricType metric)
    {
        using var index = Filled(kind, metric, out var vectors);
        var path = _folder.File("index ä.faiss");
        index.Save(path);
        using var loaded = FaissIndex.Load(path);
        Assert.Equal(index.GetType(), loaded.GetType());
        Assert.Equal((index.Count, index.Dimension, index.Metric, index.IsTrained), (loaded.Count, loaded.Dimension, loaded.Metric, loaded.IsTrained));
        var (expected, actual) = (index.Search(vectors, 3), loaded.Search(vectors, 3));
        Assert.Equal(expected.Ids, actual.Ids);
        Assert.Equal(expected.Distances, actual.Distances);
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Search_pads_with_minus_one_when_k_exceeds_count(string kind, MetricType metric)
    {
        using var index = Filled(kind, metric, out var vectors);
        index.Reset();
        Assert.Equal(0, index.Count);
        var none = index.Search(vectors.AsSpan(0, 16), 4);
        Assert.All(none.Ids.ToArray(), label => Assert.Equal(-1, label));
        Assert.Empty(none[0]);
        if (!kind.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.Add(vectors.AsSpan(0, 16));
            Assert.All(index.Search(vectors.AsSpan(0, 8), 4).Ids[2..].ToArray(), label => Assert.Equal(-1, label));
        }
    }

    [Theory]
    [InlineData("IVF16,Flat")]
    [InlineData("PCA4,IVF16,SQ8")]
    [InlineData("IDMap,IVF16,PQ4x4")]
    public void A_clone_keeps_the_settings_of_searches(string description)
    {
        Native.Require();
        using var index = FaissIndex.Create(8, description);
        var vectors = TestData.Uniform(640, 8);
        index.Train(vectors);
        index.AddWithIds(vectors, [.. Enumerable.Range(0, 640).Select(i => (long)i)]);
        index.SetParameter("nprobe", 16);
        var all = index.Search(vectors, 10);
        index.SetParameter("max_codes", 20);
        using var copy = index.Clone();
        Assert.False(all.Ids.SequenceEqual(index.Search(vectors, 10).Ids));
        Assert.Equal(index.Search(vectors, 10).Ids, copy.Search(vectors, 10).Ids);
    }

    [Fact]
    public void Flat_search_is_exact()
    {
        Native.Require();
        var vectors = TestData.Uniform(300, 7);
        var queries = TestData.Uniform(50, 7, 2);
        using var index = new IndexFlatL2(7);
        index.Add(vectors);
        var result = index.Search(queries, 10);
        for (var i = 0; i < 50; i++)
        {
            var expected = Enumerable.Range(0, 300).OrderBy(j => Reference.SquaredDistance(queries.AsSpan(i * 7, 7), vectors.AsSpan(j * 7, 7))).Take(10);
            Assert.Equal(expected, result[i].Select(neighbor => (int)neighbor.Id));
        }
    }

    [Fact]
    public void Inner_products_are_sorted_in_descending_order()
    {
        Native.Require();
        using var index = new IndexFlatIP(2);
        index.Add([1, 0, 0, 1, 2, 2]);
        var result = index.Search([1, 0.5f], 3);
        Assert.Equal([2L, 0, 1], result.Ids);
        Assert.Equal([3f, 1, 0.5f], result.Distances);
    }

    [Fact]
    public void RangeSearch_finds_all_vectors_within_the_radius()
    {
        Native.Require();
        using var index = new IndexFlatL2(1);
        index.Add([0, 1, 2, 3, 4]);
        var result = index.RangeSearch([0, 3.2f, 100], 1.5f);
        Assert.Equal(3, result.QueryCount);
        Assert.Equal([0L, 1], result[0].Ids.ToArray().Order());
        Assert.Equal([2L, 3, 4], result[1].Ids.ToArray().Order());
        Assert.Empty(result[2]);
        Assert.Equal(5, result.TotalCount);
        Assert.Equal(0, index.RangeSearch([], 1).QueryCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => result[3]);
    }

    [Fact]
    public void AddWithIds_keeps_the_ids_of_an_ID_map()
    {
        Native.Require();
        using var index = FaissIndex.Create(2, "IDMap2,Flat");
        index.AddWithIds([0, 0, 5, 5], [long.MaxValue, 7]);
        Assert.Equal([7L, long.MaxValue], index.Search([4, 4], 2).Ids);
        Assert.Equal([5f, 5], index.Reconstruct(7));
        Assert.Contains("add_with_ids", Assert.Throws<FaissException>(() => Flat(2).AddWithIds([1, 1], [3])).Message);
    }

    [Fact]
    public void Reconstruct_returns_the_vector()
    {
        Native.Require();
        using var index = Flat(3);
        index.Add([1, 2, 3, 4, 5, 6]);
        Assert.Equal([4f, 5, 6], index.Reconstruct(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct(2));
        Assert.Equal("vector", Assert.Throws<ArgumentException>(() => index.Reconstruct(1, new float[2])).ParamName);
    }

    [Theory]
    [InlineData("IVF4,Flat", true)]
    [InlineData("IVF4,SQ8", false)]
    [InlineData("IVF4,PQ4x4", false)]
    [InlineData("Pad10,IVF4,Flat", true)]
    [InlineData("PCA4,IVF4,Flat", false)]
    [InlineData("IVF4_HNSW8,Flat", false)]
    [InlineData("IVF4,Flat,RFlat", false)]
    public void Searching_inverted_lists_by_L1_does_not_crash(string description, bool isSupported)
    {
        Native.Require();
        var vectors = TestData.Uniform(Size, 8);

        // Without a description of the parts, a transform may be of any kind.
        isSupported &= !description.StartsWith("Pad", StringComparison.Ordinal) || FaissLibrary.Supports("faiss_sdk_index_parts");
        if (!isSupported || !IndexKind.IsNewFaiss)
        {
            var message = Assert.Throws<NotSupportedException>(() => FaissIndex.Create(8, description, MetricType.L1)).Message;
            Assert.Contains(isSupported ? "by L1 needs FAISS 1.15.0 or later" : "compares by L1", message);
            return;
        }

        using var index = FaissIndex.Create(8, description, MetricType.L1);
        index.Train(vectors);
        Assert.All(index.Search(vectors, 1).Ids.ToArray(), id => Assert.Equal(-1, id));
        index.Add(vectors);
        Assert.All(index.Search(vectors, 1).Ids.ToArray(), id => Assert.InRange(id, 0, Size - 1));
    }

    [Fact]
    public void A_flat_index_stores_NaN()
    {
        Native.Require();
        using var index = Flat(2);
        index.Add([float.NaN, 1, 0, 0]);
        Assert.True(float.IsNaN(index.Reconstruct(0)[0]));
        Assert.Equal(1, index.Search([0, 0], 1).Ids[0]);
    }

    [Fact]
    public async Task Dispose_waits_for_running_searches()
    {
        Native.Require();
        for (var round = 0; round < 20; round++)
        {
            var vectors = TestData.Uniform(2000, 16);
            var index = new IndexFlatL2(16);
            index.Add(vectors);
            using var started = new CountdownEvent(4);
            var searches = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
            {
                started.Signal();
                while (true)
                {
                    try
                    {
                        Assert.Equal(0, index.Search(vectors.AsSpan(0, 16), 1).Ids[0]);
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                }
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
            started.Wait(TestContext.Current.CancellationToken);
            index.Dispose();
            await Task.WhenAll(searches);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_reset_index_finds_nothing(string kind, MetricType metric)
    {
        using var index = Filled(kind, metric, out var vectors);
        index.Reset();
        foreach (var (queries, k) in new[] { (1, 1), (30, 1), (30, 3), (30, 1_000_000) })
        {
            var result = index.Search(vectors.AsSpan(0, queries * 8), k);
            Assert.Equal(-1, result.Ids.ToArray().Max());
            Assert.Empty(result[0]);
        }

        Assert.Equal(0, index.RangeSearch(vectors.AsSpan(0, 240), 1000).TotalCount);
        Assert.Equal(30, index.RangeSearch(vectors.AsSpan(0, 240), 1000).QueryCount);
    }

    [Theory]
    [InlineData("PQ4x4fs")]
    [InlineData("IVF4,PQ4x4fs")]
    [InlineData("IDMap,Flat")]
    [InlineData("IDMap2,Flat")]
    public void A_reset_index_that_FAISS_clears_incompletely_finds_nothing(string kind)
    {
        using var index = Filled(kind, MetricType.L2, out var vectors);
        index.Reset();
        Assert.Equal(-1, index.Search(vectors.AsSpan(0, 240), 2).Ids.ToArray().Max());
    }

    [Fact]
    public void Search_with_a_huge_k_allocates_nothing_native()
    {
        Native.Require();
        using var index = Flat(2);
        index.Add([0, 0, 3, 4]);
        var (distances, labels) = (new float[40_000_000], new long[40_000_000]);
        index.Search([0, 0, 3, 4], 20_000_000, distances, labels);
        Assert.Equal([0L, 1, -1], labels[..3]);
        Assert.Equal([0f, 25, float.MaxValue], distances[..3]);
        Assert.Equal([1L, 0, -1], labels[20_000_000..20_000_003]);
    }

    [Fact]
    public void A_NaN_query_finds_nothing()
    {
        Native.Require();
        using var index = Flat(2);
        index.Add(TestData.Uniform(50, 2));
        var queries = new float[60];
        Array.Fill(queries, float.NaN);
        Assert.Empty(index.Search(queries, 1)[0]);
        Assert.Empty(index.Search(queries.AsSpan(0, 2), 1)[0]);
    }

    [Theory]
    [InlineData(50, 1)]
    [InlineData(1, 5)]
    [InlineData(1, 1)]
    public void A_NaN_query_finds_nothing_by_any_search(int count, int k)
    {
        Native.Require();
        using var index = Flat(2);
        index.Add(TestData.Uniform(count, 2));
        float[] queries = [float.NaN, 0, 1e30f, 0];
        Assert.Empty(index.Search(queries, k)[0]);
        Assert.Empty(index.Search(queries, k)[1]);
        Assert.Equal(Enumerable.Repeat(-1L, 2 * k), index.Assign(queries, k));
        Assert.Empty(index.SearchAndReconstruct(queries, k, out var vectors)[0]);
        Assert.All(vectors, component => Assert.True(float.IsNaN(component)));
        if (FaissLibrary.Supports("faiss_sdk_search_and_get_codes"))
        {
            Assert.Empty(index.SearchAndGetCodes(queries, k, out var codes)[0]);
            Assert.All(codes, code => Assert.Equal(255, code));
        }
    }

    [Fact]
    public void Probing_all_lists_makes_Search_exact()
    {
        using var index = Filled("IVF16,Flat", MetricType.L2, out var vectors);
        using var flat = Flat(8);
        flat.Add(vectors);
        var queries = TestData.Uniform(200, 8, 9);
        var expected = flat.Search(queries, 5).Ids.ToArray();
        Assert.NotEqual(expected, index.Search(queries, 5).Ids.ToArray());
        index.SetParameter("nprobe", 16);
        Assert.Equal(expected, index.Search(queries, 5).Ids.ToArray());
    }

    [Theory]
    [InlineData("Flat")]
    [InlineData("SQ8")]
    [InlineData("IVF4,Flat")]
    [InlineData("HNSW4,Flat")]
    [InlineData("PCA4,Flat")]
    [InlineData("Flat,RFlat")]
    public void Adding_a_vector_does_not_allocate(string description)
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var index = FaissIndex.Create(8, description);
        var vectors = TestData.Uniform(200, 8);
        index.Train(vectors);
        index.Add(vectors);

        // The runtime allocates now and then, for example when it recompiles a method. An allocation of the addition would show in every round.
        var min = long.MaxValue;
        for (var round = 0; round < 5 && min > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
            {
                index.Add(vectors.AsSpan(i * 8, 8));
            }

            min = Math.Min(min, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, min);
    }

    [Fact]
    public void Searching_into_spans_does_not_allocate()
    {
        Native.Require();
        using var index = Flat(8);
        index.Add(TestData.Uniform(100, 8));
        var query = TestData.Uniform(1, 8, 2);
        var (distances, labels) = (new float[5], new long[5]);
        index.Search(query, 5, distances, labels);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            index.Search(query, 5, distances, labels);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static FaissIndex Filled(string kind, MetricType metric, out float[] vectors)
    {
        Native.Require();
        vectors = TestData.Uniform(Size, 8);
        var index = FaissIndex.Create(8, kind, metric);
        index.Train(vectors);
        if (kind.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(vectors, [.. Enumerable.Range(0, Size).Select(i => (long)i)]);
        }
        else
        {
            index.Add(vectors);
        }

        return index;
    }

    private static IndexFlatL2 Flat(int dimension) => new(dimension);
}
