using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Owns a native binary index, or is a view of a part of one.</summary>
internal sealed unsafe class BinaryIndexHandle : TypedHandle<FaissIndexBinary>
{
    private readonly delegate*<FaissIndexBinary*, void> _free;

    /// <param name="pointer">The index.</param>
    /// <param name="free">The function of its kind that frees it.</param>
    public BinaryIndexHandle(FaissIndexBinary* pointer, delegate*<FaissIndexBinary*, void> free)
        : base(pointer) => _free = free;

    /// <summary>Makes a view of a part of <paramref name="whole"/>'s index.</summary>
    public BinaryIndexHandle(FaissIndexBinary* pointer, BinaryIndexHandle whole)
        : base(pointer) => BecomeView(whole);

    protected override void Free() => _free(Pointer);
}
