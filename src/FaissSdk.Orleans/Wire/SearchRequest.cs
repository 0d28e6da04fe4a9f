namespace FaissSdk.Orleans;

/// <summary>Represents a search of one block of queries in a shard.</summary>
[GenerateSerializer]
[Immutable]
internal sealed record SearchRequest
{
    /// <summary>The version of the messages that this assembly writes; a silo reads it and all older ones.</summary>
    public const int CurrentProtocol = 1;

    [Id(0)]
    public int Protocol { get; init; } = CurrentProtocol;

    [Id(1)]
    public required VectorBlock Queries { get; init; }

    [Id(2)]
    public required int K { get; init; }

    [Id(3)]
    public ShardedSearchOptions Options { get; init; } = ShardedSearchOptions.Default;

    /// <summary>Gets the version of the collection that the caller has seen.</summary>
    [Id(4)]
    public int MinVersion { get; init; }
}

/// <summary>Represents ids and distances in a message.</summary>
[GenerateSerializer]
[Immutable]
internal sealed record SearchAnswer
{
    [Id(0)]
    public required int K { get; init; }

    /// <summary>Gets the distances (n × k), as vectors of k components.</summary>
    [Id(1)]
    public required VectorBlock Distances { get; init; }

    [Id(2)]
    public required IdBlock Ids { get; init; }

    /// <summary>Gets the shards that did not answer.</summary>
    [Id(3)]
    public MissingShard[] Missing { get; init; } = [];

    /// <summary>Gets the version of the collection that was searched.</summary>
    [Id(4)]
    public int Version { get; init; }

    public static SearchAnswer Of(SearchResult result) => new() { K = result.K, Distances = new VectorBlock(result.Distances.ToArray(), result.K), Ids = new IdBlock(result.Ids.ToArray()) };

    public SearchResult ToResult() => SearchResult.Create(K, Distances.Values.Span, Ids.Values.Span);
}
