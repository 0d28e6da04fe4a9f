namespace FaissSdk.Tests.Indexes;

public sealed class FaissIndexTests : IDisposable
{
    // 39 for each of 16 lists, fewer than which FAISS warns of.
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
    public void Vectors_are_found_again(string kind, MetricType metric)
    {
        using var index = Filled(kind, metric, out var vectors);
        Assert.Equal(Size, index.Count);
        Assert.Equal(metric, index.Metric);
        var result = index.Search(vectors, 5);
        Assert.Equal(Size, result.QueryCount);
        Assert.All(result.Ids.ToArray(), label => Assert.InRange(label, -1, Size - 1));

        // The greatest inner product need not be with itself, and eight bits of LSH do not tell so many apart.
        if (metric != MetricType.InnerProduct && kind != "LSH")
        {
            var found = Enumerable.Range(0, Size).Count(i => result[i].Any(neighbor => neighbor.Id == i));
            Assert.True(found > 0.6 * Size, $"{found} of {Size}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_saved_index_is_the_same_when_loaded(string kind, MetricType metric)
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
    public void A_truncated_file_is_refused(string kind, MetricType metric)
    {
        using var index = Filled(kind, metric, out _);
        var path = _folder.File("whole");
        index.Save(path);
        var bytes = File.ReadAllBytes(path);
        var cut = _folder.File("cut");
        foreach (var length in new[] { 0, 3, 4, 20, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(cut, bytes[..length]);
            Assert.Contains(cut, Assert.Throws<FaissException>(() => FaissIndex.Load(cut)).Message);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Beyond_the_last_vector_labels_are_minus_one(string kind, MetricType metric)
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
    [MemberData(nameof(Kinds))]
    public void Labels_that_are_not_there_are_refused(string kind, MetricType metric)
    {
        using var index = Filled(kind, metric, out _);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct(-1));
        var error = Assert.ThrowsAny<Exception>(() => index.Reconstruct(1L << 40));
        Assert.True(error is ArgumentOutOfRangeException or FaissException, error.ToString());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void After_dispose_every_member_says_so(string kind, MetricType metric)
    {
        var index = Filled(kind, metric, out var vectors);
        index.Dispose();
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Count);
        Assert.Throws<ObjectDisposedException>(() => index.IsTrained);
        Assert.Throws<ObjectDisposedException>(() => index.Train(vectors));
        Assert.Throws<ObjectDisposedException>(() => index.Add(vectors));
        Assert.Throws<ObjectDisposedException>(() => index.AddWithIds(vectors, new long[Size]));
        Assert.Throws<ObjectDisposedException>(() => index.Search(vectors, 1));
        Assert.Throws<ObjectDisposedException>(() => index.RangeSearch(vectors, 1));
        Assert.Throws<ObjectDisposedException>(index.Reset);
        Assert.Throws<ObjectDisposedException>(() => index.Reconstruct(0));
        Assert.Contains(index.GetType().Name, Assert.Throws<ObjectDisposedException>(() => index.Save(_folder.File("x"))).ObjectName);
        Assert.Empty(_folder.Names);
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
    public void Inner_products_are_found_greatest_first()
    {
        Native.Require();
        using var index = new IndexFlatIP(2);
        index.Add([1, 0, 0, 1, 2, 2]);
        var result = index.Search([1, 0.5f], 3);
        Assert.Equal([2L, 0, 1], result.Ids);
        Assert.Equal([3f, 1, 0.5f], result.Distances);
    }

    [Fact]
    public void Range_search_finds_all_within_the_radius()
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
    public void Labels_of_the_callers_are_kept()
    {
        Native.Require();
        using var index = FaissIndex.Create(2, "IDMap2,Flat");
        index.AddWithIds([0, 0, 5, 5], [long.MaxValue, 7]);
        Assert.Equal([7L, long.MaxValue], index.Search([4, 4], 2).Ids);
        Assert.Equal([5f, 5], index.Reconstruct(7));
        Assert.Contains("add_with_ids", Assert.Throws<FaissException>(() => Flat(2).AddWithIds([1, 1], [3])).Message);
    }

    [Fact]
    public void Reconstruct_gives_the_vector_back()
    {
        Native.Require();
        using var index = Flat(3);
        index.Add([1, 2, 3, 4, 5, 6]);
        Assert.Equal([4f, 5, 6], index.Reconstruct(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct(2));
        Assert.Equal("vector", Assert.Throws<ArgumentException>(() => index.Reconstruct(1, new float[2])).ParamName);
    }

    [Fact]
    public void Create_returns_the_most_specific_type()
    {
        Native.Require();
        using var flat = FaissIndex.Create(4, "Flat");
        using var inner = FaissIndex.Create(4, "Flat", MetricType.InnerProduct);
        using var l1 = FaissIndex.Create(4, "Flat", MetricType.L1);
        using var ivf = FaissIndex.Create(4, "IVF4,Flat");
        Assert.IsType<IndexFlatL2>(flat);
        Assert.IsType<IndexFlatIP>(inner);
        Assert.IsType<IndexFlat>(l1);
        Assert.IsNotType<IndexFlat>(ivf, exactMatch: false);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("Flat\0")]
    public void An_empty_description_is_refused(string description)
    {
        Native.Require();
        Assert.Equal("description", Assert.Throws<ArgumentException>(() => FaissIndex.Create(4, description)).ParamName);
    }

    // Each of these ends the process in FAISS 1.7.3, some of them in 1.15.0.
    [Theory]
    [InlineData("IVF0,Flat", "character 4")]
    [InlineData("PQ0x4", "character 3")]
    [InlineData("PQ4x0", "character 5")]
    [InlineData("IVF4,PQ4x4fs_0", "character 14")]
    [InlineData("IVF4(PQ0),Flat", "character 8")]
    [InlineData("OPQ0,PQ4x4", "character 4")]
    [InlineData("HNSW0", "character 5")]
    [InlineData("HNSW1", "HNSW1")]
    [InlineData("IVF4_HNSW1,Flat", "HNSW1")]
    [InlineData("NSG00", "'00'")]
    [InlineData("RQ2x0", "character 5")]
    [InlineData("LSQ0x4", "character 4")]
    public void A_description_with_a_count_of_zero_is_refused(string description, string place)
    {
        Native.Require();
        var error = Assert.Throws<ArgumentException>(() => FaissIndex.Create(8, description));
        Assert.Contains(description, error.Message);
        Assert.Contains(place, error.Message);
    }

    [Fact]
    public void A_value_that_is_no_metric_is_refused()
    {
        Native.Require();
        Assert.Equal("metric", Assert.Throws<ArgumentOutOfRangeException>(() => FaissIndex.Create(8, "Flat", (MetricType)99)).ParamName);
        Assert.Equal("metric", Assert.Throws<ArgumentOutOfRangeException>(() => new IndexFlat(8, (MetricType)(-1))).ParamName);
        Assert.Contains("exponent", Assert.Throws<ArgumentOutOfRangeException>(() => new IndexFlat(8, MetricType.Lp)).Message);
    }

    [Theory]
    [InlineData("IVF4,Flat")]
    [InlineData("IVF4,SQ8")]
    [InlineData("IVF4,PQ4x4")]
    [InlineData("PCA4,IVF4,Flat")]
    [InlineData("IVF4,Flat,RFlat")]
    public void Searching_inverted_lists_by_a_rare_metric_does_not_end_the_process(string description)
    {
        Native.Require();
        var vectors = TestData.Uniform(Size, 8);
        using var index = FaissIndex.Create(8, description, MetricType.L1);
        index.Train(vectors);
        var error = Record.Exception(() => index.Search(vectors, 1));
        Assert.True(error is null or FaissException or NotSupportedException, error?.ToString());
        if (error is NotSupportedException)
        {
            Assert.Contains("by L1 needs FAISS 1.15.0 or later", error.Message);
            Assert.Throws<NotSupportedException>(() => index.RangeSearch(vectors, 1));
        }
    }

    [Fact]
    public void An_unknown_description_is_refused_in_the_words_of_FAISS()
    {
        Native.Require();
        var error = Assert.Throws<FaissException>(() => FaissIndex.Create(4, "Nonsense77"));
        Assert.Contains("Nonsense77", error.Message);
        Assert.Equal(FaissErrorCode.Faiss, error.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void A_dimension_that_is_not_positive_is_refused(int dimension)
    {
        Native.Require();
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexFlatL2(dimension));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexFlatIP(dimension));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexFlat(dimension, MetricType.L1));
        Assert.Contains($"{dimension}", Assert.Throws<ArgumentOutOfRangeException>(() => FaissIndex.Create(dimension, "Flat")).Message);
    }

    [Fact]
    public void Lengths_that_do_not_fit_name_the_argument()
    {
        Native.Require();
        using var index = Flat(3);
        index.Add([1, 2, 3]);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Add([1, 2])).ParamName);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Train([1, 2])).ParamName);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Train([])).ParamName);
        Assert.Equal("ids", Assert.Throws<ArgumentException>(() => index.AddWithIds([1, 2, 3], [1, 2])).ParamName);
        Assert.Equal("queries", Assert.Throws<ArgumentException>(() => index.Search([1, 2], 1)).ParamName);
        Assert.Equal("k", Assert.Throws<ArgumentOutOfRangeException>(() => index.Search([1, 2, 3], 0)).ParamName);
        Assert.Equal("distances", Assert.Throws<ArgumentException>(() => index.Search([1, 2, 3], 2, new float[1], new long[2])).ParamName);
        Assert.Equal("labels", Assert.Throws<ArgumentException>(() => index.Search([1, 2, 3], 2, new float[2], new long[3])).ParamName);
        Assert.Equal("queries", Assert.Throws<ArgumentException>(() => index.RangeSearch([1, 2], 1)).ParamName);
        Assert.Equal("radius", Assert.Throws<ArgumentOutOfRangeException>(() => index.RangeSearch([1, 2, 3], float.NaN)).ParamName);
    }

    [Theory]
    [InlineData("IVF16,Flat")]
    [InlineData("PQ4x4")]
    [InlineData("SQ8")]
    [InlineData("PCA4,Flat")]
    [InlineData("IVF4,PQ4x4fs")]
    public void An_untrained_index_neither_adds_nor_searches(string kind)
    {
        Native.Require();
        using var index = FaissIndex.Create(8, kind);
        Assert.False(index.IsTrained);
        Assert.Contains("Train", Assert.Throws<InvalidOperationException>(() => index.Add(new float[8])).Message);
        Assert.Throws<InvalidOperationException>(() => index.Search(new float[8], 1));
        Assert.Throws<InvalidOperationException>(() => index.RangeSearch(new float[8], 1));
    }

    [Fact]
    public void Training_on_fewer_vectors_than_lists_is_refused_in_the_words_of_FAISS()
    {
        Native.Require();
        using var index = FaissIndex.Create(8, "IVF16,Flat");
        Assert.Contains("16", Assert.Throws<FaissException>(() => index.Train(new float[8 * 5])).Message);
    }

    [Fact]
    public void NaN_is_passed_through()
    {
        Native.Require();
        using var index = Flat(2);
        index.Add([float.NaN, 1, 0, 0]);
        Assert.True(float.IsNaN(index.Reconstruct(0)[0]));
        Assert.Equal(1, index.Search([0, 0], 1).Ids[0]);
    }

    [Fact]
    public async Task Dispose_waits_for_searches_on_other_threads()
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
    public void A_search_of_an_emptied_index_finds_nothing(string kind, MetricType metric)
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
    public void A_search_of_an_index_that_FAISS_leaves_half_emptied_finds_nothing(string kind)
    {
        using var index = Filled(kind, MetricType.L2, out var vectors);
        index.Reset();
        Assert.Equal(-1, index.Search(vectors.AsSpan(0, 240), 2).Ids.ToArray().Max());
    }

    [Fact]
    public void More_neighbours_than_there_are_are_padded_at_no_cost()
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
    public void A_query_that_is_no_number_finds_nothing()
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
    [InlineData("IVF4,Flat", float.NaN)]
    [InlineData("IVF4,Flat", 1e30f)]
    [InlineData("IVF4,SQ8", float.PositiveInfinity)]
    [InlineData("PQ4x4", 1e20f)]
    [InlineData("PCA4,IVF4,Flat", float.NaN)]
    public void Encoding_indexes_refuse_vectors_that_no_code_is_nearest_to(string kind, float component)
    {
        using var index = Filled(kind, MetricType.L2, out var vectors);
        Array.Fill(vectors, component, 0, 8 * 30);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Add(vectors)).ParamName);
        Assert.Equal("vectors", Assert.Throws<ArgumentException>(() => index.Train(vectors)).ParamName);
        Assert.Throws<ArgumentException>(() => index.AddWithIds(vectors, new long[Size]));
        Assert.Equal(Size, index.Count);
    }

    [Fact]
    public void Negative_labels_are_refused()
    {
        Native.Require();
        using var index = FaissIndex.Create(2, "IDMap,Flat");
        Assert.Equal("ids", Assert.Throws<ArgumentOutOfRangeException>(() => index.AddWithIds([0, 0, 1, 1], [7, -5])).ParamName);
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void Labels_are_refused_where_FAISS_takes_them_for_positions()
    {
        Native.Require();
        using var index = FaissIndex.Create(8, "IVF4,PQ4+4");
        Assert.Contains("PQ4+4", Assert.Throws<NotSupportedException>(() => index.AddWithIds(new float[8], [1L << 40])).Message);
    }

    [Fact]
    public void NSG_is_refused_where_it_fails()
    {
        Native.Require();
        var error = Record.Exception(() => FaissIndex.Create(8, "NSG8").Dispose());
        Assert.True(error is null or NotSupportedException, error?.ToString());
        Assert.True(error is null == (Version.TryParse(FaissLibrary.Info.Version, out var version) && version >= new Version(1, 15, 0)));
    }

    [Fact]
    public void A_description_beyond_the_parser_is_refused()
    {
        Native.Require();
        var description = "PCA" + new string('1', 30_000) + ",Flat";
        Assert.Contains("30008 characters", Assert.Throws<ArgumentException>(() => FaissIndex.Create(8, description)).Message);
    }

    [Fact]
    public void An_exception_of_the_CPP_library_is_put_into_words()
    {
        Native.Require();
        var error = Assert.Throws<FaissException>(() => FaissIndex.Create(8, "IVF99999999999,Flat"));
        Assert.Equal(FaissErrorCode.Standard, error.Code);
        Assert.Contains("'IVF99999999999,Flat' of dimension 8: C++ threw", error.Message);
    }

    [Fact]
    public void Probing_all_lists_makes_the_search_exact()
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

    [Fact]
    public void A_parameter_that_does_not_fit_is_refused()
    {
        using var index = Filled("IVF16,Flat", MetricType.L2, out _);
        foreach (var value in new[] { 0, -1, double.NaN, double.PositiveInfinity, 1e10 })
        {
            Assert.Equal("value", Assert.Throws<ArgumentOutOfRangeException>(() => index.SetParameter("nprobe", value)).ParamName);
        }

        Assert.Equal("name", Assert.Throws<ArgumentException>(() => index.SetParameter("", 1)).ParamName);
        Assert.Contains("nonsense", Assert.Throws<FaissException>(() => index.SetParameter("nonsense", 1)).Message);
    }

    [Fact]
    public void Searching_into_spans_allocates_nothing()
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
