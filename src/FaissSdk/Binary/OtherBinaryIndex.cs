namespace FaissSdk;

/// <summary>Represents a binary index of a kind without a class of its own in the SDK.</summary>
internal sealed class OtherBinaryIndex(BinaryIndexHandle handle) : IndexBinary(handle);
