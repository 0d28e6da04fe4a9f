using System.Runtime.InteropServices;

namespace FaissSdk.Native;

/// <summary>Owns one native object, or is a view of an object that another handle owns; keeps alive what the native object points to.</summary>
/// <remarks>
/// <code>
/// state               entered by              frees the object   may be changed by its user   ends when
/// owner               constructor             itself             yes                          it is disposed and no call or other object uses it
/// part of another     other.KeepAlive(this)   itself             no, through the other        the other releases it, or is freed
/// view                BecomeViewOf(owner),    the owner          no, through the owner        it is disposed; the owner is kept alive until then
///                     TransferTo(owner)
/// disposed but alive  Dispose()               as before          no                           the last call or other object that uses it ends
/// </code>
/// A handle can be part of several others, and disposed while it is. SafeHandle counts the calls under way and the objects
/// that keep the handle alive: ReleaseHandle runs when both are gone.
/// </remarks>
internal abstract class NativeHandle : SafeHandle
{
    private static long _finalized;

    private List<(NativeHandle Handle, bool AsPart)>? _kept;
    private bool _owned = true;
    private int _dependents;
    private volatile bool _isDisposed;

    protected NativeHandle(nint pointer)
        : base(0, ownsHandle: true) => SetHandle(pointer);

    /// <summary>Gets the number of handles of this process that were left to the finalizer.</summary>
    public static long Finalized => Interlocked.Read(ref _finalized);

    /// <summary>Gets a value indicating whether the user has disposed the handle; the native object can live on.</summary>
    public bool IsDisposed => _isDisposed;

    public override bool IsInvalid => handle == 0;

    /// <summary>Gets a value indicating whether another native object points to this one or owns it, so that only that one may change it.</summary>
    public bool IsPartOfOther => DependentCount > 0;

    /// <summary>Gets the number of native objects that point to this one or own it.</summary>
    public int DependentCount => Volatile.Read(ref _dependents);

    /// <summary>Keeps <paramref name="part"/> alive as long as this object, and marks it as part of another.</summary>
    public void KeepAlive(NativeHandle part)
    {
        Keep(part, asPart: true);
        Interlocked.Increment(ref part._dependents);
    }

    /// <summary>Undoes <see cref="KeepAlive"/>.</summary>
    public void ReleaseKeepAlive(NativeHandle part)
    {
        if (_kept?.Remove((part, true)) == true)
        {
            Release(part, asPart: true);
        }
    }

    /// <summary>Transfers the object to the object of <paramref name="owner"/>, which frees it from now on, and disposes this handle.</summary>
    public void TransferTo(NativeHandle owner)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        BecomeViewOf(owner);
        Dispose();
    }

    /// <summary>Makes this handle a view of an object that the object of <paramref name="owner"/> frees.</summary>
    protected void BecomeViewOf(NativeHandle owner)
    {
        Keep(owner, asPart: false);
        _owned = false;
        Interlocked.Increment(ref _dependents);
    }

    /// <summary>Frees the native object.</summary>
    protected abstract void Free();

    protected sealed override bool ReleaseHandle()
    {
        if (_owned)
        {
            Free();
        }

        foreach (var (other, asPart) in _kept ?? [])
        {
            Release(other, asPart);
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

    private void Keep(NativeHandle other, bool asPart)
    {
        var added = false;
        other.DangerousAddRef(ref added);
        (_kept ??= []).Add((other, asPart));
    }

    private static void Release(NativeHandle other, bool asPart)
    {
        if (asPart)
        {
            Interlocked.Decrement(ref other._dependents);
        }

        other.DangerousRelease();
    }
}
