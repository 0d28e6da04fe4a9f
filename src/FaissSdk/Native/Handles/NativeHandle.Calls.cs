using System.Runtime.CompilerServices;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <content>Calls: any number of them read the object, or one of them changes it and its parts.</content>
internal abstract partial class NativeHandle
{
    private string? _reading;
    private string? _changing;
    private int _changingThread;
    private List<(NativeHandle Handle, long Claim)>? _claimed;

    /// <summary>Begins a call that reads the object.</summary>
    /// <exception cref="ObjectDisposedException">The user has disposed the handle.</exception>
    /// <exception cref="InvalidOperationException">A call of another thread changes the object.</exception>
    protected void BeginRead(object owner, string call)
    {
        DefaultThreads.Take();
        var state = Volatile.Read(ref _state);
        while (true)
        {
            if ((state & (Disposed | Changing)) != 0)
            {
                CheckReadable(state, owner, call);
            }

            var seen = Interlocked.CompareExchange(ref _state, state + OneRead, state);
            if (seen == state)
            {
                break;
            }

            state = seen;
        }

        // Only the first of several concurrent readers is named: it is likely to be the one that runs longest.
        if ((state & AllReads) == 0)
        {
            _reading = call;
        }
    }

    protected void EndRead() => Leave(OneRead);

    /// <summary>Begins a call that may run beside one that changes the object, because it reads or writes one number.</summary>
    /// <exception cref="ObjectDisposedException">The user has disposed the handle.</exception>
    protected void BeginBeside(object owner) => ObjectDisposedException.ThrowIf(!TryEnter(OneReference, Disposed), owner);

    /// <summary>Begins a call for an object that another one keeps alive, whether its user has disposed it or not.</summary>
    protected void BeginAlive() => ObjectDisposedException.ThrowIf(!TryEnter(OneReference, excluded: 0), this);

    protected void EndBeside() => Leave(OneReference);

    /// <summary>Begins a call that changes the object and all that it is made of.</summary>
    /// <exception cref="ObjectDisposedException">The user has disposed the handle.</exception>
    /// <exception cref="InvalidOperationException">Another call uses the object or a part of it, or another object is made of it.</exception>
    protected void BeginChange(object owner, string call, bool isOfPart)
    {
        DefaultThreads.Take();
        ObjectDisposedException.ThrowIf(IsDisposed, owner);
        if (!isOfPart && IsPartOfOther)
        {
            throw PartOfOther(owner);
        }

        if (!TryEnter(Changing, Changing | AllReads | Disposed))
        {
            ObjectDisposedException.ThrowIf(IsDisposed, owner);
            throw Conflict(owner, call, this);
        }

        // It may have become a part since the first check; from here on it cannot.
        if (!isOfPart && IsPartOfOther)
        {
            Unclaim(Changing);
            throw PartOfOther(owner);
        }

        (_changing, _changingThread) = (call, Environment.CurrentManagedThreadId);
        if (_kept is not null || _views is not null)
        {
            _claimed ??= [];
            if (ClaimParts(_claimed, call) is { } used)
            {
                EndChange();
                throw Conflict(owner, call, used);
            }
        }
    }

    protected void EndChange()
    {
        if (_claimed is { Count: > 0 })
        {
            for (var i = _claimed.Count - 1; i >= 0; i--)
            {
                var (part, claim) = _claimed[i];
                part.Unclaim(claim);
            }

            _claimed.Clear();
        }

        Unclaim(Changing);
    }

    /// <summary>Claims all parts for a change, and returns the first that another call uses.</summary>
    private NativeHandle? ClaimParts(List<(NativeHandle Handle, long Claim)> claimed, string call)
    {
        for (var i = 0; i < (_kept?.Count ?? 0); i++)
        {
            if (_kept![i] is (var part, true) && part.ClaimWithParts(claimed, call) is { } used)
            {
                return used;
            }
        }

        for (var i = 0; i < (_views?.Count ?? 0); i++)
        {
            if (_views![i].ClaimWithParts(claimed, call) is { } used)
            {
                return used;
            }
        }

        return null;
    }

    private NativeHandle? ClaimWithParts(List<(NativeHandle Handle, long Claim)> claimed, string call)
    {
        // Objects share a part only if none of them changes it.
        if (Volatile.Read(ref _dependents) > 1)
        {
            if (!TryEnter(OneRead, Changing))
            {
                return IsClosed ? null : this;
            }

            claimed.Add((this, OneRead));
            return null;
        }

        if (!TryEnter(Changing, Changing | AllReads))
        {
            return IsClosed ? null : this;
        }

        (_changing, _changingThread) = (call, Environment.CurrentManagedThreadId);
        claimed.Add((this, Changing));
        return ClaimParts(claimed, call);
    }

    private void Unclaim(long claim)
    {
        if (claim == Changing)
        {
            (_changing, _changingThread) = (null, 0);
        }

        Leave(claim);
    }

    /// <summary>Adds a reference or a call, unless the handle has ended or its state has one of the <paramref name="excluded"/> bits.</summary>
    private bool TryEnter(long one, long excluded)
    {
        for (var state = Volatile.Read(ref _state); (state & InUse) != 0 && (state & excluded) == 0;)
        {
            var seen = Interlocked.CompareExchange(ref _state, state + one, state);
            if (seen == state)
            {
                return true;
            }

            state = seen;
        }

        return false;
    }

    private void Leave(long one) => CloseUnlessInUse(Interlocked.Add(ref _state, -one));

    // A state that is not in use never changes again, so this happens only once.
    private void CloseUnlessInUse(long state)
    {
        if ((state & InUse) != 0)
        {
            return;
        }

        if (_owned && Address != 0)
        {
            Free();
        }

        RemoveMemory();
        foreach (var (other, isPart) in _kept ?? [])
        {
            Release(other, isPart);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CheckReadable(long state, object owner, string call)
    {
        ObjectDisposedException.ThrowIf((state & Disposed) != 0, owner);

        // A call that changes the object calls others that read it.
        if (Volatile.Read(ref _changingThread) != Environment.CurrentManagedThreadId)
        {
            throw Conflict(owner, call, this);
        }
    }

    // The names are hints: the call that was in the way may have returned meanwhile.
    private InvalidOperationException Conflict(object owner, string call, NativeHandle used)
    {
        var other = used._changing ?? used._reading ?? "another call";
        var part = ReferenceEquals(used, this) ? "" : " of a part";
        var advice = owner is FaissIndex or IndexBinary ? ", or call both through AsConcurrent(), which lets them wait for each other" : "";
        return new InvalidOperationException($"{call} of this {owner.GetType().Name} was called while {other}{part} is under way, and one of them changes the object: make the calls one after the other{advice}.");
    }
}
