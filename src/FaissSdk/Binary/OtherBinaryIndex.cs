using FaissSdk.Native;

namespace FaissSdk;

/// <summary>A binary index of a kind that has no type of its own here.</summary>
internal sealed class OtherBinaryIndex(BinaryIndexHandle handle, BinaryIndexKind kind, IndexReadOptions options) : IndexBinary(handle, kind, options);
