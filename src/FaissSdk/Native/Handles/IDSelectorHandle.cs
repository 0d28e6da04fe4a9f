using System.Runtime.InteropServices;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Owns a native selector and the memory that the selector reads.</summary>
internal sealed unsafe class IDSelectorHandle(FaissIDSelector* pointer, delegate*<FaissIDSelector*, void> free, void* memory = null)
    : TypedHandle<FaissIDSelector>(pointer)
{
    protected override void Free()
    {
        free(Pointer);
        NativeMemory.Free(memory);
    }
}
