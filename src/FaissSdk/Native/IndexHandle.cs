using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Owns a native index.</summary>
internal sealed unsafe class IndexHandle(Interop.FaissIndex* pointer) : NativeHandle<Interop.FaissIndex>(pointer)
{
    protected override bool ReleaseHandle()
    {
        FaissNative.faiss_Index_free(Pointer);
        return true;
    }
}
