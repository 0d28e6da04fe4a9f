namespace FaissSdk.Native;

/// <summary>A handle of one native type.</summary>
/// <typeparam name="T">The native type.</typeparam>
internal abstract unsafe class TypedHandle<T>(T* pointer) : NativeHandle((nint)pointer)
    where T : unmanaged
{
    protected T* Pointer => (T*)handle;

    /// <summary>Returns whether this is the handle of <paramref name="other"/>.</summary>
    public bool Refers(T* other) => Pointer == other;

    /// <summary>Keeps the object alive until the lease is disposed, even if another thread disposes <paramref name="owner"/> meanwhile.</summary>
    public Lease Acquire(object owner)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, owner);
        return new Lease(this);
    }

    /// <summary>Acquires an object that another one keeps alive, whether its user has disposed it or not.</summary>
    public Lease AcquireAlive() => new(this);

    internal readonly ref struct Lease
    {
        private readonly TypedHandle<T> _handle;

        public Lease(TypedHandle<T> handle)
        {
            var added = false;
            handle.DangerousAddRef(ref added);
            _handle = handle;
        }

        public T* Pointer => _handle.Pointer;

        public void Dispose() => _handle.DangerousRelease();
    }
}
