using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace FaissSdk.Cli;

/// <summary>Reads and writes the formats .fbin, .u8bin and .i8bin of the Big ANN benchmarks: the number of vectors and the dimension as uint32, and the components.</summary>
internal static class BinFile
{
    private const int HeaderSize = 2 * sizeof(uint);

    public static VectorSet Read(InputFile file, NumberType type)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (file.Read(header) is var read and < HeaderSize)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: the header is cut off: it has {read} of {HeaderSize} bytes."));
        }

        var (count, dimension) = (BinaryPrimitives.ReadUInt32LittleEndian(header), BinaryPrimitives.ReadUInt32LittleEndian(header[sizeof(uint)..]));
        return count > 0 && dimension > 0
            ? ArrayReader.Read(file, type, count, dimension)
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: declares {count} vectors of dimension {dimension}, expected at least one of each."));
    }

    public static void WriteHeader(Stream stream, int count, int dimension)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)count);
        BinaryPrimitives.WriteUInt32LittleEndian(header[sizeof(uint)..], (uint)dimension);
        stream.Write(header);
    }

    public static void WriteIntegers<T>(Stream stream, ReadOnlySpan<float> values, int dimension, string path, string format)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var vector = new T[dimension];
        for (var start = 0; start < values.Length; start += dimension)
        {
            IntegerComponents.Convert<T>(values.Slice(start, dimension), vector, start / dimension, path, format);
            stream.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
        }
    }
}
