namespace FaissSdk.Orleans;

/// <summary>Represents the silo that a client is connected to, which calls shards on its behalf.</summary>
/// <remarks>A silo learns that another is lost, and ends the calls that wait for it; a client would wait until they time out.</remarks>
[Alias("FaissSdk.IShardRelay")]
internal interface IShardRelay : IGrainWithIntegerKey
{
    [Alias("Load")]
    [ResponseTimeout("00:10:00")]
    Task<string> Load(string shard, CancellationToken cancellationToken);

    /// <summary>Moves a shard to the silo that it would be placed on now; returns whether that is another.</summary>
    [Alias("Move")]
    [ResponseTimeout("00:10:00")]
    Task<bool> Move(string shard, CancellationToken cancellationToken);

    /// <summary>Returns the newest version of a collection, or null if there is no such collection.</summary>
    [Alias("GetManifest")]
    Task<CollectionManifest?> GetManifest(string collection);

    [Alias("Commit")]
    Task<CollectionManifest> Commit(CollectionManifest next);

    [Alias("Add")]
    [ResponseTimeout("00:00:10")]
    Task Add(string shard, string name, VectorBlock vectors, IdBlock ids, CancellationToken cancellationToken);

    [Alias("Seal")]
    [ResponseTimeout("12:00:00")]
    Task<ShardFile> Seal(string shard, CollectionManifest manifest, CancellationToken cancellationToken);

    [Alias("Remove")]
    [ResponseTimeout("12:00:00")]
    Task<ShardFile> Remove(string shard, CollectionManifest manifest, ShardFilter filter, CancellationToken cancellationToken);

    [Alias("Cut")]
    [ResponseTimeout("12:00:00")]
    Task<ShardFile> Cut(string shard, CollectionManifest manifest, int shards, CancellationToken cancellationToken);
}
