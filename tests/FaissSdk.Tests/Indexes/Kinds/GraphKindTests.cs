namespace FaissSdk.Tests.Indexes;

public class GraphKindTests
{
    private const int Dimension = 8;

    [Fact]
    public void HNSW_shows_and_takes_its_numbers()
    {
        Native.Require();
        using var index = new IndexHNSWFlat(Dimension, 12) { EfConstruction = 77, EfSearch = 33 };
        Assert.Equal((12, 77, 33), (index.M, index.EfConstruction, index.EfSearch));
        index.Add(TestData.Uniform(100, Dimension));
        using var copy = (IndexHNSWFlat)index.Clone();
        Assert.Equal((12, 77, 33), (copy.M, copy.EfConstruction, copy.EfSearch));
        using var fresh = new IndexHNSWFlat(Dimension);
        Assert.Equal((32, 40, 16), (fresh.M, fresh.EfConstruction, fresh.EfSearch));
    }

    [Fact]
    public void More_candidates_find_more()
    {
        Native.Require();
        var vectors = TestData.Uniform(3000, Dimension);
        var queries = TestData.Uniform(100, Dimension, 2);
        using var exact = new IndexFlatL2(Dimension);
        using var index = new IndexHNSWFlat(Dimension, 4) { EfConstruction = 8 };
        exact.Add(vectors);
        index.Add(vectors);
        var nearest = exact.Search(queries, 1);
        index.EfSearch = 1;
        var few = Recall(index);
        index.EfSearch = 200;
        var many = Recall(index);
        Assert.True(many > few + 10, $"{few} of 100 with 1 candidate, {many} with 200.");

        int Recall(FaissIndex graph) => graph.Search(queries, 1).Ids.ToArray().Zip(nearest.Ids.ToArray()).Count(pair => pair.First == pair.Second);
    }

    [Fact]
    public void More_candidates_at_additions_give_a_better_graph()
    {
        Native.Require();
        var vectors = TestData.Uniform(3000, Dimension);
        var queries = TestData.Uniform(200, Dimension, 2);
        using var exact = new IndexFlatL2(Dimension);
        exact.Add(vectors);
        var nearest = exact.Search(queries, 1);
        Assert.True(Found(200) > Found(1) + 10, $"{Found(1)}, {Found(200)}");

        int Found(int candidates)
        {
            using var index = new IndexHNSWFlat(Dimension, 4) { EfConstruction = candidates };
            index.Add(vectors);
            return index.Search(queries, 1).Ids.ToArray().Zip(nearest.Ids.ToArray()).Count(pair => pair.First == pair.Second);
        }
    }

    [Fact]
    public void A_quantizer_shows_its_class_and_numbers()
    {
        Native.Require();
        using var index = (IndexIVFFlat)FaissIndex.Create(Dimension, "IVF16_HNSW8,Flat");
        var quantizer = Assert.IsType<IndexHNSWFlat>(index.Quantizer);
        quantizer.EfSearch = 50;
        Assert.Equal((8, 50), (quantizer.M, quantizer.EfSearch));
        using var copy = (IndexIVFFlat)Filled(index).Clone();
        Assert.Equal(50, ((IndexHNSWFlat)copy.Quantizer).EfSearch);
    }

    [Fact]
    public void The_storage_is_seen_and_not_changed()
    {
        Native.Require();
        using var index = new IndexHNSWFlat(Dimension);
        var vectors = TestData.Uniform(50, Dimension);
        index.Add(vectors);
        var storage = Assert.IsType<IndexFlatL2>(index.Storage);
        Assert.Same(storage, index.Storage);
        Assert.Equal(vectors, storage.CopyVectors());
        Assert.Throws<InvalidOperationException>(() => storage.Add(vectors));
        Assert.Throws<InvalidOperationException>(storage.Reset);
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(storage.CopyVectors);
    }

    [Fact]
    public void NSG_graphs_in_shards_are_built_of_their_shares()
    {
        Native.Require();
        Assert.SkipUnless(IndexKind.IsNewFaiss, $"NSG needs FAISS 1.15.0 or later; loaded: {FaissLibrary.Info.Version}.");
        using var first = new IndexNSGFlat(Dimension, 8);
        using var second = new IndexNSGFlat(Dimension, 8);
        using var shards = new IndexShards(Dimension, threaded: false, successiveIds: true);
        shards.AddShard(first);
        shards.AddShard(second);

        // 201 vectors are enough for one graph, and too few for two.
        Assert.Throws<ArgumentException>(() => shards.Add(TestData.Uniform(201, Dimension)));
        Assert.Equal((0, 0), (first.Count, second.Count));

        var points = TestData.Uniform(260, Dimension);
        shards.Add(points);
        Assert.Equal((130, 130), (first.Count, second.Count));
        Assert.Equal(259, shards.Search(points.AsSpan(259 * Dimension), 1).Ids[0]);
        using var copy = FaissIndex.Deserialize(first.Serialize());
        Assert.Equal(130, copy.Count);
    }

    [Fact]
    public void NSG_shows_and_takes_its_numbers()
    {
        Native.Require();
        Assert.SkipUnless(IndexKind.IsNewFaiss, $"NSG needs FAISS 1.15.0 or later; loaded: {FaissLibrary.Info.Version}.");
        using var index = new IndexNSGFlat(Dimension, 16);
        Assert.Equal((16, 16), (index.R, index.SearchL));
        Assert.Throws<InvalidOperationException>(() => index.SearchL = 102);
        index.Add(TestData.Uniform(500, Dimension));
        index.SearchL = 500;
        Assert.Equal(500, index.SearchL);
        Assert.Throws<InvalidOperationException>(() => index.SearchL = 501);
        Assert.IsType<IndexFlatL2>(index.Storage);
        using var copy = (IndexNSGFlat)index.Clone();
        Assert.Equal((16, 500), (copy.R, copy.SearchL));
        Assert.Equal(500, index.Search(TestData.Uniform(1, Dimension), 500).Ids.ToArray().Distinct().Count());
    }

    [Fact]
    public void A_search_for_more_candidates_than_vectors_is_refused()
    {
        Native.Require();
        Assert.SkipUnless(IndexKind.IsNewFaiss, $"NSG needs FAISS 1.15.0 or later; loaded: {FaissLibrary.Info.Version}.");
        ChildProcess.Run(_ =>
        {
            using var index = new IndexNSGFlat(Dimension, 16);
            index.Add(TestData.Uniform(500, Dimension));
            index.SearchL = 500;
            index.Reset();
            index.Add(TestData.Uniform(200, Dimension));
            Assert.Throws<InvalidOperationException>(() => index.Search(new float[Dimension], 1));
            index.SearchL = 200;
            Assert.Single(index.Search(new float[Dimension], 1).Ids.ToArray());
        }, seconds: 60).AssertReturned();
    }

    private static FaissIndex Filled(FaissIndex index)
    {
        index.Train(TestData.Uniform(700, Dimension));
        index.Add(TestData.Uniform(200, Dimension, 2));
        return index;
    }
}
