namespace FaissSdk;

/// <summary>Lets calls that read an object run at the same time, and a call that changes it alone; throws instead of waiting.</summary>
internal sealed class CallGuard(object owner)
{
    private const int Changing = -1;

    // The number of reading calls, or Changing.
    private int _calls;
    private bool _isDisposed;

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

    public void EndRead() => Interlocked.Decrement(ref _calls);

    /// <summary>Begins a call that changes the object.</summary>
    public void BeginChange(string call)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, owner);
        if (Interlocked.CompareExchange(ref _calls, Changing, 0) != 0)
        {
            throw Conflict(call);
        }
    }

    public void EndChange() => Volatile.Write(ref _calls, 0);

    /// <summary>Refuses calls from now on; those under way finish.</summary>
    public void Dispose() => _isDisposed = true;

    private InvalidOperationException Conflict(string call) =>
        new($"{call} of this {owner.GetType().Name} was called while another call is under way, and one of them changes the object: make the calls one after the other.");
}
