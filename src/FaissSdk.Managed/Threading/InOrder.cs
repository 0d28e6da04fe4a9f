namespace FaissSdk;

/// <summary>Follows blocks that end in any order, and runs what comes after each in the order of their numbers; no thread waits for another.</summary>
/// <param name="count">The number of blocks.</param>
/// <param name="body">What comes after a block; never for two at the same time.</param>
internal sealed class InOrder(int count, Action<int> body)
{
    private readonly bool[] _done = new bool[count];
    private int _ended;
    private int _next;
    private int _isRunning;
    private int _owner;

    /// <summary>Says that a block is done. The first thread to say so runs what comes after, its own and the others': what that works on stays in its cache. Whoever ends the last block runs what is left.</summary>
    public void Done(int block)
    {
        Volatile.Write(ref _done[block], true);
        var thread = Environment.CurrentManagedThreadId;
        var owner = Interlocked.CompareExchange(ref _owner, thread, 0);
        if (Interlocked.Increment(ref _ended) < count && owner != 0 && owner != thread)
        {
            return;
        }

        // Looked at again when it is given up: what another thread found running, it has left to this one.
        while (NextIsDone && Interlocked.Exchange(ref _isRunning, 1) == 0)
        {
            while (NextIsDone)
            {
                body(_next);
                Volatile.Write(ref _next, _next + 1);
            }

            Interlocked.Exchange(ref _isRunning, 0);
        }
    }

    private bool NextIsDone => Volatile.Read(ref _next) is var next && next < _done.Length && Volatile.Read(ref _done[next]);
}
