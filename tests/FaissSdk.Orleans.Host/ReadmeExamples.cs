using Microsoft.Extensions.Hosting;

namespace FaissSdk.Orleans.Host;

/// <summary>The examples of the package's README; they are compiled here, as they need a cluster of several machines.</summary>
internal static class ReadmeExamples
{
    public static void StartSilo(IHostApplicationBuilder builder)
    {
        builder.UseOrleans(silo => silo
            .UseRedisClustering("redis:6379")
            .AddFaissShards(options => options.Store = new FolderShardStore("/mnt/shards")));
    }

    public static async Task<ShardedSearchResult> SearchAsync(FaissCluster cluster, float[] sample, float[] vectors, long[] ids, float[] query)
    {
        using FaissIndex trained = FaissIndex.Create(768, "IVF4096,SQ8");
        trained.Train(sample);
        ShardedCollection products = await cluster.CreateCollectionAsync("products", trained, shards: 7, replicas: 2);
        await products.AddAsync(vectors, ids);      // from any number of processes at the same time
        await products.SealAsync();
        ShardedSearchResult found = await products.SearchAsync(query, k: 10, new ShardedSearchOptions { NProbe = 32 });
        return found;
    }

    public static async Task<KMeansResult> TrainAsync(FaissCluster cluster, float[] block)
    {
        PointSet points = await cluster.CreatePointSetAsync("sample", dimension: 768, parts: 3);
        await points.AppendAsync(part: 0, block);   // the parts may be filled in parallel
        await points.SealAsync();
        KMeansResult result = await points.TrainAsync(65_536, new KMeansOptions { MaxPointsPerCentroid = int.MaxValue });
        return result;
    }
}
