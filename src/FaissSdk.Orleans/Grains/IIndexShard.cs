namespace FaissSdk.Orleans;

/// <summary>Represents one replica of a sealed shard; its key is a <see cref="ShardKey"/> with the name of the file.</summary>
[Alias("FaissSdk.IIndexShard")]
internal interface IIndexShard : IGrainWithStringKey
{
    /// <summary>Searches the shard.</summary>
    [Alias("Search")]
    [ResponseTimeout("00:10:00")]
    Task<SearchAnswer> Search(SearchRequest request, CancellationToken cancellationToken);

    /// <summary>Loads the shard unless it is loaded, and returns the silo that holds it.</summary>
    [Alias("Load")]
    [ResponseTimeout("00:10:00")]
    Task<string> Load(CancellationToken cancellationToken);

    /// <summary>Moves the shard if it would be placed on another silo now, and returns that silo, or null.</summary>
    [Alias("Leave")]
    Task<SiloAddress?> Leave(CancellationToken cancellationToken);

    /// <summary>Releases the memory of the shard.</summary>
    [Alias("Retire")]
    Task Retire();
}
