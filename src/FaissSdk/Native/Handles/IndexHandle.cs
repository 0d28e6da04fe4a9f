namespace FaissSdk.Native;

/// <summary>Owns a native index, or is a view of a part of one.</summary>
internal sealed unsafe class IndexHandle : TypedHandle<Interop.FaissIndex>
{
    private readonly delegate*<Interop.FaissIndex*, void> _free;

    /// <param name="pointer">The index.</param>
    /// <param name="free">The function of its kind that frees it; any other index's is right as well, since destructors are virtual.</param>
    public IndexHandle(Interop.FaissIndex* pointer, delegate*<Interop.FaissIndex*, void> free)
        : base(pointer) => _free = free;

    /// <summary>Makes a view of a part of <paramref name="whole"/>'s index.</summary>
    public IndexHandle(Interop.FaissIndex* pointer, IndexHandle whole)
        : base(pointer) => BecomeView(whole);

    protected override void Free() => _free(Pointer);
}
