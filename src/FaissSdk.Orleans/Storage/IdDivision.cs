namespace FaissSdk.Orleans;

/// <summary>Specifies how the ids of a collection are divided among its shards; manifests contain the values, so their meaning never changes.</summary>
internal enum IdDivision
{
    /// <summary>The shard is id mod S: ids that all have a factor in common with S fill only some of the shards.</summary>
    Remainder = 0,

    /// <summary>The shard is that of <see cref="ShardOfId.Mixed"/>.</summary>
    Mixed = 1,
}

/// <summary>Computes the shards of ids.</summary>
internal static class ShardOfId
{
    /// <summary>Returns ⌊h(id) · S / 2⁶⁴⌋, with the output function of the generator SplitMix64 (Steele, Lea and Flood, 2014) as h.</summary>
    public static int Mixed(long id, int shards)
    {
        var hash = unchecked((ulong)id + 0x9E3779B97F4A7C15);
        hash = unchecked((hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9);
        hash = unchecked((hash ^ (hash >> 27)) * 0x94D049BB133111EB);
        return (int)Math.BigMul(hash ^ (hash >> 31), (ulong)shards, out _);
    }
}
