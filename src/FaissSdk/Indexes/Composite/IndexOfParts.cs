using System.Runtime.CompilerServices;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index of any number of other indexes: <see cref="IndexShards"/> or <see cref="IndexReplicas"/>.</summary>
public abstract unsafe class IndexOfParts : FaissIndex
{
    private readonly List<FaissIndex> _parts = [];

    private protected IndexOfParts(IndexHandle handle)
        : base(handle)
    {
    }

    private protected IReadOnlyList<FaissIndex> Members => _parts;

    /// <summary>Returns a native part.</summary>
    private protected abstract NativeIndex* PartAt(NativeIndex* index, int number);

    /// <summary>Adds a native part, and returns the status.</summary>
    private protected abstract int AddNative(NativeIndex* index, NativeIndex* part);

    /// <summary>Removes a native part, and returns the status.</summary>
    private protected abstract int RemoveNative(NativeIndex* index, NativeIndex* part);

    /// <summary>Returns whether the native index frees its parts.</summary>
    private protected abstract bool IsOwner(NativeIndex* index);

    /// <summary>Makes the native index free its parts.</summary>
    private protected abstract void OwnParts(NativeIndex* index);

    /// <summary>Checks what the derived class requires of a new part, beyond the checks of this class.</summary>
    private protected abstract void CheckNewPart(FaissIndex part, string parameter);

    private protected FaissIndex GetPart(int number, string parameter)
    {
        using var index = Handle.Acquire(this);
        ArgumentOutOfRangeException.ThrowIfNegative(number, parameter);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, _parts.Count, parameter);
        return _parts[number] is { Handle.IsDisposed: false } given ? given : View(PartAt(index.Pointer, number));
    }

    private protected void AddPart(FaissIndex part, string parameter, [CallerMemberName] string call = "")
    {
        ArgumentNullException.ThrowIfNull(part, parameter);
        using var index = Handle.AcquireToChange(this, call);
        using var added = part.Handle.Acquire(part, Composition);
        CheckNew(index.Pointer, part, added.Pointer, parameter);
        CheckNewPart(part, parameter);
        CheckCanBecomePart(part);
        Handle.KeepPart(part.Handle, part);
        try
        {
            Status.ThrowIfFailed(AddNative(index.Pointer, added.Pointer));
        }
        catch
        {
            Handle.ReleasePart(part.Handle);
            throw;
        }

        _parts.Add(part);
        Refresh(index.Pointer);
    }

    private protected void RemovePart(FaissIndex part, string parameter, [CallerMemberName] string call = "")
    {
        ArgumentNullException.ThrowIfNull(part, parameter);
        using var index = Handle.AcquireToChange(this, call);
        var number = _parts.IndexOf(part);
        if (number < 0)
        {
            throw new ArgumentException($"{parameter} is not one of the {parameter}s of this index.", parameter);
        }

        if (IsOwner(index.Pointer))
        {
            throw new InvalidOperationException($"This {GetType().Name} owns its parts, and none can be removed; remove parts before {nameof(IndexShards.TakeOwnership)}.");
        }

        // Nothing else would keep it, and the objects that stand for it would outlive it.
        ObjectDisposedException.ThrowIf(part.Handle.IsDisposed, part);
        Status.ThrowIfFailed(RemoveNative(index.Pointer, PartAt(index.Pointer, number)));
        _parts.RemoveAt(number);
        Refresh(index.Pointer);
        Handle.ReleasePart(part.Handle);
    }

    /// <summary>Transfers the parts to the native index, which frees them from now on.</summary>
    private protected void TransferParts([CallerMemberName] string call = "")
    {
        using var index = Handle.AcquireToChange(this, call);
        foreach (var part in _parts)
        {
            // Parts that their user has disposed are still alive here, and are transferred as well.
            part.Handle.TransferTo(Handle);
            Handle.ReleasePart(part.Handle);
            part.Dispose();
        }

        OwnParts(index.Pointer);
    }

    // FAISS compares the training of the parts only when one is added, so the last part is removed and added again.
    private protected override void RefreshDerivedState(NativeIndex* index)
    {
        base.RefreshDerivedState(index);
        if (KnownDefects.PartsResetTraining.IsPresent && _parts.Count > 0 && !IsOwner(index))
        {
            var last = PartAt(index, _parts.Count - 1);
            Status.ThrowIfFailed(RemoveNative(index, last));
            Status.ThrowIfFailed(AddNative(index, last));
        }
    }

    private protected override void CheckTrained(NativeIndex* index)
    {
        if (_parts.Count == 0)
        {
            throw new InvalidOperationException($"This {GetType().Name} has no parts yet.");
        }

        if (!_parts.TrueForAll(part => part.Handle.IsClosed || IsPartTrained(part)))
        {
            throw new InvalidOperationException($"The parts of this {GetType().Name} are not trained: call {nameof(Train)} first.");
        }

        CheckTrainedValues();
    }

    /// <summary>Returns the number of vectors of a part, whether its user has disposed it or not.</summary>
    private protected static long CountOf(FaissIndex part)
    {
        using var index = part.Handle.AcquireAlive();
        return FaissNative.faiss_Index_ntotal(index.Pointer);
    }

    private static bool IsPartTrained(FaissIndex part)
    {
        using var index = part.Handle.AcquireAlive();
        return FaissNative.faiss_Index_is_trained(index.Pointer) != 0;
    }

    // FAISS checks some of these only after it has added the part.
    private void CheckNew(NativeIndex* index, FaissIndex part, NativeIndex* native, string parameter)
    {
        if (Handle.Refers(native) || _parts.Exists(other => ReferenceEquals(other, part)) || _parts.Exists(other => other.Handle.Refers(native)))
        {
            throw new ArgumentException($"{parameter} is in this index already.", parameter);
        }

        // Both the native index and the caller's object would free the part.
        if (IsOwner(index))
        {
            throw new InvalidOperationException($"This {GetType().Name} owns its parts, and none can be added; add parts before {nameof(IndexShards.TakeOwnership)}.");
        }

        if (part.Dimension != Dimension)
        {
            throw new ArgumentException($"{parameter} has dimension {part.Dimension}, expected {Dimension}.", parameter);
        }

        if (_parts is [var first, ..] && (part.Metric != first.Metric || part.IsTrained != IsPartTrained(first)))
        {
            throw new ArgumentException(
                $"{parameter} compares by {part.Metric} and is {(part.IsTrained ? "" : "not ")}trained; the others compare by {first.Metric} and are {(IsPartTrained(first) ? "" : "not ")}trained.",
                parameter);
        }
    }
}
