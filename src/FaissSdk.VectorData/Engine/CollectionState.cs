namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents the indexes of a collection at one version; it is immutable.</summary>
internal sealed record CollectionState(long CollectionId, long Version, long LastId, PropertyState[] Properties);
