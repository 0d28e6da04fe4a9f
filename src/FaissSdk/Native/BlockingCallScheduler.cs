namespace FaissSdk.Native;

/// <summary>Runs calls that block on threads of its own, at most one per processor, so that they do not take those of the pool.</summary>
internal sealed class BlockingCallScheduler(Action<ThreadStart> startThread) : TaskScheduler
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    private readonly LinkedList<Task> _tasks = [];
    private int _threads;
    private int _waiting;

    public static BlockingCallScheduler Instance { get; } = new(work => new Thread(work) { IsBackground = true, Name = "FaissSdk call" }.UnsafeStart());

    public override int MaximumConcurrencyLevel => Environment.ProcessorCount;

    /// <summary>Runs a call. A call that is canceled before its beginning does not run.</summary>
    public static Task<T> Run<T>(Func<T> call, CancellationToken cancellationToken) => Task.Factory.StartNew(call, cancellationToken, TaskCreationOptions.DenyChildAttach, Instance);

    /// <summary>Runs a call. A call that is canceled before its beginning does not run.</summary>
    public static Task Run(Action call, CancellationToken cancellationToken) => Task.Factory.StartNew(call, cancellationToken, TaskCreationOptions.DenyChildAttach, Instance);

    protected override void QueueTask(Task task)
    {
        lock (_tasks)
        {
            _tasks.AddLast(task);
            // A thread that was woken counts as waiting until it has taken its task.
            if (_tasks.Count <= _waiting)
            {
                Monitor.Pulse(_tasks);
            }
            else if (_threads < MaximumConcurrencyLevel)
            {
                StartThread(task);
            }
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override bool TryDequeue(Task task)
    {
        lock (_tasks)
        {
            return _tasks.Remove(task);
        }
    }

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_tasks)
        {
            return [.. _tasks];
        }
    }

    private void StartThread(Task task)
    {
        _threads++;
        try
        {
            startThread(Work);
        }
        // The process may have as many threads as its container allows.
        catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
        {
            _threads--;
            if (_threads == 0)
            {
                _tasks.Remove(task);
                throw;
            }

            // A thread that runs another call takes the task after it.
        }
    }

    private void Work()
    {
        while (Take() is { } task)
        {
            TryExecuteTask(task);
        }
    }

    private Task? Take()
    {
        lock (_tasks)
        {
            while (_tasks.First is null)
            {
                _waiting++;
                var pulsed = Monitor.Wait(_tasks, Idle);
                _waiting--;
                if (!pulsed && _tasks.First is null)
                {
                    _threads--;
                    return null;
                }
            }

            var task = _tasks.First.Value;
            _tasks.RemoveFirst();
            return task;
        }
    }
}
