using System.Runtime.InteropServices;

namespace FaissSdk.Native;

/// <summary>Owns one native object.</summary>
/// <typeparam name="T">The native type.</typeparam>
internal abstract unsafe class NativeHandle<T> : SafeHandle
    where T : unmanaged
{
    protected NativeHandle(T* pointer)
        : base(0, ownsHandle: true) => SetHandle((nint)pointer);

    public override bool IsInvalid => handle == 0;

    protected T* Pointer => (T*)handle;

    /// <summary>Keeps the object alive until the lease is disposed, even if another thread disposes <paramref name="owner"/> meanwhile.</summary>
    public Lease Acquire(object owner)
    {
        ObjectDisposedException.ThrowIf(IsClosed, owner);
        return new Lease(this);
    }

    internal readonly ref struct Lease
    {
        private readonly NativeHandle<T> _handle;

        public Lease(NativeHandle<T> handle)
        {
            var added = false;
            handle.DangerousAddRef(ref added);
            _handle = handle;
        }

        public T* Pointer => _handle.Pointer;

        public void Dispose() => _handle.DangerousRelease();
    }
}
