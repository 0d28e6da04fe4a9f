namespace FaissSdk.VectorData.Storage;

/// <summary>Represents the row of a collection: its id, a token that no other collection has, the number of its last change, and the last id and generated key that were used.</summary>
internal sealed record CollectionRow(long Id, string Token, long Version, long LastId, long LastKey)
{
    /// <summary>Determines whether a row that was read later is of the same collection. A database that was replaced by a backup may have an earlier version.</summary>
    public bool IsContinuedBy(CollectionRow later) => later.Id == Id && later.Token == Token && later.Version >= Version;
}
