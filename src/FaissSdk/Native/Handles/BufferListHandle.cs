using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Owns a native buffer list.</summary>
internal sealed unsafe class BufferListHandle(FaissBufferList* pointer) : TypedHandle<FaissBufferList>(pointer)
{
    protected override void Free() => FaissNative.faiss_BufferList_free(Pointer);
}
