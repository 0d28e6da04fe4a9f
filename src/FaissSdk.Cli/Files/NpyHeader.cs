using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FaissSdk.Cli;

/// <summary>Represents the header of a NumPy array file: element type, order and shape, written as a Python dictionary.</summary>
internal sealed partial record NpyHeader(string ElementType, bool FortranOrder, string Shape, long[] Lengths)
{
    private const int PrefixSize = 8;
    private const int MaxSize = 1 << 20;
    private const int Alignment = 64;

    /// <summary>Reads the header and leaves the stream at the first element.</summary>
    public static NpyHeader Read(InputFile file)
    {
        Span<byte> prefix = stackalloc byte[PrefixSize];
        if (file.Stream.ReadAtLeast(prefix, PrefixSize, throwOnEndOfStream: false) < PrefixSize || prefix[0] != 0x93 || !prefix[1..6].SequenceEqual("NUMPY"u8))
        {
            throw new InvalidDataException($"{file.Path}: is not a NumPy file, which starts with the bytes 934E554D5059; this one starts with {Convert.ToHexString(prefix)}.");
        }

        var version = prefix[6];
        if (version is < 1 or > 3)
        {
            throw new InvalidDataException($"{file.Path}: has NumPy format version {version}.{prefix[7]}, expected 1, 2 or 3.");
        }

        Span<byte> size = stackalloc byte[version == 1 ? sizeof(ushort) : sizeof(uint)];
        ReadExactly(file, size);
        var length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (length > MaxSize)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Path}: has a header of {length} bytes, expected at most {MaxSize}."));
        }

        var bytes = new byte[length];
        ReadExactly(file, bytes);
        return Parse(file.Path, Encoding.UTF8.GetString(bytes).Trim());
    }

    /// <summary>Formats a header of version 1, padded like NumPy's so that the data are aligned.</summary>
    public static byte[] Format(string elementType, string shape)
    {
        var text = $"{{'descr': '{elementType}', 'fortran_order': False, 'shape': {shape}, }}";
        var before = PrefixSize + sizeof(ushort);
        var total = (before + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var bytes = new byte[total];
        bytes.AsSpan().Fill((byte)' ');
        bytes[0] = 0x93;
        "NUMPY"u8.CopyTo(bytes.AsSpan(1));
        bytes[6] = 1;
        bytes[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(PrefixSize), (ushort)(total - before));
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(before));
        bytes[^1] = (byte)'\n';
        return bytes;
    }

    private static NpyHeader Parse(string path, string text)
    {
        var type = TypePattern().Match(text);
        var order = OrderPattern().Match(text);
        var shape = ShapePattern().Match(text);
        if (!type.Success || !order.Success || !shape.Success)
        {
            throw new InvalidDataException($"{path}: has a header without descr, fortran_order and shape: {Excerpt.Of(text)}");
        }

        var parts = shape.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var lengths = new long[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!long.TryParse(parts[i].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out lengths[i]))
            {
                throw new InvalidDataException($"{path}: has shape ({shape.Groups[1].Value}), in which '{Excerpt.Of(parts[i])}' is not a valid length.");
            }
        }

        return new NpyHeader(type.Groups[1].Value.Trim('\'', '"'), order.Groups[1].Value == "True", $"({shape.Groups[1].Value})", lengths);
    }

    private static void ReadExactly(InputFile file, Span<byte> bytes)
    {
        var offset = file.Stream.Position;
        var read = file.Stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Path}: the header is cut off at byte offset {offset + read}, after {read} of {bytes.Length} bytes."));
        }
    }

    [GeneratedRegex("""['"]descr['"]\s*:\s*('[^']*'|"[^"]*"|\[.*?\](?=\s*,\s*['"]|\s*,?\s*}))""", RegexOptions.CultureInvariant)]
    private static partial Regex TypePattern();

    [GeneratedRegex("""['"]fortran_order['"]\s*:\s*(True|False)""", RegexOptions.CultureInvariant)]
    private static partial Regex OrderPattern();

    [GeneratedRegex("""['"]shape['"]\s*:\s*\(([^)]*)\)""", RegexOptions.CultureInvariant)]
    private static partial Regex ShapePattern();
}
