using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Reads arrays of n × d numbers that follow each other without gaps up to the end of the file.</summary>
internal static class ArrayReader
{
    // Divisible by the size of every type.
    private const int BlockSize = 4 << 20;

    /// <summary>Reads an array that follows a header, converted to float32.</summary>
    /// <param name="file">The file, behind the header.</param>
    /// <param name="type">The type of the numbers.</param>
    /// <param name="count">The number of vectors (n) that the header declares.</param>
    /// <param name="dimension">The dimension (d) that the header declares.</param>
    /// <param name="isBigEndian">Whether the numbers start with their highest byte.</param>
    /// <param name="isColumnMajor">Whether the file stores component after component instead of vector after vector.</param>
    /// <exception cref="InvalidDataException">The file is too short, too long or too large, or a number is beyond the range of float32.</exception>
    public static VectorSet Read(InputFile file, NumberType type, long count, long dimension, bool isBigEndian = false, bool isColumnMajor = false)
    {
        VectorSet.CheckSize(file.Name, count, dimension);
        CheckLength(file, count, dimension, type.Size);
        var values = GC.AllocateUninitializedArray<float>((int)(count * dimension));
        if (type == NumberType.Single && !isBigEndian && !isColumnMajor)
        {
            ArrayBytes.Read<float>(values, file.ReadExactly);
            return new VectorSet(values, (int)dimension);
        }

        var block = new byte[Math.Min(BlockSize, (long)values.Length * type.Size)];
        var column = new float[isColumnMajor ? block.Length / type.Size : 0];
        for (var start = 0; start < values.Length;)
        {
            var taken = Math.Min(block.Length / type.Size, values.Length - start);
            var numbers = block.AsSpan(0, taken * type.Size);
            file.ReadExactly(numbers);
            if (isBigEndian)
            {
                type.ReverseEndianness(numbers);
            }

            if (isColumnMajor)
            {
                type.Convert(file, numbers, column.AsSpan(0, taken), start, dimension, count);
                Scatter(column.AsSpan(0, taken), values, start, (int)count, (int)dimension);
            }
            else
            {
                type.Convert(file, numbers, values.AsSpan(start, taken), start, dimension);
            }

            start += taken;
        }

        return new VectorSet(values, (int)dimension);
    }

    private static void Scatter(ReadOnlySpan<float> column, float[] values, int start, int count, int dimension)
    {
        var (component, vector) = Math.DivRem(start, count);
        foreach (var value in column)
        {
            values[((long)vector * dimension) + component] = value;
            if (++vector == count)
            {
                (vector, component) = (0, component + 1);
            }
        }
    }

    private static void CheckLength(InputFile file, long count, long dimension, int size)
    {
        var expected = count * dimension * size;
        var left = file.Length - file.Position;
        if (left < expected)
        {
            var (vectors, components) = Math.DivRem(left / size, dimension);
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Name}: is cut off in vector {vectors}, component {components} (byte offset {file.Length}): the array ({count}, {dimension}) needs {expected} bytes, but only {left} follow the header."));
        }

        if (left > expected)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Name}: has {left - expected} bytes after the end of its array ({count}, {dimension}) at byte offset {file.Position + expected}."));
        }
    }
}
