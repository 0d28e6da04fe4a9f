namespace FaissSdk.VectorData.Indexes;

/// <summary>The indexes of a collection at one version; it never changes.</summary>
internal sealed record CollectionState(long CollectionId, long Version, long LastId, PropertyState[] Properties);
