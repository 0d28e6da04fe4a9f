using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Owns a native parameter space.</summary>
internal sealed unsafe class ParameterSpaceHandle(FaissParameterSpace* pointer) : TypedHandle<FaissParameterSpace>(pointer)
{
    protected override void Free() => FaissNative.faiss_ParameterSpace_free(Pointer);
}
