using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Computes a checksum that any flipped bit changes, by four independent sums, so that it keeps up with reading the file.</summary>
internal sealed class Checksum
{
    private const ulong Factor = 0x9E3779B97F4A7C15;
    private const int BlockBytes = 1 << 20;

    private ulong _a = 1, _b = 2, _c = 3, _d = 4, _length;

    /// <summary>Gets the checksum of a file and its length.</summary>
    public static (ulong Value, long Length) OfFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        var block = new byte[BlockBytes];
        var checksum = new Checksum();
        int read;
        while ((read = file.ReadAtLeast(block, BlockBytes, throwOnEndOfStream: false)) > 0)
        {
            checksum.Add(block.AsSpan(0, read));
        }

        return (checksum.Value, file.Length);
    }

    public ulong Value => BitOperations.RotateLeft(_a, 1) ^ BitOperations.RotateLeft(_b, 7) ^ BitOperations.RotateLeft(_c, 12) ^ BitOperations.RotateLeft(_d, 18) ^ (_length * Factor);

    /// <summary>Adds bytes; all calls but the last have a multiple of 32.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        _length += (ulong)bytes.Length;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        (var a, var b, var c, var d) = (_a, _b, _c, _d);
        var i = 0;
        for (; i + 4 <= words.Length; i += 4)
        {
            a = Mix(a, words[i]);
            b = Mix(b, words[i + 1]);
            c = Mix(c, words[i + 2]);
            d = Mix(d, words[i + 3]);
        }

        for (; i < words.Length; i++)
        {
            a = Mix(a, words[i]);
        }

        if (bytes.Length % 8 != 0)
        {
            Span<byte> rest = stackalloc byte[8];
            bytes[(words.Length * 8)..].CopyTo(rest);
            d = Mix(d, BinaryPrimitives.ReadUInt64LittleEndian(rest));
        }

        (_a, _b, _c, _d) = (a, b, c, d);
    }

    private static ulong Mix(ulong sum, ulong word) => BitOperations.RotateLeft((sum ^ word) * Factor, 29);
}
