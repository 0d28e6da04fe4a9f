using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaissSdk.Cli;

/// <summary>Reads and writes the formats .fvecs, .bvecs and .ivecs of the TEXMEX data sets: each vector is an int32 dimension followed by its components.</summary>
internal static class XvecsFile
{
    private const int HeaderSize = sizeof(int);
    private const int BlockSize = 4 << 20;

    // Far above the dimension of real vectors, and below what the first bytes of most other formats decode to.
    private const int MaxDimension = 1 << 20;

    public static VectorSet Read(InputFile file, NumberType type)
    {
        var dimension = ReadDimension(file);
        var recordSize = HeaderSize + (dimension * type.Size);
        var (records, remainder) = Math.DivRem(file.Length, recordSize);
        VectorSet.CheckSize(file.Name, records, dimension);
        var values = GC.AllocateUninitializedArray<float>((int)(records * dimension));

        var block = new byte[Math.Max(1, Math.Min(BlockSize / recordSize, records)) * recordSize];
        var record = 0;
        while (record < records)
        {
            var taken = (int)Math.Min(records - record, block.Length / recordSize);
            file.ReadExactly(block.AsSpan(0, taken * recordSize));
            for (var i = 0; i < taken; i++, record++)
            {
                var bytes = block.AsSpan(i * recordSize, recordSize);
                CheckDimension(file.Name, record, recordSize, BinaryPrimitives.ReadInt32LittleEndian(bytes), dimension);
                type.Convert(file, bytes[HeaderSize..], values.AsSpan(record * dimension, dimension), (long)record * dimension, dimension);
            }
        }

        if (remainder > 0)
        {
            ThrowTruncated(file, records, recordSize, (int)remainder, dimension);
        }

        return new VectorSet(values, dimension);
    }

    public static void WriteSingles(Stream stream, ReadOnlySpan<float> values, int dimension)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        BinaryPrimitives.WriteInt32LittleEndian(header, dimension);
        for (var start = 0; start < values.Length; start += dimension)
        {
            stream.Write(header);
            ArrayBytes.Write(stream, values.Slice(start, dimension));
        }
    }

    /// <summary>Writes components that are integers.</summary>
    /// <exception cref="InvalidDataException">A component is not an integer, or is beyond the range of the format.</exception>
    public static void WriteIntegers<T>(Stream stream, ReadOnlySpan<float> values, int dimension, string path, string format)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var record = new byte[HeaderSize + (dimension * Unsafe.SizeOf<T>())];
        BinaryPrimitives.WriteInt32LittleEndian(record, dimension);
        var components = MemoryMarshal.Cast<byte, T>(record.AsSpan(HeaderSize));
        for (var start = 0; start < values.Length; start += dimension)
        {
            IntegerComponents.Convert(values.Slice(start, dimension), components, start / dimension, path, format);
            stream.Write(record);
        }
    }

    /// <summary>Writes each label as a vector of dimension 1.</summary>
    public static void WriteLabels(Stream stream, ReadOnlySpan<long> labels)
    {
        Span<byte> record = stackalloc byte[HeaderSize + sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(record, 1);
        foreach (var label in labels)
        {
            BinaryPrimitives.WriteInt32LittleEndian(record[HeaderSize..], checked((int)label));
            stream.Write(record);
        }
    }

    private static int ReadDimension(InputFile file)
    {
        if (file.Length < HeaderSize)
        {
            throw new InvalidDataException($"{file.Name}: record 0 is cut off: it has {file.Length} of the {HeaderSize} bytes of its dimension.");
        }

        Span<byte> header = stackalloc byte[HeaderSize];
        file.ReadExactly(header);
        file.Rewind();
        var dimension = BinaryPrimitives.ReadInt32LittleEndian(header);
        return dimension is > 0 and <= MaxDimension
            ? dimension
            : throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Name}: record 0 (byte offset 0) has dimension {dimension}, expected 1 to {MaxDimension}; this is not a {file.Source.Format ?? Path.GetExtension(file.Source.Path)} file."));
    }

    private static void CheckDimension(string name, long record, int recordSize, int dimension, int expected)
    {
        if (dimension != expected)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: record {record} (byte offset {record * recordSize}) has dimension {dimension}, but the records before it have {expected}."));
        }
    }

    private static void ThrowTruncated(InputFile file, long record, int recordSize, int left, int dimension)
    {
        if (left >= HeaderSize)
        {
            Span<byte> header = stackalloc byte[HeaderSize];
            file.ReadExactly(header);
            CheckDimension(file.Name, record, recordSize, BinaryPrimitives.ReadInt32LittleEndian(header), dimension);
        }

        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"{file.Name}: record {record} (byte offset {record * recordSize}) is cut off: it has {left} of {recordSize} bytes."));
    }
}
