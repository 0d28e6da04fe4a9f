using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Owns a native vector transform.</summary>
internal sealed unsafe class VectorTransformHandle(FaissVectorTransform* pointer, delegate*<FaissVectorTransform*, void> free)
    : TypedHandle<FaissVectorTransform>(pointer)
{
    protected override void Free() => free(Pointer);
}
