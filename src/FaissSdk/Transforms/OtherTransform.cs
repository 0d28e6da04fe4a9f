namespace FaissSdk;

/// <summary>A transform of a kind that has no type of its own here.</summary>
internal sealed class OtherTransform(VectorTransformHandle handle) : VectorTransform(handle);
