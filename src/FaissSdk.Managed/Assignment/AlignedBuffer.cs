using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaissSdk;

/// <summary>Represents pinned memory that starts at a cache line, so that no aligned vector crosses a line.</summary>
internal sealed unsafe class AlignedBuffer<T>
    where T : unmanaged
{
    /// <summary>The number of elements that an array has beside those of the buffer.</summary>
    public static readonly int Padding = CacheLine / sizeof(T);

    private const int CacheLine = 64;

    // The reference keeps the memory alive; the pointer alone would not.
    private readonly T[] _memory;

    public AlignedBuffer(long length)
    {
        Length = checked((int)length);
        _memory = GC.AllocateUninitializedArray<T>(checked(Length + Padding), pinned: true);
        Pointer = (T*)(((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory)) + CacheLine - 1) & -CacheLine);
    }

    public T* Pointer { get; }

    public int Length { get; }

    public Span<T> Span => new(Pointer, Length);
}
