using System.Runtime.InteropServices;

namespace FaissSdk.Cli;

/// <summary>Reads and writes the bytes of arrays in steps, because a span of bytes is limited to 2 GB and an array of floats can be longer.</summary>
internal static class ArrayBytes
{
    private const int Step = 1 << 20;

    /// <summary>Reads the next bytes.</summary>
    public delegate void Reader(Span<byte> bytes);

    public static void Write<T>(Stream stream, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        for (var start = 0; start < values.Length; start = Blocking.Next(start, Step, values.Length))
        {
            stream.Write(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(Step, values.Length - start))));
        }
    }

    public static void Read<T>(Span<T> values, Reader read)
        where T : unmanaged
    {
        for (var start = 0; start < values.Length; start = Blocking.Next(start, Step, values.Length))
        {
            read(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(Step, values.Length - start))));
        }
    }
}
