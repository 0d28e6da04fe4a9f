namespace FaissSdk.Native;

/// <summary>Owns a native object that one function frees, or is a view of an object that another handle owns.</summary>
/// <typeparam name="T">The native type.</typeparam>
internal sealed unsafe class FreeHandle<T> : TypedHandle<T>
    where T : unmanaged
{
    private readonly delegate*<T*, void> _free;

    /// <param name="pointer">The object.</param>
    /// <param name="free">The function that frees it. FAISS's destructors are virtual, so that the function of a base class is right as well.</param>
    public FreeHandle(T* pointer, delegate*<T*, void> free)
        : base(pointer) => _free = free;

    /// <summary>Initializes a view of an object that the object of <paramref name="owner"/> frees.</summary>
    public FreeHandle(T* pointer, FreeHandle<T> owner)
        : base(pointer) => BecomeViewOf(owner);

    protected override void Free() => _free(Pointer);
}
