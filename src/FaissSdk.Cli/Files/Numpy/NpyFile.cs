using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Reads vectors from NumPy array files, numbers of shape (n, d), and writes arrays of any type and shape.</summary>
internal static class NpyFile
{
    public static VectorSet Read(InputFile file)
    {
        var header = NpyHeader.Read(file);
        var type = TypeOf(file, header.ElementType);
        var (count, dimension) = CheckShape(file.Name, header);
        var isBigEndian = header.ElementType[0] == '>' && type.Size > 1;
        if (type != NumberType.Single || isBigEndian)
        {
            file.Notes.Add($"the numbers are {(isBigEndian ? "big-endian " : "")}{type.Name} and are converted to float32");
        }

        if (header.FortranOrder)
        {
            file.Notes.Add("the array is in Fortran order and is converted to C order");
        }

        return ArrayReader.Read(file, type, count, dimension, isBigEndian, header.FortranOrder);
    }

    public static void Write<T>(Stream stream, ReadOnlySpan<T> values, string elementType, string shape)
        where T : unmanaged
    {
        stream.Write(NpyHeader.Format(elementType, shape));
        ArrayBytes.Write(stream, values);
    }

    // A type is a sign for the byte order, a letter and the number of bytes: <f4.
    private static NumberType TypeOf(InputFile file, string text)
    {
        if (text.Length is >= 3 and <= 5 && text[0] is '<' or '>' or '|' or '=' && int.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            && NumberType.FromNumPy(text[1], size) is { } type)
        {
            return type;
        }

        var advice = text.StartsWith('[') ? "convert the records with numpy.lib.recfunctions.structured_to_unstructured"
            : text.Contains('O', StringComparison.Ordinal) ? "it holds Python objects; stack the vectors with numpy.stack(array).astype('<f4')"
            : text.Contains('c', StringComparison.Ordinal) ? "complex numbers are no components; take array.real, or both parts as two components"
            : text.Contains('V', StringComparison.Ordinal) ? "if it is bfloat16, convert the array with astype('<f4')"
            : "convert the array with astype('<f4')";
        throw new InvalidDataException($"{file.Name}: has elements of type '{Excerpt.Of(text)}', expected floating-point numbers of 2, 4 or 8 bytes, integers or booleans; {advice}.");
    }

    private static (long Count, long Dimension) CheckShape(string name, NpyHeader header)
    {
        if (header.Lengths.Length != 2)
        {
            var advice = header.Lengths.Length switch
            {
                1 => "; for vectors of dimension 1 reshape the array with array.reshape(-1, 1)",
                > 2 => "; reshape the array with array.reshape(len(array), -1)",
                _ => "",
            };
            throw new InvalidDataException($"{name}: has shape {header.Shape} of rank {header.Lengths.Length}, expected (n, d){advice}.");
        }

        return header.Lengths is [> 0, > 0]
            ? (header.Lengths[0], header.Lengths[1])
            : throw new InvalidDataException($"{name}: has shape {header.Shape} and therefore no vectors.");
    }
}
