namespace FaissSdk.Native;

/// <summary>Orders the calls on an index: those that read it run together, and one that changes it runs alone.</summary>
/// <typeparam name="TIndex">The type of the index.</typeparam>
/// <param name="index">The index.</param>
internal sealed class OrderedCalls<TIndex>(TIndex index)
    where TIndex : class
{
    private readonly OrderedLock _lock = new();

    /// <summary>Gets the index, for what may run beside any call.</summary>
    public TIndex Index => index;

    /// <summary>Waits for the changes that came before.</summary>
    public Call Read(CancellationToken cancellationToken) => new(index, _lock.Read(cancellationToken));

    /// <summary>Waits for all calls that came before.</summary>
    public Call Write(CancellationToken cancellationToken) => new(index, _lock.Write(cancellationToken));

    public TResult Read<TResult>(Func<TIndex, TResult> calls, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(calls);
        using var call = Read(cancellationToken);
        return calls(index);
    }

    public void Change(Action<TIndex> calls, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(calls);
        using var call = Write(cancellationToken);
        calls(index);
    }

    /// <summary>Represents a call in its turn.</summary>
    internal readonly ref struct Call(TIndex index, OrderedLock.Turn turn)
    {
        private readonly OrderedLock.Turn _turn = turn;

        public TIndex Index { get; } = index;

        public void Dispose() => _turn.Dispose();
    }
}
