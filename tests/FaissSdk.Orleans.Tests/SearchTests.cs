namespace FaissSdk.Orleans.Tests;

/// <summary>Searches of collections.</summary>
public sealed class SearchTests(TestCluster cluster)
{
    private const int Dimension = 24;

    [Theory]
    [InlineData(MetricType.L2, 1, 10)]
    [InlineData(MetricType.InnerProduct, 2, 10)]
    [InlineData(MetricType.L2, 2, 150)]
    public async Task Flat_shards_answer_as_one_index(MetricType metric, int replicas, int k)
    {
        var vectors = TestVectors.Random(2000, Dimension);
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", vectors, Dimension, replicas: replicas, metric: metric);
        using (index)
        {
            var queries = TestVectors.Random(50, Dimension, seed: 2);
            TestVectors.AssertEqual(index.Search(queries, k), (await collection.SearchAsync(queries, k)).Result);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Inverted_lists_answer_as_one_index(int probes)
    {
        var vectors = TestVectors.Random(3000, Dimension);
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IVF16,SQ8", vectors, Dimension, shards: 5);
        using (index)
        {
            var queries = TestVectors.Random(40, Dimension, seed: 2);
            using var parameters = new SearchParametersIVF(nProbe: probes);
            var found = await collection.SearchAsync(queries, 10, new ShardedSearchOptions { NProbe = probes });
            Assert.Equal(index.Search(queries, 10, parameters).Ids, found.Result.Ids);
            Assert.True(found.IsComplete);
        }
    }
}
