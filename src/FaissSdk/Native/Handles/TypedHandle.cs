using System.Runtime.CompilerServices;

namespace FaissSdk.Native;

/// <summary>Represents a handle of one native type.</summary>
/// <typeparam name="T">The native type.</typeparam>
internal abstract unsafe class TypedHandle<T>(T* pointer) : NativeHandle((nint)pointer)
    where T : unmanaged
{
    protected T* Pointer => (T*)Address;

    /// <summary>Returns whether this is the handle of <paramref name="other"/>.</summary>
    public bool Refers(T* other) => Pointer == other;

    /// <summary>Begins a call that reads the object, and keeps it alive until the lease is disposed, even if another thread disposes <paramref name="owner"/> meanwhile.</summary>
    /// <exception cref="InvalidOperationException">A call of another thread changes the object.</exception>
    public Lease Acquire(object owner, [CallerMemberName] string call = "")
    {
        BeginRead(owner, call);
        return new Lease(this);
    }

    /// <summary>Begins a call that changes the object or one of its parts: until the lease is disposed, no other call reads or changes any of them.</summary>
    /// <exception cref="InvalidOperationException">Another call uses the object or a part of it, or another object is made of it.</exception>
    public ChangeLease AcquireToChange(object owner, [CallerMemberName] string call = "")
    {
        BeginChange(owner, call, isOfPart: false);
        return new ChangeLease(this);
    }

    /// <summary>Begins a call that changes the object in a way that is permitted even if another object is made of it; otherwise the same as <see cref="AcquireToChange"/>.</summary>
    public ChangeLease AcquirePartToChange(object owner, [CallerMemberName] string call = "")
    {
        BeginChange(owner, call, isOfPart: true);
        return new ChangeLease(this);
    }

    /// <summary>Begins a call that may run beside any other, because it reads or writes a single number.</summary>
    public AnytimeLease AcquireAnytime(object owner)
    {
        BeginBeside(owner);
        return new AnytimeLease(this);
    }

    /// <summary>Acquires an object that another one keeps alive, whether its user has disposed it or not.</summary>
    public AnytimeLease AcquireAlive()
    {
        BeginAlive();
        return new AnytimeLease(this);
    }

    internal readonly ref struct Lease(TypedHandle<T> handle)
    {
        public T* Pointer => handle.Pointer;

        public void Dispose() => handle.EndRead();
    }

    internal readonly ref struct ChangeLease(TypedHandle<T> handle)
    {
        public T* Pointer => handle.Pointer;

        public void Dispose() => handle.EndChange();
    }

    internal readonly ref struct AnytimeLease(TypedHandle<T> handle)
    {
        public T* Pointer => handle.Pointer;

        public void Dispose() => handle.EndBeside();
    }
}
