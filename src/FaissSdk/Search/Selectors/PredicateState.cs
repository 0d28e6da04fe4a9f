using System.Runtime.ExceptionServices;

namespace FaissSdk;

/// <summary>Calls a predicate for native code, through which no exception may pass, and remembers the exception for the calls in progress.</summary>
internal sealed class PredicateState(Func<long, bool> predicate)
{
    // The locks of the searches whose predicate runs on this thread. Calls that the predicate makes must not wait for them.
    [ThreadStatic]
    private static object[]? _within;

    private readonly Lock _lock = new();
    private volatile object[] _held = [];
    private volatile ExceptionDispatchInfo? _failure;
    private int _calls;

    /// <summary>Returns whether the predicate selects an id; none is selected once it has thrown, so that the call in progress ends soon.</summary>
    public bool Contains(long id)
    {
        if (_failure is not null)
        {
            return false;
        }

        var outer = _within;
        _within = _held;
        try
        {
            return predicate(id);
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
            return false;
        }
        finally
        {
            _within = outer;
        }
    }

    /// <summary>Gets the locks that are held by the calls for which this thread runs a predicate.</summary>
    public static ReadOnlySpan<object> Within => _within;

    /// <summary>Returns whether this thread runs a predicate for a call that holds a lock: to wait for the lock would be to wait for oneself.</summary>
    public static bool IsWithin(object held) => _within is { } within && Array.IndexOf(within, held) >= 0;

    /// <summary>Begins a native call that uses the predicate.</summary>
    /// <param name="held">The locks that the call holds.</param>
    /// <exception cref="Exception">The predicate threw it in another call that is still in progress.</exception>
    public void Begin(ReadOnlySpan<object> held)
    {
        lock (_lock)
        {
            _failure?.Throw();
            _calls++;
            _held = [.. _held, .. held];
        }
    }

    /// <summary>Throws the exception that the predicate threw during a call in progress.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    /// <summary>Ends a native call; the last one forgets the exception.</summary>
    /// <param name="held">The locks that the call holds.</param>
    public void End(ReadOnlySpan<object> held)
    {
        lock (_lock)
        {
            var rest = _held.ToList();
            foreach (var one in held)
            {
                rest.Remove(one);
            }

            _held = [.. rest];
            if (--_calls == 0)
            {
                _failure = null;
            }
        }
    }
}
