using System.Diagnostics;
using System.Runtime.InteropServices;
using FaissSdk.Tests.Files;

namespace FaissSdk.Tests.Indexes;

/// <summary>What holds for every kind of index.</summary>
public sealed class IndexContractTests(FilledIndexes filled) : IClassFixture<FilledIndexes>
{
    private const int Size = IndexKind.Size;
    private const int K = 10;

    public static TheoryData<string> Kinds => IndexRegistry.Names;

    public static TheoryData<string> OneDimensional => [.. IndexRegistry.All.Where(kind => kind.TakesOneDimension || kind.Components == 1).Select(kind => kind.Name)];

    [Fact]
    public void The_registry_has_every_float_index_of_the_files_that_can_be_searched()
    {
        var files = IndexFiles.All.Where(file => !file.IsBinary && file.Count is not (0 or 3) && !file.Description.StartsWith("Residual", StringComparison.Ordinal));
        Assert.All(files, file => Assert.Contains(IndexRegistry.All, kind => kind.Description == file.Description && kind.Metric == file.Metric));
        Assert.Distinct(IndexRegistry.All.Select(kind => kind.Name));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Counts_and_shapes_fit(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        Assert.Equal((kind.Components, kind.Metric, Size, true), (index.Dimension, index.Metric, index.Count, index.IsTrained));
        var result = index.Search(kind.Vectors(7, 2), 3);
        Assert.Equal((7, 3, 21, 21), (result.QueryCount, result.K, result.Ids.Length, result.Distances.Length));
        Assert.Equal((0, 3), (index.Search([], 3).QueryCount, index.Search([], 3).K));
        Assert.Equal(14, index.Assign(kind.Vectors(7, 2), 2).Length);
        Assert.Empty(index.Assign([]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_does_not_fit_names_the_argument(string name)
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
        Assert.Equal("labels", Assert.Throws<ArgumentException>(() => index.Search(query, 2, new float[2], new long[3])).ParamName);
        Assert.Equal("labels", Assert.Throws<ArgumentException>(() => index.Assign(query, new long[2])).ParamName);
        Assert.Equal("radius", Assert.Throws<ArgumentOutOfRangeException>(() => index.RangeSearch(query, float.NaN)).ParamName);
        Assert.Equal("vector", Assert.Throws<ArgumentException>(() => index.Reconstruct(0, new float[kind.Components + 1])).ParamName);
        Assert.Throws<ArgumentNullException>(() => index.Remove(null!));
        Assert.Equal(Size, index.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Results_that_share_memory_are_refused(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var query = kind.Vectors(1, 2);
        var memory = new long[16 + query.Length];
        Assert.Equal("labels", Assert.Throws<ArgumentException>(() => index.Search(query, 3, MemoryMarshal.Cast<long, float>(memory.AsSpan())[5..8], memory.AsSpan(0, 3))).ParamName);
        Assert.Equal("distances", Assert.Throws<ArgumentException>(() => index.Search(query, 1, query.AsSpan(0, 1), memory.AsSpan(0, 1))).ParamName);
        Assert.Equal("labels", Assert.Throws<ArgumentException>(() =>
            index.Search(MemoryMarshal.Cast<long, float>(memory)[..query.Length], 1, new float[1], memory.AsSpan(0, 1))).ParamName);
        Assert.Equal("labels", Assert.Throws<ArgumentException>(() => index.Assign(MemoryMarshal.Cast<long, float>(memory)[..query.Length], memory.AsSpan(0, 1))).ParamName);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Before_training_nothing_is_added_or_found(string name)
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
    public void An_index_can_be_saved_before_it_is_trained(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.Make();
        if (!made.Index.IsTrained && Record.Exception(() => made.Index.Serialize()) is InvalidOperationException error)
        {
            Assert.Contains("not trained", error.Message);
            return;
        }

        AssertSaves(kind, made.Index, loaded => Assert.Equal((made.Index.IsTrained, 0, kind.Components), (loaded.IsTrained, loaded.Count, loaded.Dimension)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_empty_index_finds_nothing(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeTrained();
        foreach (var (queries, k) in new[] { (1, 1), (30, 1), (30, 3) })
        {
            Assert.All(made.Index.Search(kind.Vectors(queries, 2), k).Ids.ToArray(), label => Assert.Equal(-1, label));
            Assert.All(made.Index.Assign(kind.Vectors(queries, 2), k), label => Assert.Equal(-1, label));
        }

        if (kind.Can(IndexAbilities.RangeSearch))
        {
            var found = made.Index.RangeSearch(kind.Vectors(3, 2), 1);
            Assert.Equal((3, 0), (found.QueryCount, found.TotalCount));
        }

        Assert.NotNull(Record.Exception(() => made.Index.Reconstruct(0)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Beyond_the_last_vector_labels_are_minus_one(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var result = index.Search(kind.Vectors(3, 2), Size + 5);
        foreach (var labels in result.Ids.ToArray().Chunk(Size + 5))
        {
            Assert.All(labels[Size..], label => Assert.Equal(-1, label));
            Assert.All(labels, label => Assert.InRange(label, -1, Size - 1));
            Assert.Distinct(labels.Where(label => label >= 0));
        }

        var nothing = kind.Metric == MetricType.InnerProduct ? float.MinValue : float.MaxValue;
        Assert.All(result.Distances[^5..].ToArray(), distance => Assert.Equal(nothing, distance));
        Assert.Equal(result.Ids, index.Assign(kind.Vectors(3, 2), Size + 5));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void As_many_neighbours_as_there_are_are_all_vectors(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var result = filled.Get(kind).Search(kind.Vectors(3, 2), Size);
        if (kind.IsExact)
        {
            Assert.All(result.Ids.ToArray().Chunk(Size), labels => Assert.Equal(Enumerable.Range(0, Size).Select(i => (long)i), labels.Order()));
        }

        Assert.True(result.Ids.ToArray().Count(label => label >= 0) > Size / 2);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_nearest_are_found(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var (vectors, queries) = (kind.Vectors(Size), kind.Vectors(40, 2));
        var result = filled.Get(kind).Search(queries, K);
        if (kind.IsExact)
        {
            AssertNearest(kind, vectors, queries, result, kind.Components);
        }

        Assert.InRange(Recall(kind, vectors, queries, result), kind.MinRecall, 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Among_duplicates_the_nearest_are_found(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        Assert.SkipWhen(name.StartsWith("NSG", StringComparison.Ordinal), "FAISS never ends linking many equal vectors.");
        var vectors = TestData.Duplicates(Size, kind.Components, 12);
        using var made = kind.MakeFilled(vectors);
        var queries = TestData.Integers(30, kind.Components, 3);
        var result = made.Index.Search(queries, K);
        Assert.All(result.Ids.ToArray().Chunk(K), labels => Assert.Distinct(labels.Where(label => label >= 0)));
        if (kind.IsExact)
        {
            // Of small integers every distance is exact.
            var all = Distances(kind, vectors, queries, kind.Components);
            for (var i = 0; i < 30; i++)
            {
                Assert.Equal(all[i].Order().Take(K), result.Distances.Slice(i * K, K).ToArray().Select(kind.Signed));
                Assert.Equal(all[i].Order().Take(K), result.Ids.Slice(i * K, K).ToArray().Select(label => all[i][label]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(OneDimensional))]
    public void Numbers_are_vectors_of_one_dimension(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.Make(1);
        var (vectors, queries) = (kind.Vectors(Size, 1, 1), kind.Vectors(20, 2, 1));
        made.Index.Train(kind.Vectors(IndexKind.TrainingSize, 1, 1));
        kind.Add(made.Index, vectors);
        var result = made.Index.Search(queries, K);
        if (kind.IsExact)
        {
            AssertNearest(kind, vectors, queries, result, 1);
        }
        else
        {
            Assert.All(result.Ids.ToArray(), label => Assert.InRange(label, 0, Size - 1));
        }
    }

    [Theory]
    [InlineData("Flat")]
    [InlineData("Flat by InnerProduct")]
    [InlineData("Flat by L1")]
    public void Vectors_may_be_long(string name)
    {
        const int Dimension = 2000;
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.Make(Dimension);
        var (vectors, queries) = (kind.Vectors(100, 1, Dimension), kind.Vectors(30, 2, Dimension));
        made.Index.Add(vectors);
        AssertNearest(kind, vectors, queries, made.Index.Search(queries, K), Dimension);
        AssertNearest(kind, vectors, queries.AsSpan(0, Dimension), made.Index.Search(queries.AsSpan(0, Dimension), K), Dimension);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Assign_gives_the_labels_of_a_search(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var queries = kind.Vectors(30, 2);
        Assert.Equal(index.Search(queries, 1).Ids, index.Assign(queries));
        Assert.Equal(index.Search(queries, 5).Ids, index.Assign(queries, 5));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_query_that_is_no_number_ends_no_process(string name)
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
    public void Vectors_keep_the_labels_they_are_given(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeTrained();
        var index = made.Index;
        var labels = Enumerable.Range(0, Size).Select(i => 1_000_000_007L * (Size - i)).ToArray();
        if (!kind.Can(IndexAbilities.Ids))
        {
            AssertCannot(() => index.AddWithIds(kind.Vectors(Size), labels));
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
    public void Vectors_are_numbered_or_the_kind_says_that_it_does_not(string name)
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
            AssertCannot(() => made.Index.Add(kind.Vectors(2)));
            Assert.Equal(0, made.Index.Count);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_range_of_vectors_is_removed(string name) => AssertRemoves(name, () => new IDSelectorRange(50, 80), [.. Enumerable.Range(50, 30)]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_batch_of_vectors_is_removed(string name) => AssertRemoves(name, () => new IDSelectorBatch(0, 7, 199, 500), [0, 7, 199]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void All_vectors_are_removed(string name) => AssertRemoves(name, () => new IDSelectorRange(0, 1000), [.. Enumerable.Range(0, Size)]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Vectors_are_given_back(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        if (!kind.Can(IndexAbilities.Reconstruct))
        {
            AssertCannot(() => index.Reconstruct(0));
            return;
        }

        var vectors = kind.Vectors(Size);
        var separate = Enumerable.Range(0, Size).SelectMany(i => index.Reconstruct(i)).ToArray();
        var together = index.Reconstruct(0, Size);
        Assert.All(Enumerable.Range(0, separate.Length), i => Assert.Equal(separate[i], together[i], 1e-5f));
        Assert.True(Array.TrueForAll(separate, float.IsFinite));
        if (kind.IsExact)
        {
            Assert.Equal(vectors, separate);
        }
        else if (kind.MinRecall > 0.6)
        {
            // Nearer than a constant: the variance of what is uniform between 0 and m is m²/12.
            var largest = kind.HoldsBytes ? 127 : 1;
            Assert.InRange(Enumerable.Range(0, separate.Length).Average(i => Math.Pow(separate[i] - vectors[i], 2)), 0, largest * largest / 12.0);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => index.Reconstruct(-1));
        var error = Assert.ThrowsAny<Exception>(() => index.Reconstruct(Size));
        Assert.True(error is ArgumentOutOfRangeException or FaissException, error.ToString());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Consecutive_vectors_are_given_back_or_refused(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var error = Record.Exception(() => index.Reconstruct(5, 10));
        Assert.True(error is FaissException or NotSupportedException || (error is null), error?.ToString());
        error = Assert.ThrowsAny<Exception>(() => index.Reconstruct(Size - 5, 10));
        Assert.True(error is ArgumentOutOfRangeException or FaissException or NotSupportedException, error.ToString());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void All_within_a_radius_are_found(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var vectors = kind.IsExact ? TestData.Integers(Size, kind.Components) : kind.Vectors(Size);
        var queries = kind.IsExact ? TestData.Integers(5, kind.Components, 3) : kind.Vectors(5, 2);
        if (!kind.Can(IndexAbilities.RangeSearch))
        {
            AssertCannot(() => filled.Get(kind).RangeSearch(queries, 1));
            return;
        }

        using var made = kind.MakeFilled(vectors);
        var radius = made.Index.Search(queries, 20).Distances[19];
        if (kind.Metric != MetricType.InnerProduct)
        {
            radius = Math.Max(radius, 0);
        }

        var found = made.Index.RangeSearch(queries, radius);
        Assert.Equal(5, found.QueryCount);
        var all = Distances(kind, vectors, queries, kind.Components);
        for (var i = 0; i < 5; i++)
        {
            Assert.Distinct(found[i].Ids.ToArray());
            Assert.All(found[i].Ids.ToArray(), label => Assert.InRange(label, 0, Size - 1));
            Assert.All(found[i].Distances.ToArray(), distance => Assert.True(kind.Signed(distance) < kind.Signed(radius), $"{distance} of {radius}"));
            if (kind.IsExact)
            {
                var expected = Enumerable.Range(0, Size).Where(j => all[i][j] < kind.Signed(radius)).Select(j => (long)j);
                Assert.Equal(expected, found[i].Ids.ToArray().Order());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_saved_index_is_the_same_when_loaded(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var queries = kind.Vectors(30, 2);
        AssertSaves(kind, index, loaded =>
        {
            Assert.Equal((index.Count, index.Dimension, index.Metric, index.IsTrained), (loaded.Count, loaded.Dimension, loaded.Metric, loaded.IsTrained));
            var (expected, found) = (index.Search(queries, K), loaded.Search(queries, K));
            Assert.Equal(expected.Ids, found.Ids);
            Assert.Equal(expected.Distances, found.Distances);
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Streams_bytes_and_copies_are_the_same_and_independent(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeFilled();
        var (index, queries) = (made.Index, kind.Vectors(30, 2));
        var before = index.Search(queries, K);
        if (!kind.Can(IndexAbilities.Save))
        {
            AssertCannot(() => index.Serialize());
            AssertCannot(() => index.Save(new MemoryStream()));
            if (index is not IndexFlat1D)
            {
                AssertCannot(() => index.Clone().Dispose());
                return;
            }
        }

        var copies = new List<FaissIndex> { index.Clone() };
        if (kind.Can(IndexAbilities.Save))
        {
            using var stream = new MemoryStream(index.Serialize());
            copies.Add(FaissIndex.Load(stream));
            Assert.Equal(stream.Length, stream.Position);
            copies.Add(FaissIndex.Deserialize(stream.ToArray()));
        }

        if (index is not OtherIndex)
        {
            Assert.Equal(index.GetType(), copies[0].GetType());
        }

        if (!name.StartsWith("NSG", StringComparison.Ordinal) && (IndexKind.IsNewFaiss || !name.Contains("fs_32", StringComparison.Ordinal)))
        {
            kind.Add(copies[0], kind.Vectors(20, 3));
            Assert.Equal(Size, index.Count);
            copies[0].Dispose();
            copies.RemoveAt(0);
        }

        Assert.Equal(before.Ids, index.Search(queries, K).Ids);
        made.Dispose();
        foreach (var copy in copies)
        {
            Assert.Equal(before.Ids, copy.Search(queries, K).Ids);
            Assert.Equal(before.Distances, copy.Search(queries, K).Distances);
            copy.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_loaded_index_can_be_added_to(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        AssertSaves(kind, filled.Get(kind), loaded =>
        {
            if (Record.Exception(() => kind.Add(loaded, [])) is NotSupportedException refused)
            {
                Assert.Contains("additive quantizers from a file", refused.Message);
            }
            else if (!name.StartsWith("NSG", StringComparison.Ordinal))
            {
                kind.Add(loaded, kind.Vectors(20, 3));
                Assert.Equal(Size + 20, loaded.Count);
                Assert.All(loaded.Search(kind.Vectors(20, 3), 3).Ids.ToArray(), label => Assert.InRange(label, 0, Size + 19));
            }
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void After_dispose_every_member_says_so(string name)
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

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Dispose_lets_searches_on_other_threads_finish(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        using var made = kind.MakeFilled();
        var queries = kind.Vectors(5, 2);
        var expected = made.Index.Search(queries, K).Ids.ToArray();
        using var searching = new CountdownEvent(4);
        OnThreads(4, () =>
        {
            var started = Stopwatch.GetTimestamp();
            for (var first = true; ; first = false)
            {
                Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10), "Searches go on after Dispose.");
                try
                {
                    Assert.Equal(expected, made.Index.Search(queries, K).Ids);
                }
                catch (ObjectDisposedException)
                {
                    return;
                }

                if (first)
                {
                    searching.Signal();
                }
            }
        }, () =>
        {
            searching.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            made.Dispose();
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Eight_threads_find_what_one_finds(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var queries = kind.Vectors(20, 2);
        var expected = index.Search(queries, K);
        OnThreads(8, () =>
        {
            for (var round = 0; round < 3; round++)
            {
                var found = index.Search(queries, K);
                Assert.Equal(expected.Ids, found.Ids);
                Assert.Equal(expected.Distances, found.Distances);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Searching_into_spans_allocates_nothing(string name)
    {
        using var single = Native.SingleThread();
        var kind = IndexRegistry.Find(name);
        var index = filled.Get(kind);
        var (query, distances, labels) = (kind.Vectors(1, 2), new float[5], new long[5]);
        index.Search(query, 5, distances, labels);
        index.Assign(query, labels, 5);

        // What the runtime allocates once, such as when it compiles a method again, is not the search's: that would be in every round.
        var least = long.MaxValue;
        for (var round = 0; round < 3 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++)
            {
                index.Search(query, 5, distances, labels);
                index.Assign(query, labels, 5);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

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
        Assert.NotNull(Record.Exception(() => index.Reconstruct(0)));
        kind.Add(index, vectors);
        Assert.Equal(Size, index.Count);
        Assert.InRange(Recall(kind, vectors, queries, index.Search(queries, K)), kind.MinRecall, 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_index_that_another_is_made_of_is_changed_through_that_one_only(string name)
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
    public void Whatever_is_made_of_an_index_holds_it(string name)
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
            AssertCannot(() => index.Remove(selector));
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
                var label = kind.KeepsLabels ? actual[j].Id : left[(int)actual[j].Id];
                Assert.DoesNotContain((int)label, removed);
                var distance = all[i].First(neighbor => neighbor.Id == label).Distance;
                Assert.Equal(distance, actual[j].Distance, 1e-3f * (1 + Math.Abs(distance)));
            }
        }
    }

    private static void AssertSaves(IndexKind kind, FaissIndex index, Action<FaissIndex> check)
    {
        using var folder = new TemporaryFolder();
        if (!kind.Can(IndexAbilities.Save))
        {
            AssertCannot(() => index.Save(folder.File("index")));
            Assert.Empty(folder.Names);
            return;
        }

        index.Save(folder.File("index"));
        using var loaded = FaissIndex.Load(folder.File("index"));
        check(loaded);
    }

    private static void AssertCannot(Action call)
    {
        var error = Record.Exception(call);
        Assert.True(error is FaissException or NotSupportedException, error?.ToString() ?? "There was no exception.");
    }

    /// <summary>Equal distances, and equal labels where no distance ties with another.</summary>
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

    private static double[][] Distances(IndexKind kind, ReadOnlySpan<float> vectors, ReadOnlySpan<float> queries, int dimension)
    {
        var distances = new double[queries.Length / dimension][];
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = new double[vectors.Length / dimension];
            for (var j = 0; j < distances[i].Length; j++)
            {
                distances[i][j] = kind.Distance(queries.Slice(i * dimension, dimension), vectors.Slice(j * dimension, dimension));
            }
        }

        return distances;
    }

    /// <summary>The share of the K nearest that was found, or of others as near.</summary>
    private static double Recall(IndexKind kind, ReadOnlySpan<float> vectors, ReadOnlySpan<float> queries, SearchResult result)
    {
        var all = Distances(kind, vectors, queries, kind.Components);
        var hits = 0;
        for (var i = 0; i < all.Length; i++)
        {
            var farthest = all[i].Order().ElementAt(K - 1) + 1e-5;
            hits += result.Ids.Slice(i * K, K).ToArray().Count(label => label >= 0 && all[i][label] <= farthest);
        }

        return (double)hits / (all.Length * K);
    }

    /// <summary>The nearest in order, each at its distance, but for rounding.</summary>
    private static void AssertNearest(IndexKind kind, ReadOnlySpan<float> vectors, ReadOnlySpan<float> queries, SearchResult result, int dimension)
    {
        var all = Distances(kind, vectors, queries, dimension);
        for (var i = 0; i < all.Length; i++)
        {
            var labels = result.Ids.Slice(i * K, K).ToArray();
            Assert.Distinct(labels);
            var nearest = all[i].Order().Take(K).ToArray();
            for (var j = 0; j < K; j++)
            {
                var label = (int)labels[j];
                Assert.InRange(label, 0, all[i].Length - 1);
                var error = Rounding(kind, queries.Slice(i * dimension, dimension), vectors.Slice(label * dimension, dimension));
                var found = kind.Signed(result.Distances[(i * K) + j]);
                Assert.InRange(found, all[i][label] - error, all[i][label] + error);
                Assert.InRange(all[i][label], nearest[j] - (2 * error), nearest[j] + (2 * error));
                Assert.True(j == 0 || found >= kind.Signed(result.Distances[(i * K) + j - 1]));
            }
        }
    }

    // Sums of differences round once more for each.
    private static double Rounding(IndexKind kind, ReadOnlySpan<float> x, ReadOnlySpan<float> y) =>
        kind.Metric is MetricType.L2 or MetricType.InnerProduct && kind.Name != "IndexFlat1D"
            ? Reference.DistanceError(x, y)
            : (x.Length + 4) * Math.ScaleB(1, -24) * kind.Distance(x, y);

    private static void OnThreads(int count, Action work, Action? meanwhile = null)
    {
        Exception? failure = null;
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(() =>
        {
            using var single = Native.SingleThread();
            try
            {
                work();
            }
            catch (Exception e)
            {
                failure = e;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        meanwhile?.Invoke();
        threads.ForEach(thread => thread.Join());
        Assert.Null(failure);
    }
}
