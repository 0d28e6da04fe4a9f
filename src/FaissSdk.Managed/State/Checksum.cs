using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaissSdk;

/// <summary>Computes a 64-bit checksum that detects changed data; it is no protection against forgery.</summary>
internal static class Checksum
{
    private const ulong Odd1 = 0x9E3779B97F4A7C15;
    private const ulong Odd2 = 0xD6E8FEB86659FD93;

    // As many bytes as a span of them can have, in whole values.
    private const int MaxBytes = 1 << 30;

    /// <summary>Returns the checksum of the bytes of values, of which there may be more than a span of bytes holds.</summary>
    /// <param name="values">The values.</param>
    /// <param name="maxBytes">The number of bytes that are read at a time; the checksum of more depends on it.</param>
    public static ulong OfValues<T>(ReadOnlySpan<T> values, int maxBytes = MaxBytes)
        where T : unmanaged
    {
        var step = maxBytes / Unsafe.SizeOf<T>();
        var sum = Of(MemoryMarshal.AsBytes(values[..Math.Min(step, values.Length)]));
        for (var start = step; start < values.Length; start += step)
        {
            sum = Combine(sum, Of(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(step, values.Length - start)))));
        }

        return sum;
    }

    /// <summary>Returns the checksum of bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        ulong sum0 = (ulong)bytes.Length, sum1 = Odd1, sum2 = Odd2, sum3 = ~Odd1;
        var i = 0;

        // Four chains, as each multiplication waits for the previous one of its chain.
        for (; i <= words.Length - 4; i += 4)
        {
            sum0 = Step(sum0, words[i]);
            sum1 = Step(sum1, words[i + 1]);
            sum2 = Step(sum2, words[i + 2]);
            sum3 = Step(sum3, words[i + 3]);
        }

        for (; i < words.Length; i++)
        {
            sum0 = Step(sum0, words[i]);
        }

        foreach (var rest in bytes[(words.Length * sizeof(ulong))..])
        {
            sum0 = Step(sum0, rest);
        }

        return Combine(Combine(sum0, sum1), Combine(sum2, sum3));
    }

    /// <summary>Returns the checksum of data followed by other data; the order matters.</summary>
    public static ulong Combine(ulong sum, ulong next) => Step(Step(sum, next), next >> 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Step(ulong sum, ulong word) => BitOperations.RotateLeft((sum ^ word) * Odd2, 29) + Odd1;
}
