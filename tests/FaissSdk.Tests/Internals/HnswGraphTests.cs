namespace FaissSdk.Tests.Internals;

public class HnswGraphTests
{
    private const int Dimension = 8;

    [Theory]
    [InlineData("HNSW8")]
    [InlineData("PCA4,HNSW8,SQ8")]
    public void A_graph_links_near_vectors(string description)
    {
        RequireGraphs();
        using var index = FaissIndex.Create(Dimension, description);
        index.Train(TestData.Uniform(1000, Dimension));
        index.Add(TestData.Uniform(1000, Dimension));

        using var graph = HnswGraph.Of(index);

        Assert.Equal(1000, graph.Count);
        Assert.InRange(graph.EntryPoint, 0, 999);
        var levels = graph.Levels.ToArray();
        Assert.Equal(levels.Max(), levels[graph.EntryPoint]);
        Assert.All(levels, level => Assert.InRange(level, 1, 10));
        for (var i = 0; i < 1000; i++)
        {
            for (var level = 0; level < levels[i]; level++)
            {
                // A graph of M = 8 has 16 links on level 0.
                var neighbors = graph.GetNeighbors(i, level).ToArray();
                Assert.InRange(neighbors.Length, level == 0 ? 1 : 0, level == 0 ? 16 : 8);
                Assert.All(neighbors, neighbor => Assert.True(neighbor != i && neighbor is >= 0 and < 1000 && levels[neighbor] > level));
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => graph.GetNeighbors(0, levels[0]));
    }

    [Fact]
    public void A_graph_keeps_the_index_unchanged_until_it_is_disposed()
    {
        RequireGraphs();
        var index = FaissIndex.Create(Dimension, "HNSW8");
        index.Add(TestData.Uniform(100, Dimension));
        var graph = HnswGraph.Of(index);

        Assert.Contains("HnswGraph", Assert.Throws<InvalidOperationException>(() => index.Add(new float[Dimension])).Message, StringComparison.Ordinal);
        index.Search(new float[Dimension], 1);
        index.Dispose();
        Assert.Equal(100, graph.Levels.Length);
        graph.Dispose();
        graph.Dispose();

        Assert.Throws<ObjectDisposedException>(() => graph.Count);
        Assert.Throws<ObjectDisposedException>(() => HnswGraph.Of(index));
        Assert.True(index.Handle.IsClosed);
    }

    [Fact]
    public void A_failed_call_leaves_the_index_changeable()
    {
        RequireGraphs();
        using var index = new IndexFlatL2(Dimension);

        Assert.Contains("IndexFlatL2 has no HNSW graph", Assert.Throws<NotSupportedException>(() => HnswGraph.Of(index)).Message, StringComparison.Ordinal);

        index.Add(new float[Dimension]);
    }

    [Fact]
    public void An_empty_graph_has_no_entry_point()
    {
        RequireGraphs();
        using var index = FaissIndex.Create(Dimension, "HNSW8");
        using var graph = HnswGraph.Of(index);

        Assert.Equal((0, -1, 0), (graph.Count, graph.EntryPoint, graph.Levels.Length));
    }

    [Fact]
    public void A_binary_graph_is_shown()
    {
        RequireGraphs();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_index_binary_factory"), "This FAISS creates no binary indexes.");
        using var index = IndexBinary.Create(64, "BHNSW8");
        var codes = new byte[8 * 100];
        new Random(1).NextBytes(codes);
        index.Add(codes);

        using var graph = HnswGraph.Of(index);

        Assert.Equal(100, graph.Count);
        Assert.NotEqual(0, graph.GetNeighbors(99).Length);
    }

    private static void RequireGraphs()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_graph"), "This library does not show graphs.");
    }
}
