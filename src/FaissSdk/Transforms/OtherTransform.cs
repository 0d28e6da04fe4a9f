namespace FaissSdk;

/// <summary>Represents a transform of a type without a class of its own in this library.</summary>
internal sealed class OtherTransform(VectorTransformHandle handle) : VectorTransform(handle);
