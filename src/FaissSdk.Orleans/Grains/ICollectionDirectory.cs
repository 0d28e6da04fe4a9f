namespace FaissSdk.Orleans;

/// <summary>Represents the versions of a collection in the store; its key is the name of the collection.</summary>
[Alias("FaissSdk.ICollectionDirectory")]
internal interface ICollectionDirectory : IGrainWithStringKey
{
    /// <summary>Stores a piece of the trained index.</summary>
    [Alias("PutPiece")]
    Task PutPiece(string upload, int piece, byte[] content);

    /// <summary>Creates the collection from the pieces, on a silo with the caller's version of FAISS.</summary>
    [Alias("Create")]
    [ResponseTimeout("00:10:00")]
    Task<CollectionManifest> Create(string faissVersion, string upload, int pieces, int shards, int replicas);

    /// <summary>Returns the newest version of the collection, or null if there is no such collection: on the silo that commits versions, which sees them before others where the store is a network file system.</summary>
    [Alias("Get")]
    Task<CollectionManifest?> Get();

    /// <summary>Commits a version that follows the newest one; a repeated call with the same version changes nothing.</summary>
    [Alias("Commit")]
    Task<CollectionManifest> Commit(CollectionManifest next);

    /// <summary>Deletes the files that neither of the newest two versions names.</summary>
    [Alias("Clean")]
    [ResponseTimeout("00:10:00")]
    Task<int> Clean();
}
