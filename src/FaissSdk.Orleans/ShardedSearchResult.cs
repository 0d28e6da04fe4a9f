namespace FaissSdk.Orleans;

/// <summary>Represents the answer of a collection.</summary>
public sealed class ShardedSearchResult
{
    internal ShardedSearchResult(SearchResult result, IReadOnlyList<MissingShard> missing, int version) => (Result, Missing, Version) = (result, missing, version);

    /// <summary>Gets the nearest vectors of each query, by distance, then by id.</summary>
    public SearchResult Result { get; }

    /// <summary>Gets the shards that did not answer; empty unless <see cref="ShardedSearchOptions.AllowPartial"/> is set.</summary>
    public IReadOnlyList<MissingShard> Missing { get; }

    /// <summary>Gets a value indicating whether all shards answered.</summary>
    public bool IsComplete => Missing.Count == 0;

    /// <summary>Gets the version of the collection that was searched.</summary>
    public int Version { get; }
}
