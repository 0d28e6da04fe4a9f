namespace FaissSdk.Native;

/// <summary>Merges shards list by list, so that the entries of a list stay in the order of the shards.</summary>
internal static class ListMerge
{
    private const int BufferSize = 1 << 20;

    /// <summary>Writes the lists of all shards.</summary>
    /// <param name="shards">The shards, of equal lists.</param>
    /// <param name="codeSize">The size of a code.</param>
    /// <param name="writer">The writer of the file.</param>
    /// <param name="proceed">Receives the number of bytes written so far, and throws to end the call.</param>
    /// <returns>The number of entries of each list.</returns>
    public static long[] Write(ReadOnlySpan<ListShard> shards, int codeSize, SequentialWriter writer, Action<long> proceed)
    {
        var buffer = new byte[BufferSize];
        var offsets = new long[shards.Length];
        var sizes = new long[shards[0].Sizes.Length];
        for (var list = 0; list < sizes.Length; list++)
        {
            for (var i = 0; i < shards.Length; i++)
            {
                sizes[list] += shards[i].Sizes[list];
                Copy(shards[i], offsets[i], shards[i].Sizes[list] * codeSize, buffer, writer, proceed);
            }

            for (var i = 0; i < shards.Length; i++)
            {
                var size = shards[i].Sizes[list];
                Copy(shards[i], offsets[i] + (size * codeSize), size * sizeof(long), buffer, writer, proceed);
                offsets[i] += size * (codeSize + sizeof(long));
            }
        }

        return sizes;
    }

    private static void Copy(ListShard shard, long offset, long length, byte[] buffer, SequentialWriter writer, Action<long> proceed)
    {
        while (length > 0)
        {
            proceed(writer.Length);
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length));
            shard.Read(part, offset);
            writer.Write(part);
            (offset, length) = (offset + part.Length, length - part.Length);
        }
    }
}
