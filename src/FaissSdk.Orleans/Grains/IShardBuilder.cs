namespace FaissSdk.Orleans;

/// <summary>Represents the additions to a shard, and the files that are built from them; its key is a <see cref="ShardKey"/> with <c>collection/shard</c>.</summary>
[Alias("FaissSdk.IShardBuilder")]
internal interface IShardBuilder : IGrainWithStringKey
{
    /// <summary>Builds the trained index of a collection from its pieces; returns the first version, which is not yet committed.</summary>
    [Alias("Create")]
    [ResponseTimeout("00:10:00")]
    Task<CollectionManifest> Create(string upload, int pieces, int shards, int replicas);

    /// <summary>Stores vectors, which are on disk when the call ends; a repeated call with the same name stores nothing.</summary>
    [Alias("Add")]
    [ResponseTimeout("00:00:10")]
    Task Add(string name, VectorBlock vectors, IdBlock ids, CancellationToken cancellationToken);

    /// <summary>Builds the index of the shard from all vectors that were added.</summary>
    [Alias("Seal")]
    [ResponseTimeout("12:00:00")]
    Task<ShardFile> Seal(CollectionManifest manifest, CancellationToken cancellationToken);

    /// <summary>Writes the file of the shard without some ids; returns the same file if it contains none of them.</summary>
    [Alias("Remove")]
    [ResponseTimeout("12:00:00")]
    Task<ShardFile> Remove(CollectionManifest manifest, ShardFilter filter, CancellationToken cancellationToken);

    /// <summary>Writes the file of this shard for another number of shards, from the files of all shards.</summary>
    [Alias("Cut")]
    [ResponseTimeout("12:00:00")]
    Task<ShardFile> Cut(CollectionManifest manifest, int shards, CancellationToken cancellationToken);
}
