using FaissSdk.Native;

namespace FaissSdk;

/// <content>Parts, views and disposal.</content>
public abstract unsafe partial class FaissIndex
{
    private readonly ViewCache<FaissIndex> _views = new();

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

    /// <summary>Keeps a part alive, or makes the native index own it by the function that sets its <c>own_fields</c>.</summary>
    private protected void Hold(FaissIndex part, bool owned, delegate*<NativeIndex*, int, void> setOwnFields)
    {
        if (!owned)
        {
            Handle.KeepAlive(part.Handle);
            return;
        }

        if (part.Handle.IsPartOfOther)
        {
            Dispose();
            part.CheckNotPartOfOther();
        }

        using var index = Handle.Acquire(this);
        part.Handle.TransferTo(Handle);
        setOwnFields(index.Pointer, 1);
        part.Dispose();
    }
}
