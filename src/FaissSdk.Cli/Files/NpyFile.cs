using System.Globalization;
using System.Runtime.InteropServices;

namespace FaissSdk.Cli;

/// <summary>Reads vectors from NumPy array files, float32 of shape (n, d), and writes arrays of any type and shape.</summary>
internal static class NpyFile
{
    private const int BlockSize = 4 << 20;

    public static VectorSet Read(InputFile file, BlockProgress blocks)
    {
        var header = NpyHeader.Read(file);
        var (count, dimension) = CheckReadable(file.Path, header);
        var values = VectorSet.Allocate(file.Path, count, dimension);
        CheckLength(file, count, dimension);

        var bytes = 0L;
        var total = (long)values.Length * sizeof(float);
        while (bytes < total)
        {
            blocks.Next();
            var taken = (int)Math.Min(BlockSize, total - bytes);
            file.Stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan((int)(bytes / sizeof(float)), taken / sizeof(float))));
            bytes += taken;
        }

        return new VectorSet(values, (int)dimension);
    }

    public static void Write<T>(Stream stream, ReadOnlySpan<T> values, string elementType, string shape)
        where T : unmanaged
    {
        stream.Write(NpyHeader.Format(elementType, shape));

        // In steps, because a span of bytes is limited to 2 GB and an array of floats can be longer.
        const int step = 1 << 20;
        for (var start = 0; start < values.Length; start += step)
        {
            stream.Write(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(step, values.Length - start))));
        }
    }

    private static (long Count, long Dimension) CheckReadable(string path, NpyHeader header)
    {
        if (header.ElementType != "<f4")
        {
            throw new InvalidDataException($"{path}: has elements of type '{Excerpt.Of(header.ElementType)}', expected '<f4' (float32, little endian); convert the array with astype('<f4').");
        }

        if (header.FortranOrder)
        {
            throw new InvalidDataException($"{path}: is in Fortran order (fortran_order is True), expected C order; convert the array with numpy.ascontiguousarray.");
        }

        if (header.Lengths.Length != 2)
        {
            throw new InvalidDataException($"{path}: has shape {header.Shape} of rank {header.Lengths.Length}, expected (n, d).");
        }

        return header.Lengths is [> 0, > 0]
            ? (header.Lengths[0], header.Lengths[1])
            : throw new InvalidDataException($"{path}: has shape {header.Shape} and therefore no vectors.");
    }

    private static void CheckLength(InputFile file, long count, long dimension)
    {
        var expected = count * dimension * sizeof(float);
        var left = file.Stream.Length - file.Stream.Position;
        if (left < expected)
        {
            var (vectors, components) = Math.DivRem(left / sizeof(float), dimension);
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Path}: is cut off in vector {vectors}, component {components} (byte offset {file.Stream.Length}): the array ({count}, {dimension}) needs {expected} bytes, but only {left} follow the header."));
        }

        if (left > expected)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Path}: has {left - expected} bytes after the end of its array ({count}, {dimension}) at byte offset {file.Stream.Position + expected}."));
        }
    }
}
