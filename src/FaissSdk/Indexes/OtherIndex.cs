namespace FaissSdk;

/// <summary>Represents an index of a kind without a class of its own in the SDK.</summary>
internal sealed class OtherIndex(IndexHandle handle, string? description) : FaissIndex(handle, description);
