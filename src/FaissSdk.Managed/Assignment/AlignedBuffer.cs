using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaissSdk;

/// <summary>Memory that stays where it is and starts on a cache line, so that no vector of it lies on two.</summary>
internal sealed unsafe class AlignedBuffer<T>
    where T : unmanaged
{
    private const int Line = 64;

    // Held, as the pointer alone would not keep it.
    private readonly T[] _memory;

    public AlignedBuffer(long length)
    {
        Length = checked((int)length);
        _memory = GC.AllocateUninitializedArray<T>(checked(Length + (Line / sizeof(T))), pinned: true);
        Pointer = (T*)(((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory)) + Line - 1) & -Line);
    }

    public T* Pointer { get; }

    public int Length { get; }

    public Span<T> Span => new(Pointer, Length);
}
