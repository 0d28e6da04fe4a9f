namespace FaissSdk.Tests.Indexes;

/// <summary>Tests what single calls of the managed exact index do; <see cref="FlatLawTests"/> tests its results.</summary>
public sealed class ManagedFlatIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_rejected_component_is_named_and_nothing_is_added()
    {
        using var index = new ManagedFlatIndex(4);
        var vectors = TestData.Uniform(2000, 4);
        vectors[^2] = float.NaN;
        var error = Assert.Throws<ArgumentException>(() => index.Add(vectors));
        Assert.StartsWith("vectors has NaN in vector 1999, component 2;", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, index.Count);
    }

    [Theory]
    [InlineData(VectorStorage.Byte, 0.5f)]
    [InlineData(VectorStorage.Byte, -1f)]
    [InlineData(VectorStorage.Byte, 256f)]
    [InlineData(VectorStorage.Half, 65520f)]
    public void A_component_that_cannot_be_stored_is_named(VectorStorage storage, float component)
    {
        using var index = new ManagedFlatIndex(2, storage: storage);
        var error = Assert.Throws<ArgumentException>(() => index.Add([1, 2, 3, component]));
        Assert.Contains(FormattableString.Invariant($"vectors has {component} in vector 1, component 1: "), error.Message, StringComparison.Ordinal);
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void Vectors_with_and_without_ids_are_not_mixed()
    {
        using var index = new ManagedFlatIndex(1);
        index.Add([1]);
        Assert.Throws<InvalidOperationException>(() => index.AddWithIds([1], [7]));
        using var named = new ManagedFlatIndex(1);
        named.AddWithIds([1], [7]);
        Assert.Throws<InvalidOperationException>(() => named.Add([1]));
    }

    [Fact]
    public void A_filter_may_search_but_not_change_the_index()
    {
        using var index = new ManagedFlatIndex(2);
        index.Add(TestData.Uniform(100, 2));
        Assert.Equal(3, index.Search(new float[2], 3, IdFilter.FromPredicate(id => index.Search(new float[2], 1).Ids[0] >= 0))[0].Count);
        Assert.Throws<InvalidOperationException>(() => index.Search(new float[2], 3, IdFilter.FromPredicate(_ => index.Remove(0) > 0)));
        Assert.Equal(100, index.Count);
    }

    [Fact]
    public void An_exception_of_a_predicate_ends_the_call_and_removes_nothing()
    {
        using var index = new ManagedFlatIndex(2);
        index.Add(TestData.Uniform(3000, 2));
        var filter = IdFilter.FromPredicate(id => id == 2500 ? throw new TimeoutException() : true);
        Assert.Throws<TimeoutException>(() => index.Search(new float[2], 3, filter));
        Assert.Throws<TimeoutException>(() => index.Remove(filter));
        Assert.Equal(3000, index.Count);
        Assert.Equal(3, index.Search(new float[2], 3)[0].Count);
    }

    [Fact]
    public void Searches_may_run_at_the_same_time()
    {
        using var index = new ManagedFlatIndex(16);
        index.Add(TestData.Uniform(5000, 16));
        var queries = TestData.Uniform(50, 16, seed: 2);
        var expected = index.Search(queries, 5);
        Parallel.For(0, 16, i =>
        {
            var found = index.Search(queries.AsSpan(i * 16, 32 * 16), 5);
            Assert.Equal(expected.Ids.Slice(i * 5, 32 * 5), found.Ids);
        });
    }

    [Fact]
    public void A_search_on_one_thread_allocates_nothing()
    {
        using var index = new ManagedFlatIndex(96) { MaxDegreeOfParallelism = 1 };
        index.Add(TestData.Uniform(5000, 96));
        var (queries, distances, ids) = (TestData.Uniform(20, 96, seed: 2), new float[100], new long[100]);
        for (var i = 0; i < 3; i++)
        {
            index.Search(queries, 5, distances, ids);
            index.Search(queries.AsSpan(0, 96), 5, distances.AsSpan(0, 5), ids.AsSpan(0, 5));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        index.Search(queries, 5, distances, ids);
        index.Search(queries.AsSpan(0, 96), 5, distances.AsSpan(0, 5), ids.AsSpan(0, 5));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Integer scores of full chunks exclude vectors; from opposite vectors of the largest lengths, the distance to the mean of the chunk may be infinite in single precision.</summary>
    [Theory]
    [InlineData(77)]
    [InlineData(96)]
    [InlineData(112)]
    [InlineData(128)]
    [InlineData(158)]
    public void Vectors_opposite_to_the_queries_are_found_at_the_largest_lengths(int dimension)
    {
        const int Rows = 2048, Queries = 16;
        var component = (float)Math.Sqrt(float.MaxValue / 4.0 / dimension);
        while (4.0 * dimension * component * component > float.MaxValue)
        {
            component = MathF.BitDecrement(component);
        }

        var (vectors, queries) = (new float[Rows * dimension], new float[Queries * dimension]);
        vectors.AsSpan().Fill(component);
        queries.AsSpan().Fill(-component);
        using var index = new ManagedFlatIndex(dimension);
        index.Add(vectors);
        Assert.Equal(Enumerable.Repeat((long[])[0, 1, 2], Queries).SelectMany(ids => ids), index.Search(queries, 3).Ids.ToArray());
    }

    [Fact]
    public void A_disposed_index_refuses_calls()
    {
        var index = new ManagedFlatIndex(2);
        index.Add([1, 2]);
        index.Dispose();
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Search(new float[2], 1));
        Assert.Throws<ObjectDisposedException>(() => index.Add([1, 2]));
        Assert.Throws<ObjectDisposedException>(() => index.Reconstruct(0));
        Assert.Throws<ObjectDisposedException>(() => index.Save(Stream.Null));
    }

    [Theory]
    [InlineData(VectorStorage.Unchanged, false)]
    [InlineData(VectorStorage.Half, true)]
    [InlineData(VectorStorage.Byte, true)]
    public void A_file_that_ends_early_is_refused_at_any_length(VectorStorage storage, bool hasIds)
    {
        using var index = new ManagedFlatIndex(3, storage: storage);
        if (hasIds)
        {
            index.AddWithIds([1, 2, 3, 4, 5, 6], [8, 4]);
        }
        else
        {
            index.Add([1, 2, 3, 4, 5, 6]);
        }

        var path = _folder.File("index.faiss");
        index.Save(path);
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length++)
        {
            _folder.Write("cut.faiss", bytes[..length]);
            var error = Assert.Throws<InvalidDataException>(() => ManagedFlatIndex.Load(_folder.File("cut.faiss")));
            Assert.Contains("cut.faiss", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_changed_byte_is_refused_or_changes_a_value()
    {
        using var index = new ManagedFlatIndex(2, MetricType.InnerProduct);
        index.AddWithIds([1, 2, 3, 4], [8, 4]);
        using var stream = new MemoryStream();
        index.Save(stream);
        var bytes = stream.ToArray();
        for (var i = 0; i < bytes.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var damaged = (byte[])bytes.Clone();
                damaged[i] ^= (byte)(1 << bit);
                var error = Record.Exception(() => ManagedFlatIndex.Load(new MemoryStream(damaged)).Dispose());
                Assert.True(error is null or InvalidDataException or NotSupportedException, $"byte {i}, bit {bit}: {error}");
            }
        }
    }

    [Fact]
    public void A_vector_of_NaN_in_a_file_is_named()
    {
        using var index = new ManagedFlatIndex(2);
        index.Add(TestData.Uniform(2000, 2));
        var path = _folder.File("index.faiss");
        index.Save(path);
        var bytes = File.ReadAllBytes(path);
        BitConverter.TryWriteBytes(bytes.AsSpan(^4..), float.NaN);
        var error = Assert.Throws<InvalidDataException>(() => ManagedFlatIndex.Load(new MemoryStream(bytes)));
        Assert.Equal("The stream has a vector (number 1999) with a component that is not finite or too large.", error.Message);
    }

    [Fact]
    public void A_file_of_another_kind_is_named()
    {
        Native.Require();
        using var other = FaissIndex.Create(4, "HNSW4");
        other.Save(_folder.File("graph.faiss"));
        var error = Assert.Throws<NotSupportedException>(() => ManagedFlatIndex.Load(_folder.File("graph.faiss")));
        Assert.Contains("graph.faiss' contains an index of the kind IHNf;", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_save_leaves_the_file_as_it_was()
    {
        using var index = new ManagedFlatIndex(2);
        index.Add([1, 2]);
        var path = _folder.File("index.faiss");
        index.Save(path);
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Save(path));
        using var loaded = ManagedFlatIndex.Load(path);
        Assert.Equal([1, 2], loaded.Reconstruct(0));
        Assert.Equal(["index.faiss"], _folder.Names);
    }

    [Fact]
    public void An_index_by_cosine_is_loaded_again()
    {
        using var index = ManagedFlatIndex.CreateCosine(2);
        index.Add([3, 4, 0, 5]);
        var path = _folder.File("index.faiss");
        index.Save(path);
        using var loaded = ManagedFlatIndex.LoadCosine(path);
        Assert.True(loaded.Normalizes);
        Assert.Equal(index.Search([6, 8], 2).Distances, loaded.Search([6, 8], 2).Distances);
        Assert.Equal(1f, loaded.Search([6, 8], 1).Distances[0], 1e-6f);
        using var plain = new ManagedFlatIndex(2, MetricType.InnerProduct);
        plain.Add([3, 4]);
        plain.Save(path);
        Assert.Throws<InvalidDataException>(() => ManagedFlatIndex.LoadCosine(path));
    }

    [Fact]
    public void Exact_search_works_without_the_native_library()
    {
        var run = ChildProcess.Run(
            static _ =>
            {
                Assert.False(FaissLibrary.IsAvailable);
                using var index = FlatIndex.Create(2);
                Assert.IsType<ManagedFlatIndex>(index);
                index.Add([0, 0, 3, 4]);
                Assert.Equal([25f, 0f], index.Search([3, 4], 2, IdFilter.FromRange(0, 2)).Distances.ToArray().Reverse());
            },
            environment: new Dictionary<string, string?> { ["FAISS_SDK_LIBRARY"] = "/absent/libfaiss_c.so" });
        run.AssertReturned();
    }
}
