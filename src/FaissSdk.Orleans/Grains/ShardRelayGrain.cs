using Orleans.Concurrency;

namespace FaissSdk.Orleans;

/// <summary>Calls shards on behalf of clients.</summary>
/// <remarks>Orleans sends the cancellation of a call to any worker of a silo (dotnet/orleans#9877), so there is one; its calls interleave, and it computes nothing.</remarks>
[StatelessWorker(1)]
[Reentrant]
internal sealed class ShardRelayGrain(IGrainFactory grains) : Grain, IShardRelay
{
    public Task<string> Load(string shard, CancellationToken cancellationToken) => grains.GetGrain<IIndexShard>(shard).Load(cancellationToken);

    public async Task<bool> Move(string shard, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<IIndexShard>(shard);
        var before = await grain.Load(cancellationToken);
        return await grain.Leave(cancellationToken) is not null && await grain.Load(cancellationToken) != before;
    }

    public Task<CollectionManifest?> GetManifest(string collection) => grains.GetGrain<ICollectionDirectory>(collection).Get();

    public Task<CollectionManifest> Commit(CollectionManifest next) => grains.GetGrain<ICollectionDirectory>(next.Name).Commit(next);

    public Task Add(string shard, string name, VectorBlock vectors, IdBlock ids, CancellationToken cancellationToken) => Builder(shard).Add(name, vectors, ids, cancellationToken);

    public Task<ShardFile> Seal(string shard, CollectionManifest manifest, CancellationToken cancellationToken) => Builder(shard).Seal(manifest, cancellationToken);

    public Task<ShardFile> Remove(string shard, CollectionManifest manifest, ShardFilter filter, CancellationToken cancellationToken) => Builder(shard).Remove(manifest, filter, cancellationToken);

    public Task<ShardFile> Cut(string shard, CollectionManifest manifest, int shards, CancellationToken cancellationToken) => Builder(shard).Cut(manifest, shards, cancellationToken);

    private IShardBuilder Builder(string shard) => grains.GetGrain<IShardBuilder>(shard);
}
