namespace FaissSdk.Orleans;

/// <summary>Specifies how a collection is searched.</summary>
[GenerateSerializer]
[Immutable]
public sealed record ShardedSearchOptions
{
    internal static readonly ShardedSearchOptions Default = new();

    /// <summary>Gets the ids that are searched, or <see langword="null"/> for all.</summary>
    [Id(0)]
    public ShardFilter? Filter { get; init; }

    /// <summary>Gets the number of inverted lists that are searched in each shard, or <see langword="null"/> for that of the index.</summary>
    /// <remarks>All shards have the lists of one trained index, so the same lists are searched in each: the answer is that of one index.</remarks>
    [Id(1)]
    public int? NProbe { get; init; }

    /// <summary>Gets the size of the candidate list of a search in an HNSW graph, or <see langword="null"/> for that of the index.</summary>
    [Id(2)]
    public int? EfSearch { get; init; }

    /// <summary>Gets a value indicating whether the answer of some of the shards is returned, with the missing ones listed, if the others cannot be reached; otherwise the search throws a <see cref="ShardUnavailableException"/>.</summary>
    [Id(3)]
    public bool AllowPartial { get; init; }

    /// <summary>Gets the time after which a shard counts as missing; 10 seconds by default. A silo that is lost is replaced within it.</summary>
    [Id(4)]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    internal void Check()
    {
        if (NProbe is < 1)
        {
            throw new ArgumentOutOfRangeException("options", NProbe, $"{nameof(NProbe)} is {NProbe}; it must be 1 or greater.");
        }

        if (EfSearch is < 1)
        {
            throw new ArgumentOutOfRangeException("options", EfSearch, $"{nameof(EfSearch)} is {EfSearch}; it must be 1 or greater.");
        }

        if (NProbe is not null && EfSearch is not null)
        {
            throw new ArgumentException($"{nameof(NProbe)} and {nameof(EfSearch)} are both set; set that of the kind of index, inverted lists or a graph.", "options");
        }

        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromMinutes(10))
        {
            throw new ArgumentOutOfRangeException("options", Timeout, $"{nameof(Timeout)} is {Timeout}; it must be greater than zero, and at most 10 minutes.");
        }
    }
}
