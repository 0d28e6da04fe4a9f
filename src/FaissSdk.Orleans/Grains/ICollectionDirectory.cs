namespace FaissSdk.Orleans;

/// <summary>Represents the versions of a collection in the store; its key is the name of the collection.</summary>
[Alias("FaissSdk.ICollectionDirectory")]
internal interface ICollectionDirectory : IGrainWithStringKey
{
    /// <summary>Stores a piece of the trained index.</summary>
    [Alias("PutPiece")]
    Task PutPiece(string upload, int piece, byte[] content);

    /// <summary>Creates the collection from the pieces.</summary>
    [Alias("Create")]
    [ResponseTimeout("00:10:00")]
    Task<CollectionManifest> Create(string upload, int pieces, int shards, int replicas);

    /// <summary>Commits a version that follows the newest one.</summary>
    [Alias("Commit")]
    Task<CollectionManifest> Commit(CollectionManifest next);

    /// <summary>Deletes the files that neither of the newest two versions names.</summary>
    [Alias("Clean")]
    [ResponseTimeout("00:10:00")]
    Task<int> Clean();
}
