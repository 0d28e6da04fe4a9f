using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace FaissSdk;

/// <summary>Specifies the type of the components in a file.</summary>
internal enum VectorComponent
{
    Single,
    Double,
    Half,
    Byte,
    SByte,
}

/// <summary>Describes a file whose rows have equal sizes.</summary>
internal sealed partial record VectorFileLayout
{
    private const int MaxHeaderBytes = 1 << 16;

    /// <summary>Gets the position of the first row.</summary>
    public long Offset { get; private init; }

    /// <summary>Gets the number of vectors.</summary>
    public long Count { get; private init; }

    /// <summary>Gets the number of components of a vector.</summary>
    public int Dimension { get; private init; }

    /// <summary>Gets the number of bytes before the components of a row, which hold the dimension, or 0.</summary>
    public int PrefixBytes { get; private init; }

    public VectorComponent Type { get; private init; }

    /// <summary>Gets the number of bytes of a row.</summary>
    public int RowBytes => checked(PrefixBytes + (Dimension * SizeOf(Type)));

    /// <summary>Reads the layout of a file.</summary>
    public static VectorFileLayout Of(string path) => Of(path, Path.GetExtension(path));

    /// <summary>Reads the layout of a file in the format that an extension stands for.</summary>
    public static VectorFileLayout Of(string path, string extension)
    {
        using var stream = ReadableFile.Open(path);
        var file = stream.SafeFileHandle;
        var layout = extension switch
        {
            ".fvecs" => OfPrefixedRows(path, file, VectorComponent.Single),
            ".bvecs" => OfPrefixedRows(path, file, VectorComponent.Byte),
            ".fbin" => OfCounted(path, file, VectorComponent.Single),
            ".u8bin" => OfCounted(path, file, VectorComponent.Byte),
            ".i8bin" => OfCounted(path, file, VectorComponent.SByte),
            ".npy" => OfNumpy(path, file),
            _ => throw new ArgumentException($"{path} has the extension '{extension}'; expected .fvecs, .bvecs, .fbin, .u8bin, .i8bin or .npy. Derive a {nameof(VectorSequence)} for other files.", nameof(path)),
        };
        return layout;
    }

    private static int SizeOf(VectorComponent type) => type switch { VectorComponent.Single => 4, VectorComponent.Double => 8, VectorComponent.Half => 2, _ => 1 };

    private static VectorFileLayout OfPrefixedRows(string path, SafeFileHandle file, VectorComponent type)
    {
        var length = RandomAccess.GetLength(file);
        var dimension = BinaryPrimitives.ReadInt32LittleEndian(ReadHeader(path, file, 0, sizeof(int)));
        var rowBytes = sizeof(int) + ((long)dimension * SizeOf(type));
        return dimension > 0 && rowBytes <= int.MaxValue && length % rowBytes == 0
            ? new VectorFileLayout { Count = length / rowBytes, Dimension = dimension, PrefixBytes = sizeof(int), Type = type }
            : throw new InvalidDataException($"{path} has {length} bytes, which are not rows of the dimension {dimension} that it begins with.");
    }

    private static VectorFileLayout OfCounted(string path, SafeFileHandle file, VectorComponent type)
    {
        var header = ReadHeader(path, file, 0, 2 * sizeof(int));
        var (count, dimension) = (BinaryPrimitives.ReadUInt32LittleEndian(header), BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(sizeof(int))));
        return Checked(path, file, new VectorFileLayout { Offset = header.Length, Count = count, Dimension = dimension, Type = type });
    }

    private static VectorFileLayout OfNumpy(string path, SafeFileHandle file)
    {
        var start = ReadHeader(path, file, 0, 12);
        if (start[0] != 0x93 || !start.AsSpan(1).StartsWith("NUMPY"u8))
        {
            throw new InvalidDataException($"{path} does not begin as an .npy file.");
        }

        var isFirstVersion = start[6] == 1;
        var (position, length) = isFirstVersion ? (10, BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8))) : (12, (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8))));
        if (length > MaxHeaderBytes)
        {
            throw new InvalidDataException($"{path} has a header of {length} bytes, more than an array of numbers has.");
        }

        var header = Encoding.Latin1.GetString(ReadHeader(path, file, position, length));
        var (type, order, shape) = (TypePattern().Match(header).Groups[1].Value, OrderPattern().Match(header).Groups[1].Value, ShapePattern().Match(header));
        VectorComponent? component = type switch { "<f4" => VectorComponent.Single, "<f8" => VectorComponent.Double, "<f2" => VectorComponent.Half, "|u1" => VectorComponent.Byte, "|i1" => VectorComponent.SByte, _ => null };
        if (component is not { } found || order != "False" || !shape.Success
            || !long.TryParse(shape.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || !int.TryParse(shape.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var dimension))
        {
            throw new InvalidDataException($"{path} holds {header.Trim()}; expected a two-dimensional array in C order of <f4, <f8, <f2, |u1 or |i1.");
        }

        return Checked(path, file, new VectorFileLayout { Offset = position + length, Count = count, Dimension = dimension, Type = found });
    }

    private static VectorFileLayout Checked(string path, SafeFileHandle file, VectorFileLayout layout)
    {
        var bytes = RandomAccess.GetLength(file) - layout.Offset;
        var expected = (Int128)layout.Count * layout.Dimension * SizeOf(layout.Type);
        return layout.Dimension > 0 && (long)layout.Dimension * SizeOf(layout.Type) <= int.MaxValue && bytes == expected
            ? layout
            : throw new InvalidDataException($"{path} has {bytes} bytes after its header, which announces {layout.Count} × {layout.Dimension} components in {expected} bytes.");
    }

    private static byte[] ReadHeader(string path, SafeFileHandle file, long offset, int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var more = RandomAccess.Read(file, bytes.AsSpan(read), offset + read);
            read += more > 0 ? more : throw new InvalidDataException($"{path} has {offset + read} bytes, fewer than its header needs.");
        }

        return bytes;
    }

    [GeneratedRegex("'descr': *'([^']*)'")]
    private static partial Regex TypePattern();

    [GeneratedRegex("'fortran_order': *(True|False)")]
    private static partial Regex OrderPattern();

    [GeneratedRegex(@"'shape': *\( *([0-9]+) *, *([0-9]+) *,? *\)")]
    private static partial Regex ShapePattern();
}
