using Orleans.Concurrency;

namespace FaissSdk.Orleans;

/// <summary>Calls parts on behalf of clients; one worker, for the reason of <see cref="ShardRelayGrain"/>.</summary>
[StatelessWorker(1)]
[Reentrant]
internal sealed class PartRelayGrain(IGrainFactory grains) : Grain, IPartRelay
{
    public Task Append(string part, int number, VectorBlock points) => Part(part).Append(number, points);

    public Task<PointPartFiles> Survey(string part, int dimension) => Part(part).Survey(dimension);

    public Task<VectorBlock> Copy(string part, PointPartFiles files, int dimension, IdBlock rows) => Part(part).Copy(files, dimension, rows);

    public Task<PartState> Begin(string part, PointPartFiles files, int dimension, KMeansToken token) => Part(part).Begin(files, dimension, token);

    public Task SetWeights(string part, KMeansToken token, int start, VectorBlock weights) => Part(part).SetWeights(token, start, weights);

    public Task SetCentroids(string part, KMeansToken token, int clusters, int startCluster, VectorBlock centroids) => Part(part).SetCentroids(token, clusters, startCluster, centroids);

    public Task<bool> Assign(string part, KMeansToken token, PartOptions options) => Part(part).Assign(token, options);

    public async Task<byte[]> Sum(string[] parts, KMeansToken token, int startCluster, int endCluster, CancellationToken cancellationToken)
    {
        await Part(parts[0]).Add(token, new SumsMessage(startCluster, endCluster, [], parts[1..]), cancellationToken);
        return await Part(parts[^1]).TakeSums(token, startCluster);
    }

    private IPointPart Part(string part) => grains.GetGrain<IPointPart>(part);
}
