namespace FaissSdk.Native;

/// <summary>Lets one call at a time train or encode by local search: FAISS adds up how long that takes in a table of the process, without a lock.</summary>
internal static class LocalSearch
{
    private static readonly Lock Timers = new();

    /// <summary>Waits for the turn of a call that trains, if any part of the index is trained by local search.</summary>
    public static Lock.Scope EnterToTrain(IndexPart index) => index.TrainsByLocalSearch && KnownDefects.LocalSearchTimers.IsPresent ? Timers.EnterScope() : default;

    /// <summary>Waits for the turn of a call that encodes vectors, if any part of the index encodes by local search.</summary>
    public static Lock.Scope EnterToEncode(IndexPart index) => index.EncodesByLocalSearch && KnownDefects.LocalSearchTimers.IsPresent ? Timers.EnterScope() : default;

    /// <summary>Waits for the turn of a call that may do either.</summary>
    public static Lock.Scope Enter() => KnownDefects.LocalSearchTimers.IsPresent ? Timers.EnterScope() : default;
}
