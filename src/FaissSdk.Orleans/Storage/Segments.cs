using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FaissSdk.Orleans;

/// <summary>Reads and writes blocks of vectors with ids: an addition is on disk before the call returns, and a repeated one is stored once.</summary>
internal sealed class Segments(IShardStore store)
{
    private const int HeaderBytes = 16;
    private const int NameBytes = 16;

    private static ReadOnlySpan<byte> Name => "FSSEGM01"u8;

    /// <summary>Returns the name of a block, which is that of its content.</summary>
    public static string NameOf(VectorBlock vectors, IdBlock ids)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(ids.Values.Span));
        hash.AppendData(MemoryMarshal.AsBytes(vectors.Values.Span));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, NameBytes));
    }

    /// <summary>Writes a block; an existing block of the same name was written by the same call, which was repeated.</summary>
    public async Task WriteAsync(string name, VectorBlock vectors, IdBlock ids, CancellationToken cancellationToken)
    {
        var content = Encode(vectors, ids);
        if (!await store.TryWriteAsync(name, (file, cancellation) => file.WriteAsync(content, cancellation).AsTask(), cancellationToken).ConfigureAwait(false))
        {
            var stored = await ReadBytesAsync(name, cancellationToken).ConfigureAwait(false);
            if (!stored.AsSpan().SequenceEqual(content))
            {
                throw new CollectionConflictException($"The store has other vectors in '{name}': another caller, or a call that failed, has stored them. Fill each part by one caller, and repeat calls that failed with the same vectors.");
            }
        }
    }

    /// <summary>Reads a block.</summary>
    /// <exception cref="ShardDamagedException">The file is not what was written.</exception>
    public async Task<(VectorBlock Vectors, long[] Ids)> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var content = await ReadBytesAsync(name, cancellationToken).ConfigureAwait(false);
        var body = content.AsSpan(0, Math.Max(0, content.Length - SHA256.HashSizeInBytes));
        if (!body.StartsWith(Name) || !SHA256.HashData(body).AsSpan().SequenceEqual(content.AsSpan(body.Length)))
        {
            throw new ShardDamagedException($"The file '{name}' of the store is damaged: its checksum differs. Delete it, and add its vectors again.");
        }

        var (dimension, count) = (BinaryPrimitives.ReadInt32LittleEndian(body[8..]), BinaryPrimitives.ReadInt32LittleEndian(body[12..]));
        var ids = MemoryMarshal.Cast<byte, long>(body.Slice(HeaderBytes, count * sizeof(long))).ToArray();
        var vectors = MemoryMarshal.Cast<byte, float>(body[(HeaderBytes + (count * sizeof(long)))..]).ToArray();
        return (new VectorBlock(vectors, dimension), ids);
    }

    private static byte[] Encode(VectorBlock vectors, IdBlock ids)
    {
        var idBytes = MemoryMarshal.AsBytes(ids.Values.Span);
        var vectorBytes = MemoryMarshal.AsBytes(vectors.Values.Span);
        var content = new byte[HeaderBytes + idBytes.Length + vectorBytes.Length + SHA256.HashSizeInBytes];
        var body = content.AsSpan(0, content.Length - SHA256.HashSizeInBytes);
        Name.CopyTo(body);
        BinaryPrimitives.WriteInt32LittleEndian(body[8..], vectors.Dimension);
        BinaryPrimitives.WriteInt32LittleEndian(body[12..], vectors.Count);
        idBytes.CopyTo(body[HeaderBytes..]);
        vectorBytes.CopyTo(body[(HeaderBytes + idBytes.Length)..]);
        SHA256.HashData(body, content.AsSpan(body.Length));
        return content;
    }

    private async Task<byte[]> ReadBytesAsync(string name, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await using var file = await store.OpenReadAsync(name, cancellationToken).ConfigureAwait(false);
        await file.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
        return content.ToArray();
    }
}
