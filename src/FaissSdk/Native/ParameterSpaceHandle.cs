using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Owns a native parameter space.</summary>
internal sealed unsafe class ParameterSpaceHandle(FaissParameterSpace* pointer) : NativeHandle<FaissParameterSpace>(pointer)
{
    protected override bool ReleaseHandle()
    {
        FaissNative.faiss_ParameterSpace_free(Pointer);
        return true;
    }
}
