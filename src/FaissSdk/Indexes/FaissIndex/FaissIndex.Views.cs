using FaissSdk.Native;

namespace FaissSdk;

/// <content>Parts, views and disposal.</content>
public abstract unsafe partial class FaissIndex
{
    // The name of the constructor of another index in messages about concurrent calls.
    private protected const string Composition = "making another index";

    private readonly ViewCache<FaissIndex> _views = new();
    private ConcurrentIndex? _concurrent;

    /// <summary>Returns an object whose calls wait for each other instead of throwing: any number of searches run concurrently, and a change runs alone.</summary>
    /// <returns>The same object at every call.</returns>
    public ConcurrentIndex AsConcurrent() => _concurrent ?? Interlocked.CompareExchange(ref _concurrent, new ConcurrentIndex(this), null) ?? _concurrent;

    /// <summary>Frees the native index as soon as no call uses it and no other index is made of it.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        _views.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Returns the object of a part that the native index owns: the same at every call, and disposed with this index.</summary>
    private protected FaissIndex View(NativeIndex* part) => _views.GetOrAdd(
        Handle,
        this,
        (nint)part,
        static (whole, view) => IndexFactory.Wrap(new IndexHandle((NativeIndex*)view, whole.Handle), description: null));

    /// <summary>Keeps a part alive, or makes the native index own it by the function that sets its <c>own_fields</c>. On failure this index is disposed.</summary>
    /// <param name="part">The part.</param>
    /// <param name="owned">Whether the native index owns it.</param>
    /// <param name="setOwnFields">The function.</param>
    /// <param name="constantAt">The number of vectors from which on this index does not change the part; 0 if there is none.</param>
    private protected void Hold(FaissIndex part, bool owned, delegate*<NativeIndex*, int, void> setOwnFields, long constantAt = 0)
    {
        try
        {
            if (owned)
            {
                using var index = Handle.Acquire(this);
                using var given = part.Handle.AcquireToChange(part, Composition);
                part.Handle.TransferTo(Handle);
                setOwnFields(index.Pointer, 1);
                part.Dispose();
            }
            else
            {
                using var kept = part.Handle.Acquire(part, Composition);
                Handle.KeepPart(part.Handle, part, constantAt, IsConstant(part, constantAt));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Throws if the index is part of another already, or has been disposed.</summary>
    private protected static void CheckCanBecomePart(FaissIndex part, long constantAt = 0)
    {
        using var kept = part.Handle.AcquireAnytime(part);
        if (!part.Handle.CanBecomePart(constantAt, IsConstant(part, constantAt)))
        {
            throw NativeHandle.PartOfOther(part);
        }
    }

    private static bool IsConstant(FaissIndex part, long constantAt) => constantAt > 0 && part.IsTrained && part.Count == constantAt;
}
