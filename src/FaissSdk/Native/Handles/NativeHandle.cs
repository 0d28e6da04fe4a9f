using System.Runtime.InteropServices;

namespace FaissSdk.Native;

/// <summary>Owns one native object, or is a view of one that another handle owns; keeps alive what the object points to.</summary>
internal abstract class NativeHandle : SafeHandle
{
    private static long _finalized;

    private List<(NativeHandle Handle, bool Held)>? _kept;
    private bool _owned = true;
    private int _holders;
    private volatile bool _isDisposed;

    protected NativeHandle(nint pointer)
        : base(0, ownsHandle: true) => SetHandle(pointer);

    /// <summary>How many handles of this process were left to the finalizer.</summary>
    public static long Finalized => Interlocked.Read(ref _finalized);

    /// <summary>Whether its user has disposed it; the object itself lives on until calls under way are over and nothing is made of it.</summary>
    public bool IsDisposed => _isDisposed;

    public override bool IsInvalid => handle == 0;

    /// <summary>Whether another object is made of this one, so that only that one may change it.</summary>
    public bool IsHeld => HolderCount > 0;

    /// <summary>How many objects are made of this one.</summary>
    public int HolderCount => Volatile.Read(ref _holders);

    /// <summary>Keeps <paramref name="other"/> alive for as long as this object is, and marks it as held.</summary>
    public void Borrow(NativeHandle other)
    {
        Keep(other, held: true);
        Interlocked.Increment(ref other._holders);
    }

    /// <summary>Lets go of what was borrowed.</summary>
    public void Return(NativeHandle other)
    {
        if (_kept?.Remove((other, true)) == true)
        {
            LetGo(other, held: true);
        }
    }

    /// <summary>Leaves the object to <paramref name="owner"/>'s, which frees it; calls under way keep that one alive.</summary>
    public void GiveTo(NativeHandle owner)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        BecomeView(owner);
        Dispose();
    }

    /// <summary>Takes the object away from the finalizer: it lives until it is disposed.</summary>
    public void LeaveToOwner()
    {
#pragma warning disable CA1816 // It is not disposed.
        GC.SuppressFinalize(this);
#pragma warning restore CA1816
    }

    /// <summary>Makes this a view of what <paramref name="owner"/>'s object owns.</summary>
    protected void BecomeView(NativeHandle owner)
    {
        Keep(owner, held: false);
        _owned = false;
        Interlocked.Increment(ref _holders);
    }

    /// <summary>Frees the native object.</summary>
    protected abstract void Free();

    protected sealed override bool ReleaseHandle()
    {
        if (_owned)
        {
            Free();
        }

        foreach (var (other, held) in _kept ?? [])
        {
            LetGo(other, held);
        }

        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        if (!disposing)
        {
            Interlocked.Increment(ref _finalized);
        }

        base.Dispose(disposing);
    }

    private void Keep(NativeHandle other, bool held)
    {
        var added = false;
        other.DangerousAddRef(ref added);
        (_kept ??= []).Add((other, held));
    }

    private static void LetGo(NativeHandle other, bool held)
    {
        if (held)
        {
            Interlocked.Decrement(ref other._holders);
        }

        other.DangerousRelease();
    }
}
