using System.Buffers;

namespace FaissSdk.Cli;

/// <summary>Represents the content of an index file, by which the embedding beside it knows that it belongs to that file.</summary>
/// <param name="Length">The number of bytes.</param>
/// <param name="Sum">Their checksum.</param>
internal readonly record struct IndexStamp(long Length, ulong Sum)
{
    private const int BlockBytes = 1 << 20;

    public static IndexStamp Of(string path)
    {
        using var file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan, Share = FileShare.ReadWrite | FileShare.Delete });
        var buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var (length, sum) = (0L, 0UL);
            while (file.ReadAtLeast(buffer.AsSpan(0, BlockBytes), BlockBytes, throwOnEndOfStream: false) is > 0 and var read)
            {
                (length, sum) = (length + read, Checksum.Combine(sum, Checksum.Of(buffer.AsSpan(0, read))));
            }

            return new IndexStamp(length, sum);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
