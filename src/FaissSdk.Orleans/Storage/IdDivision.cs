namespace FaissSdk.Orleans;

/// <summary>Specifies how the ids of a collection are divided among its shards; the values are in manifests, and never change their meaning.</summary>
internal enum IdDivision
{
    /// <summary>The shard id mod S: only some of the shards get ids that have a factor in common with S.</summary>
    Remainder = 0,

    /// <summary>The shard of <see cref="ShardOfId.Mixed"/>.</summary>
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
