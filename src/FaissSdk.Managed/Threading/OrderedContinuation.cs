namespace FaissSdk;

/// <summary>Runs a continuation for each of several blocks, in the order of their numbers, as the blocks complete in any order; no thread waits for another.</summary>
/// <remarks>
/// The thread that completes the first block runs the continuations of all blocks, so that the data they update stays in its cache. If that thread
/// is busy elsewhere when the last block completes, the thread that completed this block runs the remaining ones.
/// </remarks>
/// <param name="count">The number of blocks.</param>
/// <param name="body">The continuation of a block; it never runs twice at the same time.</param>
internal sealed class OrderedContinuation(int count, Action<int> body)
{
    private readonly Lock _gate = new();
    private readonly bool[] _isComplete = new bool[count];
    private int _completeCount;
    private int _next;
    private int _owner;
    private bool _isRunning;

    /// <summary>Marks a block as complete, and runs the continuations that have become ready if this is up to the calling thread.</summary>
    public void Complete(int block)
    {
        var thread = Environment.CurrentManagedThreadId;
        lock (_gate)
        {
            _isComplete[block] = true;
            _completeCount++;
            _owner = _owner == 0 ? thread : _owner;
            if (_isRunning || (thread != _owner && _completeCount < count))
            {
                return;
            }

            _isRunning = true;
        }

        while (TryTakeNext(out var next))
        {
            body(next);
        }
    }

    private bool TryTakeNext(out int next)
    {
        lock (_gate)
        {
            next = _next;
            _isRunning = _next < count && _isComplete[_next];
            _next += _isRunning ? 1 : 0;
            return _isRunning;
        }
    }
}
