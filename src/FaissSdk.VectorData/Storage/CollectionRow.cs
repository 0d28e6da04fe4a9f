namespace FaissSdk.VectorData.Storage;

/// <summary>Represents the row of a collection: its id, a token that no other collection has, the number of its last change, and the last id and generated key that were used.</summary>
internal sealed record CollectionRow(long Id, string Token, long Version, long LastId, long LastKey);
