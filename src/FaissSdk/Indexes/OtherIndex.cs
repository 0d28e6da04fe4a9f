using FaissSdk.Native;

namespace FaissSdk;

/// <summary>An index of a kind that has no type of its own here.</summary>
internal sealed class OtherIndex(IndexHandle handle, string? description) : FaissIndex(handle, description);
