using System.Buffers.Binary;
using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Reads the formats .fbin, .u8bin and .i8bin of the Big ANN benchmarks: the number of vectors and the dimension as uint32, and the components.</summary>
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
}
