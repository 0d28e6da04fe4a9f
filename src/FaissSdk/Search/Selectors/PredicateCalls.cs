using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Marks a native call that may call the predicates of a selector.</summary>
internal readonly ref struct PredicateCalls
{
    private readonly ReadOnlySpan<PredicateState> _predicates;
    private readonly object[] _held;

    private PredicateCalls(ReadOnlySpan<PredicateState> predicates, object[] held)
    {
        _predicates = predicates;
        _held = held;
    }

    /// <summary>Begins a call; it ends when the result is disposed.</summary>
    /// <param name="selector">The selector of the call, or <see langword="null"/>.</param>
    /// <param name="settings">The lock that the call will hold, or <see langword="null"/>.</param>
    public static PredicateCalls Begin(IDSelector? selector, ReaderWriterLockSlim? settings = null)
    {
        if (selector is null || selector.Predicates.Length == 0)
        {
            return default;
        }

        object[] held = [.. PredicateState.Within, .. OrderedLock.HeldByThread];
        held = settings is null ? held : [.. held, settings];
        var begun = 0;
        try
        {
            foreach (var predicate in selector.Predicates)
            {
                predicate.Begin(held);
                begun++;
            }

            return new PredicateCalls(selector.Predicates, held);
        }
        finally
        {
            if (begun < selector.Predicates.Length)
            {
                new PredicateCalls(selector.Predicates.AsSpan(0, begun), held).Dispose();
            }
        }
    }

    /// <summary>Throws the exception that a predicate threw during the call, after which the result of the call is wrong.</summary>
    public void ThrowIfFailed()
    {
        foreach (var predicate in _predicates)
        {
            predicate.ThrowIfFailed();
        }
    }

    public void Dispose()
    {
        foreach (var predicate in _predicates)
        {
            predicate.End(_held);
        }
    }
}
