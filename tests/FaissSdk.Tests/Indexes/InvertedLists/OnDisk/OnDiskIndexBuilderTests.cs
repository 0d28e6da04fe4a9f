namespace FaissSdk.Tests.Indexes;

public class OnDiskIndexBuilderTests
{
    private const int Dimension = OnDiskSample.Dimension;
    private const int Size = OnDiskSample.Size;

    public static TheoryData<string> Descriptions =>
    [
        "IVF16,Flat", "IVF16,SQ8", "IVF16,SQfp16", "IVF16,PQ4x4np", "IVF16,PQ4x5np", "IVF16,RQ2x4", "IVF16,PRQ2x2x4", "IVF16,ITQ4,SH1.5", "IVF16,RaBitQ", "PCA4,IVF16,Flat", "OPQ4,IVF16,PQ4x4np", "IVF16_HNSW8,Flat",
    ];

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void An_index_on_disk_finds_what_one_in_memory_finds(string description)
    {
        Native.RequireMapping();
        Assert.SkipWhen(description.Contains("RaBitQ", StringComparison.Ordinal) && !IndexKind.IsNewFaiss, "RaBitQ needs FAISS 1.15.0.");
        using var single = Native.SingleThread();
        using var sample = new OnDiskSample(description);
        using var expected = sample.InMemory();
        using var builder = sample.Builder();
        for (var start = 0; start < Size; start += 7000)
        {
            builder.Add(sample.Vectors.AsSpan(start * Dimension, Math.Min(7000, Size - start) * Dimension));
        }

        using var index = builder.Build();
        Assert.Equal(Size, index.Count);
        Assert.Equal(expected.GetType(), index.GetType());
        Assert.Equal(["vectors.faiss", "vectors.ivfdata"], sample.Folder.Names);
        foreach (var one in (FaissIndex[])[expected, index])
        {
            one.SetParameter("nprobe", 5);
        }

        var queries = TestData.Uniform(50, Dimension, 3);
        var (found, wanted) = (index.Search(queries, 10), expected.Search(queries, 10));
        Assert.Equal(wanted.Ids, found.Ids);
        Assert.Equal(wanted.Distances, found.Distances);
    }

    [Fact]
    public void Local_search_encodes_at_random()
    {
        using var single = Native.SingleThread();
        using var sample = new OnDiskSample("IVF16,LSQ2x4");
        using var expected = sample.InMemory();
        using var builder = sample.Builder();
        builder.Add(sample.Vectors);
        using var index = builder.Build();
        var queries = TestData.Uniform(50, Dimension, 3);
        var (found, wanted) = (index.Search(queries, 10).Ids.ToArray(), expected.Search(queries, 10).Ids.ToArray());
        Assert.InRange(Enumerable.Range(0, 50).Sum(row => found.Skip(row * 10).Take(10).Intersect(wanted.Skip(row * 10).Take(10)).Count()), 300, 500);
    }

    [Fact]
    public void Many_shards_are_merged_in_order()
    {
        using var sample = new OnDiskSample();
        using var builder = sample.Builder();
        var random = new Random(1);
        var expected = new List<long>[16];
        using var memory = (IndexIVF)sample.Trained.Clone();
        for (var block = 0; block < 30; block++)
        {
            // 21,845 entries fill a shard: these are 18, of which the first 16 are merged before the others come.
            var vectors = TestData.Uniform(13_000, Dimension, block);
            long[] ids = [.. Enumerable.Range(0, 13_000).Select(_ => random.NextInt64())];
            builder.Add(vectors, ids);
            memory.Add(vectors, ids);
        }

        using var index = (IndexIVF)builder.Build();
        for (var list = 0; list < 16; list++)
        {
            Assert.Equal(memory.GetListIds(list), index.GetListIds(list));
        }
    }

    [Fact]
    public void Two_hundred_thousand_vectors_are_built_with_four_mebibytes()
    {
        Native.RequireMapping();
        using var folder = new TemporaryFolder();
        using var trained = FaissIndex.Create(16, "IVF64,Flat");
        trained.Train(TestData.Uniform(4000, 16));
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_encode_for_lists"), "This needs a library of FaissSdk.");
        using var memory = trained.Clone();
        using var builder = new OnDiskIndexBuilder(trained, folder.File("large.faiss"), 4 << 20);
        for (var block = 0; block < 20; block++)
        {
            var vectors = TestData.Uniform(10_000, 16, block);
            builder.Add(vectors);
            memory.Add(vectors);
        }

        using var index = builder.Build();
        Assert.Equal(200_000, index.Count);
        Assert.Equal(200_000 * (16 * 4 + 8), new FileInfo(folder.File("large.ivfdata")).Length);
        var queries = TestData.Uniform(20, 16, 99);
        Assert.Equal(memory.Search(queries, 10).Ids, index.Search(queries, 10).Ids);
    }

    [Fact]
    public void A_direct_map_of_the_trained_index_is_left_out()
    {
        using var sample = new OnDiskSample();
        sample.Trained.MakeDirectMap();
        using var builder = sample.Builder();
        builder.Add(sample.Vectors);
        using var index = builder.Build();
        Assert.Equal(7, index.Search(sample.Vectors.AsSpan(7 * Dimension, Dimension), 1).Ids[0]);
    }

    [Fact]
    public void Own_ids_and_consecutive_ids_can_be_mixed()
    {
        using var sample = new OnDiskSample();
        using var builder = sample.Builder();
        builder.Add(sample.Vectors.AsSpan(0, 2 * Dimension), [70, 71]);
        builder.Add(sample.Vectors.AsSpan(2 * Dimension, Dimension));
        using var index = builder.Build();
        index.SetParameter("nprobe", 16);
        Assert.Equal([70, 71, 2], index.Search(sample.Vectors.AsSpan(0, 3 * Dimension), 1).Ids);
    }

    [Fact]
    public void An_id_that_is_added_twice_stands_for_two_vectors()
    {
        using var sample = new OnDiskSample();
        using var builder = sample.Builder();
        builder.Add(sample.Vectors.AsSpan(0, Dimension), [5]);
        builder.Add(sample.Vectors.AsSpan(0, Dimension), [5]);
        using var index = builder.Build();
        Assert.Equal([5, 5], index.Search(sample.Vectors.AsSpan(0, Dimension), 2).Ids);
    }

    [Fact]
    public void The_lists_are_found_beside_their_index_after_a_move()
    {
        using var sample = new OnDiskSample();
        using (var builder = sample.Builder())
        {
            builder.Add(sample.Vectors);
            builder.Build().Dispose();
        }

        var moved = sample.Folder.CreateFolder("moved");
        File.Move(sample.Path, Path.Combine(moved, "other.faiss"));
        File.Move(sample.ListsPath, Path.Combine(moved, "vectors.ivfdata"));
        File.WriteAllText(sample.ListsPath, "another file at the old place");
        using var expected = sample.InMemory();
        var queries = sample.Vectors.AsSpan(0, 20 * Dimension);
        foreach (var options in (IndexReadOptions[])[IndexReadOptions.None, IndexReadOptions.ReadOnly, IndexReadOptions.ReadOnly | IndexReadOptions.OnDiskSameDirectory])
        {
            using var index = FaissIndex.Load(Path.Combine(moved, "other.faiss"), options);
            Assert.Equal(expected.Search(queries, 3).Ids, index.Search(queries, 3).Ids);
        }

        using var validated = FaissIndex.Load(Path.Combine(moved, "other.faiss"), new IndexValidation(), IndexReadOptions.ReadOnly);
        Assert.Equal(Size, validated.Count);
    }

    [Fact]
    public void A_shortened_file_of_lists_is_refused()
    {
        using var sample = new OnDiskSample();
        using (var builder = sample.Builder())
        {
            builder.Add(sample.Vectors);
            builder.Build().Dispose();
        }

        using (var lists = File.OpenWrite(sample.ListsPath))
        {
            lists.SetLength(lists.Length - 1);
        }

        Assert.Contains("vectors.ivfdata", Assert.Throws<FaissException>(() => FaissIndex.Load(sample.Path)).Message);
        File.Delete(sample.ListsPath);
        Assert.Contains("vectors.ivfdata", Assert.Throws<FaissException>(() => FaissIndex.Load(sample.Path)).Message);
    }

    [Fact]
    public void An_index_whose_lists_lie_in_a_file_is_not_cloned()
    {
        using var sample = new OnDiskSample();
        using (var builder = sample.Builder())
        {
            builder.Add(sample.Vectors);
            builder.Build().Dispose();
        }

        // Without options the lists can be changed, in their file.
        using var index = FaissIndex.Load(sample.Path);
        Assert.Contains("copy the index file", Assert.Throws<NotSupportedException>(index.Clone).Message, StringComparison.Ordinal);
        using var whole = new IndexPreTransform(index);
        Assert.Throws<NotSupportedException>(whole.Clone);
    }

    [Fact]
    public void A_built_index_is_neither_changed_nor_saved()
    {
        using var sample = new OnDiskSample();
        using var builder = sample.Builder();
        builder.Add(sample.Vectors);
        using var index = builder.Build();
        Assert.Throws<InvalidOperationException>(() => index.Add(sample.Vectors));
        Assert.Throws<NotSupportedException>(() => index.Save(sample.Folder.File("copy")));
        Assert.Throws<NotSupportedException>(index.Clone);
        Assert.Throws<InvalidOperationException>(() => builder.Add(sample.Vectors));
        Assert.Throws<InvalidOperationException>(() => builder.Build());
    }

    [Fact]
    public void Progress_rises_to_one()
    {
        using var sample = new OnDiskSample();
        using var builder = sample.Builder();
        builder.Add(sample.Vectors);
        var reports = new List<double>();
        builder.Build(new Reporter(reports.Add)).Dispose();
        Assert.Equal(reports.Order(), reports);
        Assert.Equal(1, reports[^1]);
        Assert.True(reports.Count >= 4, string.Join(' ', reports));
        Assert.InRange(reports[0], 0, 0.5);
    }
}
