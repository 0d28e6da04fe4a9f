using System.Runtime.ConstrainedExecution;

namespace FaissSdk.Native;

/// <summary>Owns one native object, or is a view of an object that another handle owns; keeps alive what the native object points to.</summary>
/// <remarks>
/// <code>
/// state               entered by              frees the object   may be changed by its user   ends when
/// owner               constructor             itself             yes                          it is disposed and no call or other object uses it
/// part of another     other.KeepPart(this)    itself             no, through the other        the other releases it, or is freed
/// view                BecomeViewOf(owner)     the owner          no, through the owner        it is disposed; the owner is kept alive until then
/// transferred         TransferTo(owner)       the owner          no, through the owner        no view of it is in use; the owner is kept alive until then
/// disposed but alive  Dispose()               as before          no                           the last call or other object that uses it ends
/// </code>
/// One word counts references and calls, so that a call costs one interlocked operation at its start and one at its end. A handle
/// is not a <see cref="System.Runtime.InteropServices.SafeHandle"/>, whose count does not distinguish calls that read from calls that change.
/// </remarks>
internal abstract partial class NativeHandle : CriticalFinalizerObject, IDisposable
{
    // Bits 0 to 23 count the calls that read, bits 24 to 55 the references: that of the user, and one for each object that needs this one.
    private const long OneRead = 1;
    private const long AllReads = (1L << 24) - 1;
    private const long OneReference = 1L << 24;
    private const long AllReferences = ((1L << 32) - 1) << 24;
    private const long Changing = 1L << 60;
    private const long Disposed = 1L << 61;
    private const long InUse = AllReads | AllReferences | Changing;

    // One lock serves all handles, because objects rarely become parts.
    private static readonly Lock PartsLock = new();

    private static long _finalized;

    private long _state = OneReference;
    private List<(NativeHandle Handle, bool IsPart)>? _kept;
    private List<NativeHandle>? _views;
    private bool _owned = true;
    private int _dependents;
    private long _constantAt;

    protected NativeHandle(nint pointer) => Address = pointer;

    ~NativeHandle()
    {
        Interlocked.Increment(ref _finalized);
        Drop();
    }

    /// <summary>Gets the number of handles of this process that were left to the finalizer.</summary>
    public static long Finalized => Interlocked.Read(ref _finalized);

    /// <summary>Gets a value indicating whether the user has disposed the handle; the native object can live on.</summary>
    public bool IsDisposed => (Volatile.Read(ref _state) & Disposed) != 0;

    /// <summary>Gets a value indicating whether the handle has ended: it refers to no object, or to one that another handle frees.</summary>
    public bool IsClosed => (Volatile.Read(ref _state) & InUse) == 0;

    /// <summary>Gets or sets where the native object and its parts come from.</summary>
    public HandleSource Source { get; set; }

    /// <summary>Gets a value indicating whether another native object points to this one or owns it, so that only that one may change it.</summary>
    public bool IsPartOfOther => Volatile.Read(ref _dependents) > 0;

    /// <summary>Gets or sets a value indicating whether the native object, or an object that it is made of, was read from a file by a library that leaves something out (<see cref="LoadedIndex"/>).</summary>
    public bool LacksWhatLoadingOmits { get; set; }

    /// <summary>Gets the address of the native object.</summary>
    protected nint Address { get; }

    /// <summary>Returns the address of the native object without keeping the object alive.</summary>
    public nint DangerousGetHandle() => Address;

    /// <summary>Frees the native object, once no call and no other object uses it.</summary>
    public void Dispose()
    {
        Drop();
        GC.SuppressFinalize(this);
    }

    /// <summary>Keeps an object that never changes alive as long as this one.</summary>
    /// <param name="constant">The object.</param>
    /// <param name="owner">The object that the user knows, for the exception.</param>
    /// <exception cref="ObjectDisposedException">The object is disposed, and nothing else keeps it alive.</exception>
    public void KeepAlive(NativeHandle constant, object owner) => Keep(constant, owner, isPart: false);

    /// <summary>Returns whether this object can become a part, by the rules of <see cref="KeepPart"/>.</summary>
    public bool CanBecomePart(long constantAt = 0, bool isConstant = false)
    {
        lock (PartsLock)
        {
            return _dependents == 0 || (isConstant && _constantAt == constantAt);
        }
    }

    /// <summary>Keeps <paramref name="part"/> alive as long as this object, and marks it as part of another.</summary>
    /// <param name="part">The object, which can be part of one object only, because each would change it behind the other.</param>
    /// <param name="owner">The object that the user knows, for the exception.</param>
    /// <param name="constantAt">The state from which on this object does not change the part, as a number; 0 if there is none. Objects with the same number can share a part in that state.</param>
    /// <param name="isConstant">Whether the part is in that state.</param>
    /// <exception cref="InvalidOperationException">The part is part of another object already.</exception>
    public void KeepPart(NativeHandle part, object owner, long constantAt = 0, bool isConstant = false)
    {
        lock (PartsLock)
        {
            if (!part.CanBecomePart(constantAt, isConstant))
            {
                throw PartOfOther(owner);
            }

            Keep(part, owner, isPart: true);
            part._constantAt = constantAt;
            if (part._dependents > 0 || part._sharesSettings)
            {
                ShareSettings(part);
                ShareSettings(this);
            }

            part._parent = part._dependents++ == 0 ? new WeakReference<NativeHandle>(this) : null;
        }
    }

    /// <summary>Makes an object, and those that it is part of, use the lock of all objects that share parts.</summary>
    private static void ShareSettings(NativeHandle handle)
    {
        for (var next = handle; next is not null; next = next._parent is { } link && link.TryGetTarget(out var parent) ? parent : null)
        {
            next._sharesSettings = true;
        }
    }

    /// <summary>Permits other objects to share the part that this view stands for, as <see cref="KeepPart"/> describes.</summary>
    public void ShareAt(long constantAt) => _constantAt = constantAt;

    /// <summary>Undoes <see cref="KeepPart"/>.</summary>
    public void ReleasePart(NativeHandle part)
    {
        if (_kept?.Remove((part, true)) == true)
        {
            Release(part, isPart: true);
        }
    }

    /// <summary>Transfers the object and its parts to the object of <paramref name="owner"/>, which frees it from now on, and disposes this handle. The caller must have acquired both to change them.</summary>
    public void TransferTo(NativeHandle owner)
    {
        lock (PartsLock)
        {
            MoveParts(owner);
            if (_sharesSettings)
            {
                ShareSettings(owner);
            }
        }

        // Views of this object stay usable, and other objects may be made of them.
        Keep(owner, owner, isPart: false);
        owner.Source |= Source;
        MoveMemory(owner);
        owner.LacksWhatLoadingOmits |= LacksWhatLoadingOmits;
        _owned = false;
        Dispose();
    }

    /// <summary>Makes the parts and the views of this object those of another one, whose locks they use from now on.</summary>
    private void MoveParts(NativeHandle owner)
    {
        foreach (var (part, isPart) in _kept ?? [])
        {
            if (isPart && part._parent is not null)
            {
                part._parent = new WeakReference<NativeHandle>(owner);
            }
        }

        foreach (var view in _views ?? [])
        {
            view._parent = view._parent is null ? null : new WeakReference<NativeHandle>(owner);
        }

        if (_kept is not null)
        {
            (owner._kept ??= []).AddRange(_kept);
        }

        if (_views is not null)
        {
            (owner._views ??= []).AddRange(_views);
        }

        (_kept, _views) = (null, null);
    }

    /// <summary>Returns the exception for changing a part other than through the object that is made of it.</summary>
    public static InvalidOperationException PartOfOther(object owner) => new(owner is VectorTransform
        ? $"An index contains this {owner.GetType().Name}: train the index instead, or dispose it before the transform becomes part of another one."
        : $"Another index is made of this {owner.GetType().Name}: change it through that one, or dispose that one first.");

    /// <summary>Makes this handle a view of an object that the object of <paramref name="owner"/> frees.</summary>
    protected void BecomeViewOf(NativeHandle owner)
    {
        Keep(owner, owner, isPart: false);
        _owned = false;
        _dependents = 1;
        _parent = new WeakReference<NativeHandle>(owner);
        (owner._views ??= []).Add(this);
    }

    /// <summary>Frees the native object.</summary>
    protected abstract void Free();

    private static void Release(NativeHandle other, bool isPart)
    {
        if (isPart)
        {
            lock (PartsLock)
            {
                other._dependents--;
                other._parent = null;
            }
        }

        other.Leave(OneReference);
    }

    private void Keep(NativeHandle other, object owner, bool isPart)
    {
        ObjectDisposedException.ThrowIf(!other.TryEnter(OneReference, excluded: 0), owner);
        LacksWhatLoadingOmits |= other.LacksWhatLoadingOmits;
        (_kept ??= []).Add((other, isPart));
        Source |= other.Source;
    }

    /// <summary>Drops the reference of the user, once.</summary>
    private void Drop()
    {
        for (var state = Volatile.Read(ref _state); (state & Disposed) == 0;)
        {
            var seen = Interlocked.CompareExchange(ref _state, (state | Disposed) - OneReference, state);
            if (seen == state)
            {
                CloseUnlessInUse((state | Disposed) - OneReference);
                return;
            }

            state = seen;
        }
    }
}
