namespace FaissSdk.Orleans;

/// <summary>Specifies how a silo serves shards.</summary>
public sealed class FaissSiloOptions
{
    private static readonly TimeSpan LongestStaleness = TimeSpan.FromDays(1);

    /// <summary>Gets or sets the store of the shards, which all silos share.</summary>
    public IShardStore? Store { get; set; }

    /// <summary>Gets or sets the maximum number of native calls that run at the same time; the number of processors by default.</summary>
    public int MaxConcurrentCalls { get; set; } = Environment.ProcessorCount;

    /// <summary>Gets or sets the maximum number of native calls that wait, above which calls are refused with a <see cref="ShardBusyException"/>; 256 by default.</summary>
    public int MaxQueuedCalls { get; set; } = 256;

    /// <summary>Gets or sets the number of threads of one native call; 1 by default, as calls run in parallel already.</summary>
    public int ThreadsPerCall { get; set; } = 1;

    /// <summary>Gets or sets a value indicating whether the checksum of a file is computed before it is served, which reads it once; <see langword="true"/> by default. Its length is always checked.</summary>
    public bool VerifyChecksums { get; set; } = true;

    /// <summary>Gets or sets the memory for shards, in bytes; silos hold shards in proportion to it. By default, it is the memory that is available when the silo starts.</summary>
    public long? MemoryBudget { get; set; }

    /// <summary>Gets or sets the percentile of the durations of recent calls, as a share, after which a second replica is asked as well; 0.95 by default, 1 for never.</summary>
    public double HedgePercentile { get; set; } = 0.95;

    /// <summary>Gets or sets the minimum time before a second replica is asked; 5 milliseconds by default.</summary>
    public TimeSpan MinHedgeDelay { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Gets or sets the time for which a silo may still search the previous version of a collection after another client has changed it: from 0 to 1 day, 1 second by default. A client always sees its own changes.</summary>
    public TimeSpan MaxStaleness { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the native library of the silo, which tests replace.</summary>
    internal SiloLibrary Library { get; set; } = SiloLibrary.Loaded;

    /// <summary>Gets the time between two looks of a shard at whether a newer version has replaced it; it is the longest time of a search, which may still use the old version. Tests shorten it.</summary>
    internal TimeSpan ReplacementPeriod { get; set; } = TimeSpan.FromMinutes(10);

    internal IShardStore RequiredStore => Store ?? throw new InvalidOperationException($"{nameof(FaissSiloOptions)}.{nameof(Store)} is not set; pass a store to AddFaissShards, such as a {nameof(FolderShardStore)}.");

    internal void Check()
    {
        CheckPositive(MaxConcurrentCalls, nameof(MaxConcurrentCalls));
        CheckPositive(ThreadsPerCall, nameof(ThreadsPerCall));
        if (MaxQueuedCalls < 0)
        {
            throw new ArgumentException($"{nameof(MaxQueuedCalls)} is {MaxQueuedCalls}; it must be 0 or greater.");
        }

        if (MemoryBudget is <= 0)
        {
            throw new ArgumentException($"{nameof(MemoryBudget)} is {MemoryBudget}; it must be greater than 0, or null.");
        }

        if (!(HedgePercentile is > 0 and <= 1))
        {
            throw new ArgumentException($"{nameof(HedgePercentile)} is {HedgePercentile}; it must be greater than 0, and at most 1.");
        }

        if (MaxStaleness < TimeSpan.Zero || MaxStaleness > LongestStaleness)
        {
            throw new ArgumentException($"{nameof(MaxStaleness)} is {MaxStaleness}; it must be from 0 to {LongestStaleness.Days} day.");
        }
    }

    private static void CheckPositive(int value, string name)
    {
        if (value < 1)
        {
            throw new ArgumentException($"{name} is {value}; it must be 1 or greater.");
        }
    }
}
