namespace FaissSdk.Orleans;

/// <summary>Represents the searches of a collection on the silo that a client is connected to; its key is the name of the collection.</summary>
[Alias("FaissSdk.ICollectionSearch")]
internal interface ICollectionSearch : IGrainWithStringKey
{
    /// <summary>Searches one replica of each shard, and merges what they find.</summary>
    [Alias("Search")]
    [ResponseTimeout("00:10:00")]
    Task<SearchAnswer> Search(SearchRequest request, CancellationToken cancellationToken);

    /// <summary>Returns the newest version of the collection, or null if there is no such collection.</summary>
    [Alias("GetManifest")]
    Task<CollectionManifest?> GetManifest(CancellationToken cancellationToken);
}
