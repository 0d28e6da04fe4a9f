using System.Runtime.InteropServices;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Owns a native selector, and the memory or the object that the selector reads.</summary>
internal sealed unsafe class IDSelectorHandle(FaissIDSelector* pointer, delegate*<FaissIDSelector*, void> free, void* memory = null, GCHandle reference = default)
    : TypedHandle<FaissIDSelector>(pointer)
{
    /// <summary>Gets the memory that the selector reads; valid during a call.</summary>
    public void* Memory => memory;

    protected override void Free()
    {
        free(Pointer);
        NativeMemory.Free(memory);
        if (reference.IsAllocated)
        {
            reference.Free();
        }
    }
}
