namespace FaissSdk.Native;

/// <summary>Lets one call at a time train or encode by local search: FAISS adds up the time in a process-wide table, without a lock.</summary>
internal static class LocalSearch
{
    private static readonly Lock Timers = new();

    private static volatile bool _wasUsed;

    /// <summary>Gets a value indicating whether a call of this process has trained or encoded by local search, or does so.</summary>
    public static bool WasUsed => _wasUsed;

    /// <summary>Waits for the turn of a call that trains, if any part of the index is trained by local search.</summary>
    public static Lock.Scope EnterToTrain(IndexPart index) => index.TrainsByLocalSearch && KnownDefects.LocalSearchTimers.IsPresent ? EnterTimers() : default;

    /// <summary>Waits for the turn of a call that encodes vectors, if any part of the index encodes by local search.</summary>
    public static Lock.Scope EnterToEncode(IndexPart index) => index.EncodesByLocalSearch && KnownDefects.LocalSearchTimers.IsPresent ? EnterTimers() : default;

    /// <summary>Waits for the turn of a call that may do either.</summary>
    public static Lock.Scope Enter() => KnownDefects.LocalSearchTimers.IsPresent ? EnterTimers() : default;

    private static Lock.Scope EnterTimers()
    {
        _wasUsed = true;
        return Timers.EnterScope();
    }
}
