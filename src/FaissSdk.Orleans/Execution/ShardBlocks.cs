namespace FaissSdk.Orleans;

/// <summary>Divides vectors among shards, and into messages.</summary>
internal static class ShardBlocks
{
    /// <summary>Returns blocks of at most half a message, with the vectors of each shard in their order.</summary>
    public static IEnumerable<(int Shard, VectorBlock Vectors, IdBlock Ids)> Divide(ReadOnlyMemory<float> vectors, ReadOnlyMemory<long> ids, CollectionManifest manifest)
    {
        var (dimension, rows) = (manifest.Dimension, Math.Max(1, VectorBlock.RowsOf(manifest.Dimension) / 2));
        var members = new List<int>[manifest.Shards.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            (members[manifest.ShardOf(ids.Span[i])] ??= []).Add(i);
        }

        for (var shard = 0; shard < members.Length; shard++)
        {
            foreach (var chunk in (members[shard] ?? []).Chunk(rows))
            {
                var (values, chosen) = (new float[chunk.Length * dimension], new long[chunk.Length]);
                for (var i = 0; i < chunk.Length; i++)
                {
                    vectors.Span.Slice(chunk[i] * dimension, dimension).CopyTo(values.AsSpan(i * dimension));
                    chosen[i] = ids.Span[chunk[i]];
                }

                yield return (shard, new VectorBlock(values, dimension), new IdBlock(chosen));
            }
        }
    }
}
