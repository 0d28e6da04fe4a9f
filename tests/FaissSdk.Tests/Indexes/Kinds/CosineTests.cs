using System.Numerics.Tensors;

namespace FaissSdk.Tests.Indexes;

public class CosineTests
{
    private const int Dimension = 16;

    private static readonly float[] Vectors = Scaled(TestData.Uniform(500, Dimension), 1);
    private static readonly float[] Queries = Scaled(TestData.Uniform(20, Dimension, 2), 7);

    [Theory]
    [InlineData("Flat", 1)]
    [InlineData("HNSW32,Flat", 0.95)]
    [InlineData("IVF4,Flat", 1)]
    [InlineData("IDMap2,Flat", 1)]
    [InlineData("SQ8,RFlat", 0.95)]
    [InlineData("IVF4,SQ8", 0.8)]
    public void Vectors_are_found_by_the_cosine_of_their_angle(string description, double recall)
    {
        Native.Require();
        using var index = FaissIndex.CreateCosine(Dimension, description);
        Fill(index, description);
        AssertFinds(index, recall);
    }

    [Theory]
    [InlineData("HNSW32,Flat")]
    [InlineData("SQ8,RFlat")]
    public void Files_and_copies_normalize(string description)
    {
        Native.Require();
        using var folder = new TemporaryFolder();
        using var index = FaissIndex.CreateCosine(Dimension, description);
        Fill(index, description);
        index.Save(folder.File("cosine"));
        using var loaded = FaissIndex.Load(folder.File("cosine"));
        using var copy = index.Clone();
        Assert.Equal(index.Search(Queries, 5).Ids, loaded.Search(Queries, 5).Ids);
        Assert.Equal(index.Search(Queries, 5).Ids, copy.Search(Queries, 5).Ids);
        AssertFinds(loaded, 0.95);
    }

    [Fact]
    public void Zeros_are_similar_to_nothing()
    {
        Native.Require();
        using var index = FaissIndex.CreateCosine(2, "Flat");
        index.Add([3, 0, 0, 0, 0, -2, -1, -1]);
        var found = index.Search([5, 0, 0, 0], 4);
        Assert.Equal((float[])[1, 0, 0, -0.707106769f], found[0].Distances.ToArray());
        Assert.Equal((float[])[0, 0, 0, 0], found[1].Distances.ToArray());
    }

    [Fact]
    public void The_inner_index_has_its_class()
    {
        Native.Require();
        using var index = FaissIndex.CreateCosine(Dimension, "HNSW32,Flat");
        var graph = Assert.IsType<IndexHNSWFlat>(index.Index);
        graph.EfSearch = 64;
        Assert.Equal(64, graph.EfSearch);
        Assert.Equal((MetricType.InnerProduct, "L2norm,HNSW32,Flat, d 16, 0 vectors, InnerProduct"), (index.Metric, index.ToString()));
        Assert.Throws<NotSupportedException>(() => FaissIndex.CreateCosine(Dimension, "HNSW32_PQ4"));
    }

    private static void Fill(FaissIndex index, string description)
    {
        index.Train(Vectors);
        if (description.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(Vectors, [.. Enumerable.Range(0, 500).Select(id => (long)id)]);
        }
        else
        {
            index.Add(Vectors);
        }

        if (description.Contains("IVF", StringComparison.Ordinal))
        {
            index.SetParameter("nprobe", 4);
        }
        else if (description.EndsWith("RFlat", StringComparison.Ordinal))
        {
            index.SetParameter("k_factor_rf", 4);
        }
    }

    private static void AssertFinds(FaissIndex index, double recall)
    {
        var (hits, found) = (0, index.Search(Queries, 3));
        for (var q = 0; q < 20; q++)
        {
            var cosines = Enumerable.Range(0, 500).Select(i => TensorPrimitives.CosineSimilarity(Row(Queries, q), Row(Vectors, i))).ToArray();
            var least = cosines.OrderDescending().ElementAt(2) - 1e-5f;
            foreach (var neighbor in found[q])
            {
                Assert.Equal(cosines[neighbor.Id], neighbor.Distance, 0.02);
                hits += cosines[neighbor.Id] >= least ? 1 : 0;
            }
        }

        Assert.True(hits >= recall * 60, $"{hits} of 60");
    }

    private static ReadOnlySpan<float> Row(float[] rows, int row) => rows.AsSpan(row * Dimension, Dimension);

    private static float[] Scaled(float[] rows, float scale)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = (rows[i] - 0.5f) * scale * (1 + (i / Dimension % 9));
        }

        return rows;
    }
}
