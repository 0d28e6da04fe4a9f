namespace FaissSdk;

/// <summary>Lets calls that read an object run at the same time, and a call that changes it alone; throws instead of waiting.</summary>
/// <param name="owner">The object.</param>
/// <param name="free">Frees what the object holds, once it is disposed and no call is under way.</param>
internal sealed class CallGuard(object owner, Action free)
{
    private const int Changing = -1;
    private const int Freed = -2;

    // The number of reading calls, or one of the above.
    private int _calls;
    private volatile bool _isDisposed;

    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, owner);

    /// <summary>Begins a call that reads.</summary>
    public void BeginRead(string call)
    {
        int calls;
        do
        {
            calls = Volatile.Read(ref _calls);
            ObjectDisposedException.ThrowIf(_isDisposed, owner);
            if (calls == Changing)
            {
                throw Conflict(call);
            }
        }
        while (Interlocked.CompareExchange(ref _calls, calls + 1, calls) != calls);
    }

    public void EndRead()
    {
        if (Interlocked.Decrement(ref _calls) == 0)
        {
            FreeIfDisposed();
        }
    }

    /// <summary>Begins a call that changes the object.</summary>
    public void BeginChange(string call)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, owner);
        if (Interlocked.CompareExchange(ref _calls, Changing, 0) is var calls and not 0)
        {
            ObjectDisposedException.ThrowIf(calls == Freed, owner);
            throw Conflict(call);
        }
    }

    public void EndChange()
    {
        Interlocked.Exchange(ref _calls, 0);
        FreeIfDisposed();
    }

    /// <summary>Refuses calls from now on; those under way finish, and the last of them frees what the object holds.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Interlocked.MemoryBarrier();
        FreeIfDisposed();
    }

    // A call that begins beside Dispose either sees that the object is disposed, or is counted before what it reads is freed.
    private void FreeIfDisposed()
    {
        if (_isDisposed && Interlocked.CompareExchange(ref _calls, Freed, 0) == 0)
        {
            free();
        }
    }

    private InvalidOperationException Conflict(string call) =>
        new($"{call} of this {owner.GetType().Name} was called while another call is under way, and one of them changes the object: make the calls one after the other.");
}
