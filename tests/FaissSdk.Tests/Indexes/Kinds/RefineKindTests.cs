namespace FaissSdk.Tests.Indexes;

public class RefineKindTests
{
    private const int Dimension = 16;

    private static readonly float[] Vectors = TestData.Uniform(1000, Dimension);

    [Fact]
    public void More_candidates_find_what_the_refinement_finds()
    {
        Native.Require();
        using var searched = new IndexPQ(Dimension, 2, 4);
        using var refining = new IndexScalarQuantizer(Dimension, ScalarQuantizerType.EightBit);
        using var index = new IndexRefine(searched, refining);
        Assert.False(index.OwnsParts);
        index.Train(Vectors);
        index.Add(Vectors);
        Assert.Equal((1000L, 1000L), (searched.Count, refining.Count));
        var queries = TestData.Uniform(50, Dimension, 2);
        var expected = refining.Search(queries, 3).Ids.ToArray();
        Assert.NotEqual(expected, index.Search(queries, 3).Ids.ToArray());
        index.KFactor = 400;
        Assert.Equal(400, index.KFactor);
        Assert.Equal(expected, index.Search(queries, 3).Ids.ToArray());
    }

    [Theory]
    [InlineData("SQ4,RFlat", MetricType.InnerProduct, 1)]
    [InlineData("SQ4,RFlat", MetricType.InnerProduct, 4)]
    [InlineData("SQ4,RFlat", MetricType.L2, 1)]
    [InlineData("SQ4,RFlat", MetricType.L2, 4)]
    [InlineData("SQ4,Refine(SQ8)", MetricType.InnerProduct, 4)]
    [InlineData("SQ4,RFlat", MetricType.InnerProduct, 20_000)]
    [InlineData("IVF4,PQ8x4fs,RFlat", MetricType.L2, 20_000)]
    [InlineData("IVF4,SQ4,RFlat", MetricType.InnerProduct, 4)]
    public void A_range_search_keeps_to_the_radius(string description, MetricType metric, int factor)
    {
        Native.Require();
        using var index = FaissIndex.Create(Dimension, description, metric);
        index.Train(Vectors);
        index.Add(Vectors);
        if (description.StartsWith("IVF", StringComparison.Ordinal))
        {
            index.SetParameter("nprobe", 4);
        }

        index.SetParameter("k_factor_rf", factor);
        using var map = new IndexPreTransform(index);
        var queries = TestData.Uniform(20, Dimension, 3);
        using var exact = FaissIndex.Create(Dimension, "Flat", metric);
        exact.Add(Vectors);
        var radius = exact.Search(queries, 50)[0].Distances[49];
        var expected = exact.RangeSearch(queries, radius);
        RangeSearchResult found;
        try
        {
            found = map.RangeSearch(queries, radius);
        }
        catch (FaissException)
        {
            Assert.SkipWhen(true, "This FAISS has no range search of refining indexes.");
            throw;
        }

        Assert.All(found.Distances.ToArray(), distance => Assert.True(metric == MetricType.L2 ? distance < radius : distance > radius));
        Assert.InRange(found.TotalCount, expected.TotalCount * 9 / 10, expected.TotalCount * 11 / 10);
    }

    [Theory]
    [InlineData("SQ8,Refine(LSH)", MetricType.L2)]
    [InlineData("SQ8,Refine(HNSW8)", MetricType.L2)]
    [InlineData("SQ8,Refine(HNSW8)", MetricType.InnerProduct)]
    [InlineData("SQ8,Refine(PQ4x4fs)", MetricType.L2)]
    [InlineData("SQ8,Refine(PQ4x4fs)", MetricType.InnerProduct)]
    [InlineData("SQ8,Refine(PQ4x4fs_64)", MetricType.L2)]
    [InlineData("Flat,Refine(SQ8,RFlat)", MetricType.InnerProduct)]
    [InlineData("Flat,Refine(IVF4,SQ8)", MetricType.InnerProduct)]
    [InlineData("IVF16(Flat,Refine(IVF4,SQ8)),Flat", MetricType.L2)]
    public void A_refinement_that_computes_no_distances_is_refused(string description, MetricType metric)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_parts"), "The library was not built with FaissSdk's functions.");
        ChildProcess.Run(
            static argument =>
            {
                var words = argument.Split(' ');
                FaissIndex index;
                try
                {
                    index = FaissIndex.Create(Dimension, words[0], Enum.Parse<MetricType>(words[1]));
                }
                catch (ArgumentException error)
                {
                    Assert.Contains("refine", error.Message, StringComparison.Ordinal);
                    return;
                }

                index.Train(Vectors);
                index.Add(Vectors);
                Assert.Equal(10, index.Search(Vectors.AsSpan(0, Dimension), 10)[0].Count);
            },
            $"{description} {metric}").AssertReturned();
    }

    [Fact]
    public void Lists_refine_once_they_have_a_direct_map()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_parts"), "The library was not built with FaissSdk's functions.");
        ChildProcess.Run(static _ =>
        {
            using var index = FaissIndex.Create(Dimension, "Flat,Refine(IVF4,SQ8)");
            index.Train(Vectors);
            Assert.Empty(index.Search(Vectors.AsSpan(0, Dimension), 10)[0]);
            index.Add(Vectors);
            using var loaded = FaissIndex.Deserialize(index.Serialize());
            Action[] calls =
            [
                () => index.Search(Vectors.AsSpan(0, Dimension), 10),
                () => index.Assign(Vectors),
                () => loaded.SearchAndReconstruct(Vectors.AsSpan(0, Dimension), 10, out var _),
                () => loaded.RangeSearch(Vectors.AsSpan(0, Dimension), 1),
            ];
            Assert.All(calls, call => Assert.Contains("MakeDirectMap", Assert.Throws<InvalidOperationException>(call).Message, StringComparison.Ordinal));
            index.MakeDirectMap();
            Assert.Equal(0, index.Assign(Vectors.AsSpan(0, Dimension))[0]);
            index.MakeDirectMap(maintain: false);
            Assert.Throws<InvalidOperationException>(calls[0]);
        }).AssertReturned();
    }

    [Fact]
    public void Parts_are_seen_in_loaded_and_transferred_indexes()
    {
        Native.Require();
        using var given = new IndexRefine(new IndexPQ(Dimension, 4), new IndexFlatL2(Dimension), takeOwnership: true);
        Assert.True(given.OwnsParts);
        given.Train(Vectors);
        given.Add(Vectors);
        using var loaded = (IndexRefine)FaissIndex.Deserialize(given.Serialize());
        using var flat = (IndexRefineFlat)FaissIndex.Create(Dimension, "SQ8,RFlat");
        foreach (var index in new[] { given, loaded })
        {
            Assert.Equal(4, Assert.IsType<IndexPQ>(index.BaseIndex).M);
            var exact = Assert.IsType<IndexFlatL2>(index.RefineIndex);
            Assert.Equal(Vectors, exact.CopyVectors());
            Assert.Throws<InvalidOperationException>(() => exact.Add(Vectors));
        }

        Assert.IsType<IndexScalarQuantizer>(flat.BaseIndex);
        Assert.IsType<IndexFlatL2>(flat.RefineIndex);
    }

    [Fact]
    public void Parts_are_transferred_or_kept()
    {
        Native.Require();
        var (searched, refining) = (new IndexPQ(Dimension, 4), new IndexFlatL2(Dimension));
        using (var index = new IndexRefine(searched, refining))
        {
            Assert.Same(searched, index.BaseIndex);
            Assert.Same(refining, index.RefineIndex);
            Assert.Throws<InvalidOperationException>(() => refining.Add(Vectors));
            Assert.Throws<InvalidOperationException>(() => new IndexIDMap(refining));
        }

        using var owner = new IndexRefine(searched, refining, takeOwnership: true);
        Assert.Throws<ObjectDisposedException>(() => searched.Count);
        Assert.Throws<ObjectDisposedException>(() => refining.Count);
        Assert.True(owner.OwnsParts);
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused()
    {
        Native.Require();
        using var flat = new IndexFlatL2(Dimension);
        using var codes = new IndexPQ(Dimension, 4);
        using var filled = new IndexFlatL2(Dimension);
        using var other = new IndexFlatL2(8);
        using var products = new IndexFlatIP(Dimension);
        using var lists = FaissIndex.Create(Dimension, "IVF4,Flat");
        using var map = FaissIndex.Create(Dimension, "IDMap,Flat");
        using var hashes = new IndexLSH(Dimension, 16);
        filled.Add(Vectors);
        Assert.Throws<ArgumentException>("refineIndex", () => new IndexRefine(flat, flat));
        Assert.Throws<ArgumentException>("baseIndex", () => new IndexRefine(filled, flat));
        Assert.Throws<ArgumentException>("refineIndex", () => new IndexRefine(codes, filled));
        Assert.Throws<ArgumentException>("refineIndex", () => new IndexRefine(codes, other));
        Assert.Throws<ArgumentException>("refineIndex", () => new IndexRefine(codes, products));
        Assert.Throws<ArgumentException>("refineIndex", () => new IndexRefine(codes, lists));
        Assert.Throws<ArgumentException>("refineIndex", () => new IndexRefine(codes, hashes));
        Assert.Throws<ArgumentException>("baseIndex", () => new IndexRefine(map, flat));
        Assert.Throws<ArgumentNullException>("refineIndex", () => new IndexRefine(codes, null!));
        using var index = new IndexRefine(codes, flat);
    }
}
