namespace FaissSdk.Tests.Indexes;

public sealed class IndexBinaryTests : IDisposable
{
    private const int Size = 200;
    private const int Dimension = 64;
    private const int K = 5;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds() => ["BFlat", "BFromFloat", "BIVF16", "BHNSW8", "BHash8", "BHash2x8", "IDMap,BFlat", "IDMap2,BFlat"];

    /// <summary>Those that compare a query with every vector.</summary>
    public static TheoryData<string> ExactKinds() => ["BFlat", "BFromFloat", "BIVF16", "IDMap,BFlat", "IDMap2,BFlat"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(ExactKinds))]
    public void Exact_kinds_find_the_nearest(string kind)
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

                // Many are equally far at d = 8: only the distances are determined.
                Assert.Equal(distances.Order().Take(K), result[query].Distances.ToArray());
                Assert.Equal(K, result[query].Ids.ToArray().Distinct().Count());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Vectors_are_found_again(string kind)
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

        // A graph of equal vectors may fall into parts.
        Assert.All(result.Distances.ToArray(), distance => Assert.True(distance == 0 || kind == "BHNSW8"));
        Assert.True(kind == "BHNSW8" || result.Ids.ToArray().Order().SequenceEqual(Enumerable.Range(0, 40).Select(i => i + OffsetOf(index, kind))));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Beyond_the_last_vector_labels_are_minus_one(string kind)
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
    public void Neighbors_are_gone_through_without_allocation()
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
    public void A_saved_index_is_the_same_when_loaded(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        var path = _folder.File("index ä.faiss");
        index.Save(path);
        using var loaded = IndexBinary.Load(path);
        Assert.Equal(index.GetType(), loaded.GetType());
        Assert.Equal((index.Count, index.Dimension, index.IsTrained), (loaded.Count, loaded.Dimension, loaded.IsTrained));
        var (expected, actual) = (index.Search(vectors, K), loaded.Search(vectors, K));
        Assert.Equal(expected.Ids, actual.Ids);
        Assert.Equal(expected.Distances, actual.Distances);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_truncated_file_is_refused(string kind)
    {
        using var index = BinaryVectors.Index(kind, Dimension, BinaryVectors.Random(50, Dimension), _folder.Path);
        var path = _folder.File("whole");
        index.Save(path);
        var bytes = File.ReadAllBytes(path);
        var cut = _folder.File("cut");
        foreach (var length in new[] { 0, 3, 4, 20, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(cut, bytes[..length]);
            Assert.Contains(cut, Assert.Throws<FaissException>(() => IndexBinary.Load(cut)).Message);
        }
    }

    [Fact]
    public void Files_that_hold_no_binary_index_are_refused()
    {
        Tests.Native.Require();
        var path = _folder.File("float");
        using var floats = new IndexFlatL2(8);
        floats.Save(path);
        Assert.Throws<FaissException>(() => IndexBinary.Load(path));
        Assert.Throws<FileNotFoundException>(() => IndexBinary.Load(path + ".absent"));
        Assert.Throws<UnauthorizedAccessException>(() => IndexBinary.Load(_folder.Path));
        Assert.Throws<ArgumentException>(() => IndexBinary.Load(""));
        Assert.Throws<ArgumentOutOfRangeException>(() => IndexBinary.Load(path, (IndexReadOptions)8));
        Assert.Throws<ArgumentOutOfRangeException>(() => IndexBinary.Load(path, (IndexReadOptions)1));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_range_search_finds_what_is_nearer_than_the_radius(string kind)
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
    public void Vectors_are_given_back_or_refused(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        var offset = OffsetOf(index, kind);
        foreach (var label in new[] { -1L, long.MinValue })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct(label));
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct(label, 2));
        }

        foreach (var label in new[] { offset + Size, 1L << 40, long.MaxValue })
        {
            var error = Assert.ThrowsAny<Exception>(() => index.Reconstruct(label));
            Assert.True(error is ArgumentOutOfRangeException or FaissException, error.ToString());
            error = Assert.ThrowsAny<Exception>(() => index.Reconstruct(label - 1, 2));
            Assert.True(error is ArgumentOutOfRangeException or FaissException, error.ToString());
        }

        Assert.Throws<ArgumentException>(() => index.Reconstruct(offset, new byte[7]));
        Assert.Throws<ArgumentException>(() => index.ReconstructRange(offset, new byte[7]));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct(0, -1));
        if (kind is "BFlat" or "BHNSW8" or "IDMap2,BFlat")
        {
            Assert.Equal(vectors[80..88], index.Reconstruct(offset + 10));
            Assert.Equal(vectors, index.Reconstruct(offset, Size));
            Assert.Equal(vectors[8..24], index.Reconstruct(offset + 1, 2));
        }
        else
        {
            Assert.Throws<FaissException>(() => index.Reconstruct(offset + 10));
            if (kind == "BIVF16")
            {
                Assert.Equal(vectors, index.Reconstruct(0, Size));
                Assert.Equal(vectors[8..24], index.Reconstruct(1, 2));
            }
            else
            {
                Assert.Throws<FaissException>(() => index.Reconstruct(offset, 2));
            }
        }

        Assert.Empty(index.Reconstruct(offset, 0));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Vectors_are_removed_or_that_is_refused(string kind)
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

    [Fact]
    public void An_ID_map_of_lists_removes_nothing()
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
    public void Vectors_are_added_to_what_is_there(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        var more = BinaryVectors.Random(10, Dimension, seed: 3);
        using var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        var map = kind.StartsWith("IDMap", StringComparison.Ordinal);
        long[] labels = [.. Enumerable.Range(5000, 10).Select(i => (long)i)];

        // None at all is nothing to fail at.
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
    public void Lengths_that_do_not_fit_are_refused(string kind)
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
        Assert.Throws<ArgumentException>(() => index.Assign(query, labels, 2));
        foreach (var k in new[] { 0, -1, int.MinValue })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(query, k));
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(query, k, distances, labels));
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Assign(query, k));
            Assert.Throws<ArgumentOutOfRangeException>(() => index.Assign(query, labels, k));
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
    public void After_dispose_every_member_says_so(string kind)
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
        Assert.Throws<ObjectDisposedException>(() => index.Reconstruct(0, 1));
        Assert.Throws<ObjectDisposedException>(() => index.Clone());
        Assert.Throws<ObjectDisposedException>(() => index.Save(_folder.File("x")));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Disposed_while_it_is_searched_it_lives_until_the_search_is_done(string kind)
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

    [Theory]
    [InlineData("BFlat")]
    [InlineData("BIVF16")]
    [InlineData("BHNSW8")]
    public void A_clone_knows_nothing_of_the_original(string kind)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        var index = BinaryVectors.Index(kind, Dimension, vectors, _folder.Path);
        Assert.SkipUnless(FaissLibrary.Supports("faiss_clone_index_binary"), "This FAISS clones no binary index.");
        using var clone = index.Clone();
        var expected = index.Search(vectors, K).Ids.ToArray();
        index.Add(vectors);
        Assert.Equal((Size, 2 * Size), (clone.Count, index.Count));
        index.Dispose();
        Assert.Equal(index.GetType(), clone.GetType());
        Assert.Equal(expected, clone.Search(vectors, K).Ids.ToArray());
        clone.Add(vectors);
        Assert.Equal(2 * Size, clone.Count);
    }

    [Theory]
    [InlineData("BHash8")]
    [InlineData("BHash2x8")]
    [InlineData("IDMap,BFlat")]
    public void What_cannot_be_cloned_is_refused(string kind)
    {
        using var index = BinaryVectors.Index(kind, Dimension, BinaryVectors.Random(Size, Dimension), _folder.Path);
        var error = Assert.ThrowsAny<Exception>(() => index.Clone());
        Assert.True(FaissLibrary.Supports("faiss_clone_index_binary") ? error is FaissException : error is NotSupportedException, error.ToString());
    }

    [Theory]
    [InlineData("BFlat4")]
    [InlineData("Flat")]
    [InlineData("BIVF")]
    [InlineData("BIVF0")]
    [InlineData("BIVF-1")]
    [InlineData("BIVF4abc")]
    [InlineData("BIVF4_HNSW")]
    [InlineData("BIVF4_HNSW1")]
    [InlineData("BIVF16777217")]
    [InlineData("BIVF99999999999999999999")]
    [InlineData("BHNSW0")]
    [InlineData("BHNSW1")]
    [InlineData("BHNSW-1")]
    [InlineData("BHNSW2000000000")]
    [InlineData("BHash0")]
    [InlineData("BHash64")]
    [InlineData("BHash-2")]
    [InlineData("BHash0x8")]
    [InlineData("BHash2x0")]
    [InlineData("BHash9x8")]
    [InlineData("BHash65536x65536")]
    [InlineData("IDMap,IDMap,BFlat")]
    [InlineData("IDMap,BFlat,IDMap2")]
    [InlineData("BFlat\n")]
    [InlineData("BFlat\0")]
    [InlineData(" ")]
    public void Descriptions_that_FAISS_fails_with_are_refused(string description)
    {
        Assert.Throws<ArgumentException>(() => IndexBinary.Create(64, description));
    }

    [Fact]
    public void A_description_is_refused_for_its_length()
    {
        Assert.Throws<ArgumentException>(() => IndexBinary.Create(64, "IDMap," + new string('x', 50_000)));
        Assert.Throws<ArgumentNullException>(() => IndexBinary.Create(64, null!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-8)]
    [InlineData(7)]
    [InlineData(9)]
    public void Dimensions_that_are_no_multiple_of_8_are_refused(int dimension)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => IndexBinary.Create(dimension, "BFlat"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexBinaryFlat(dimension));
    }

    [Fact]
    public void Without_the_factory_making_one_is_not_supported()
    {
        Tests.Native.Require();
        Assert.SkipWhen(FaissLibrary.Supports("faiss_index_binary_factory"), "This FAISS has it.");
        Assert.Throws<NotSupportedException>(() => IndexBinary.Create(8, "BFlat"));
    }

    [Theory]
    [InlineData("BHash8", 8)]
    [InlineData("BHash63", 64)]
    [InlineData("BHash8x8", 64)]
    [InlineData("BHNSW2", 8)]
    [InlineData("BIVF1", 8)]
    [InlineData("BIVF4_HNSW2", 8)]
    [InlineData("BFlat,IDMap2", 8)]
    public void Descriptions_at_the_bounds_work(string description, int dimension)
    {
        using var index = Create(dimension, description);
        var vectors = BinaryVectors.Random(Size, dimension);
        index.Train(vectors);
        AddAll(index, vectors);
        Assert.Equal(Size, index.Count);
        Assert.Equal(0, index.Search(vectors.AsSpan(0, dimension / 8), 1).Distances[0]);
    }

    [Fact]
    public void An_untrained_index_says_so()
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

    [Fact]
    public void Parameters_select_what_is_searched()
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var flat = Create(Dimension, "BFlat");
        flat.Add(vectors);
        Assert.SkipUnless(FaissLibrary.Supports("faiss_IndexBinary_search_with_params"), "This FAISS takes no parameters.");
        using var selector = new IDSelectorRange(100, 1000);
        using var parameters = new SearchParameters(selector);
        Assert.All(flat.Search(vectors, K, parameters).Ids.ToArray(), label => Assert.InRange(label, 100, Size - 1));
        using var none = new IDSelectorRange(5, 5);
        using var nothing = new SearchParameters(none);
        Assert.All(flat.Search(vectors, K, nothing).Ids.ToArray(), label => Assert.Equal(-1, label));

        using var graph = Create(Dimension, "BHNSW8");
        graph.Add(vectors);
        using var efSearch = new SearchParametersHNSW(selector, 64);
        Assert.All(graph.Search(vectors, K, efSearch).Ids.ToArray(), label => Assert.True(label is -1 or >= 100));
        Assert.Throws<FaissException>(() => graph.Search(vectors, K, parameters));

        using var map = Create(Dimension, "IDMap,BFlat");
        AddAll(map, vectors);
        Parallel.For(0, 8, _ => Assert.All(map.Search(vectors, K, parameters).Ids.ToArray(), label => Assert.InRange(label, 100, Size - 1)));

        using var hash = Create(Dimension, "BHash8");
        hash.Add(vectors);
        Assert.Throws<FaissException>(() => hash.Search(vectors, K, parameters));
    }

    [Fact]
    public void Parameters_are_set_by_name()
    {
        using var index = Create(Dimension, "BIVF16_HNSW8");
        Assert.SkipUnless(FaissLibrary.Supports("faiss_ParameterSpace_set_index_parameter_binary"), "This FAISS sets no parameters of binary indexes.");
        index.SetParameter("nprobe", 7);
        Assert.Equal(7, ((IndexBinaryIVF)index).NProbe);
        index.SetParameter("efSearch", 32);
        index.SetParameter("max_codes", 100);
        Assert.Equal(100, ((IndexBinaryIVF)index).MaxCodes);
        Assert.Throws<FaissException>(() => index.SetParameter("use_heap", 1));
        Assert.Throws<ArgumentException>(() => index.SetParameter("", 1));
        foreach (var value in new[] { 0, -1, double.NaN, double.PositiveInfinity, 1e10 })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => index.SetParameter("nprobe", value));
        }

        using var space = new ParameterSpace();
        space.SetIndexParameters(index, "nprobe=3,max_codes=50");
        Assert.Equal((3, 50), (((IndexBinaryIVF)index).NProbe, ((IndexBinaryIVF)index).MaxCodes));
        space.SetIndexParameters(index, 0);
        Assert.Throws<ArgumentException>(() => space.SetIndexParameters(index, "nprobe"));
        Assert.Throws<ArgumentOutOfRangeException>(() => space.SetIndexParameters(index, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => space.SetIndexParameters(index, "nprobe=0"));
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => space.SetIndexParameters(index, "nprobe=3"));
        Assert.Throws<ObjectDisposedException>(() => index.SetParameter("nprobe", 1));
    }

    [Theory]
    [InlineData(IndexReadOptions.Mmap)]
    [InlineData(IndexReadOptions.Mmap | IndexReadOptions.ReadOnly)]
    public void Mapped_lists_are_searched_and_not_changed(IndexReadOptions options)
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = IndexBinary.Load(BinaryVectors.Write("BIVF16", Dimension, vectors, _folder.Path), options);
        using var selector = new IDSelectorRange(0, 1);
        Assert.Equal(0, index.Search(vectors, 1).Distances.ToArray().Max());
        Assert.Equal(vectors, index.Reconstruct(0, Size));
        Assert.Throws<InvalidOperationException>(() => index.Train(vectors));
        Assert.Throws<InvalidOperationException>(() => index.Add(vectors));
        Assert.Throws<InvalidOperationException>(() => index.AddWithIds(vectors, new long[Size]));
        Assert.Throws<InvalidOperationException>(() => index.Remove(selector));
        Assert.Throws<InvalidOperationException>(() => index.Reset());
        Assert.Throws<InvalidOperationException>(() => index.Save(_folder.File("copy")));
        Assert.ThrowsAny<Exception>(() => index.Clone());
    }

    [Fact]
    public void Mapping_changes_nothing_for_what_holds_no_lists()
    {
        var vectors = BinaryVectors.Random(Size, Dimension);
        using var index = IndexBinary.Load(BinaryVectors.Write("BFlat", Dimension, vectors, _folder.Path), IndexReadOptions.Mmap);
        Assert.IsType<IndexBinaryFlat>(index);
        index.Add(vectors);
        index.Save(_folder.File("copy"));
        Assert.Equal(2 * Size, index.Count);
    }

    private static IndexBinary Create(int dimension, string description)
    {
        Tests.Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_index_binary_factory"), "This FAISS makes no binary index.");
        return IndexBinary.Create(dimension, description);
    }

    private static void AddAll(IndexBinary index, byte[] vectors)
    {
        if (index.Kind.IsIDMap)
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
        index.Kind.IsIDMap && kind.StartsWith("IDMap", StringComparison.Ordinal) && FaissLibrary.Supports("faiss_index_binary_factory") ? 1000 : 0;
}
