using System.Globalization;
using System.Runtime.InteropServices;

namespace FaissSdk.Cli;

/// <summary>NumPy's array files: vectors are read from and written to float32 arrays of shape (n, d).</summary>
internal static class NpyFile
{
    private const int BlockSize = 4 << 20;

    public static VectorSet Read(FileStream file, BlockProgress blocks)
    {
        var header = NpyHeader.Read(file);
        var (count, dimension) = CheckReadable(file.Name, header);
        var values = VectorSet.Allocate(file.Name, count, dimension);
        CheckLength(file, count, dimension);

        var bytes = 0L;
        var total = (long)values.Length * sizeof(float);
        while (bytes < total)
        {
            blocks.Next();
            var taken = (int)Math.Min(BlockSize, total - bytes);
            file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan((int)(bytes / sizeof(float)), taken / sizeof(float))));
            bytes += taken;
        }

        return new VectorSet(values, (int)dimension);
    }

    public static void Write<T>(Stream stream, ReadOnlySpan<T> values, string elementType, string shape)
        where T : unmanaged
    {
        stream.Write(NpyHeader.Format(elementType, shape));

        // A span of bytes ends at 2 GB, an array of floats later.
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
            throw new InvalidDataException($"{path}: has elements of type '{Excerpt.Of(header.ElementType)}', expected '<f4' (float32, little endian).");
        }

        if (header.FortranOrder)
        {
            throw new InvalidDataException($"{path}: is in Fortran order (fortran_order is True), expected C order.");
        }

        if (header.Lengths.Length != 2)
        {
            throw new InvalidDataException($"{path}: has shape {header.Shape}, which is of rank {header.Lengths.Length}, expected (n, d).");
        }

        return header.Lengths is [> 0, > 0]
            ? (header.Lengths[0], header.Lengths[1])
            : throw new InvalidDataException($"{path}: has shape {header.Shape} and so no vectors.");
    }

    private static void CheckLength(FileStream file, long count, long dimension)
    {
        var expected = count * dimension * sizeof(float);
        var left = file.Length - file.Position;
        if (left < expected)
        {
            var (vectors, components) = Math.DivRem(left / sizeof(float), dimension);
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Name}: is cut off in vector {vectors}, component {components} (byte offset {file.Length}): {left} of the {expected} bytes of ({count}, {dimension}) are there."));
        }

        if (left > expected)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Name}: has {left - expected} bytes after the end of its array ({count}, {dimension}) at byte offset {file.Position + expected}."));
        }
    }
}
