using FaissSdk.VectorData.Storage;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents the indexes of a collection at one version; it is immutable.</summary>
/// <param name="CollectionId">The id of the collection.</param>
/// <param name="Token">The token that no other collection has.</param>
/// <param name="Version">The number of the last change.</param>
/// <param name="LastId">The last id that was used.</param>
/// <param name="Opening">A number that no other opening has. States of different openings may have the same version and other records, since a database can be replaced.</param>
/// <param name="Properties">The indexes of the vector properties.</param>
internal sealed record CollectionState(long CollectionId, string Token, long Version, long LastId, long Opening, PropertyState[] Properties)
{
    /// <summary>Determines whether the row is that of the same collection, at this version or a later one.</summary>
    public bool IsContinuedBy(CollectionRow row) => row.Id == CollectionId && row.Token == Token && row.Version >= Version && row.LastId >= LastId;
}
