using System.Runtime.ExceptionServices;

namespace FaissSdk;

/// <summary>Calls a predicate for native code, through which no exception may pass, and remembers the exception for the calls in progress.</summary>
internal sealed class PredicateState(Func<long, bool> predicate)
{
    private readonly Lock _lock = new();
    private volatile ExceptionDispatchInfo? _failure;
    private int _calls;

    /// <summary>Returns whether the predicate selects an id; none is selected once it has thrown, so that the call in progress ends soon.</summary>
    public bool Contains(long id)
    {
        if (_failure is not null)
        {
            return false;
        }

        try
        {
            return predicate(id);
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
            return false;
        }
    }

    /// <summary>Begins a native call that uses the predicate.</summary>
    /// <exception cref="Exception">The predicate threw it in another call that is still in progress.</exception>
    public void Begin()
    {
        lock (_lock)
        {
            _failure?.Throw();
            _calls++;
        }
    }

    /// <summary>Throws the exception that the predicate threw during a call in progress.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    /// <summary>Ends a native call; the last one forgets the exception.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (--_calls == 0)
            {
                _failure = null;
            }
        }
    }
}
