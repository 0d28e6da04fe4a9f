using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace FaissSdk.Cli;

/// <summary>Represents the header of a NumPy array file: element type, order and shape, written as a Python dictionary.</summary>
internal sealed record NpyHeader(string ElementType, bool FortranOrder, string Shape, long[] Lengths)
{
    private const int PrefixSize = 8;
    private const int MaxSize = 1 << 20;
    private const int Alignment = 64;

    /// <summary>Reads the header and leaves the stream at the first element.</summary>
    public static NpyHeader Read(InputFile file)
    {
        Span<byte> prefix = stackalloc byte[PrefixSize];
        if (file.Read(prefix) < PrefixSize || prefix[0] != 0x93 || !prefix[1..6].SequenceEqual("NUMPY"u8))
        {
            throw new InvalidDataException($"{file.Name}: is not a NumPy file, which starts with the bytes 934E554D5059; this one starts with {Convert.ToHexString(prefix)}.");
        }

        var version = prefix[6];
        if (version is < 1 or > 3)
        {
            throw new InvalidDataException($"{file.Name}: has NumPy format version {version}.{prefix[7]}, expected 1, 2 or 3.");
        }

        Span<byte> size = stackalloc byte[version == 1 ? sizeof(ushort) : sizeof(uint)];
        ReadExactly(file, size);
        var length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (length > MaxSize)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: has a header of {length} bytes, expected at most {MaxSize}."));
        }

        var bytes = new byte[length];
        ReadExactly(file, bytes);
        return Parse(file.Name, Encoding.UTF8.GetString(bytes).Trim());
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

    private static NpyHeader Parse(string name, string text)
    {
        if (PythonDictionary.Parse(text) is not { } entries
            || !entries.TryGetValue("descr", out var type)
            || !entries.TryGetValue("fortran_order", out var order) || order is not ("True" or "False")
            || !entries.TryGetValue("shape", out var shape) || shape is not ['(', .., ')'])
        {
            throw new InvalidDataException($"{name}: has a header without descr, fortran_order and shape: {Excerpt.Of(text)}");
        }

        var parts = shape[1..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var lengths = new long[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!long.TryParse(parts[i].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out lengths[i]))
            {
                throw new InvalidDataException($"{name}: has shape {Excerpt.Of(shape)}, in which '{Excerpt.Of(parts[i])}' is not a valid length.");
            }
        }

        return new NpyHeader(type.Trim('\'', '"'), order == "True", Excerpt.Of(shape), lengths);
    }

    private static void ReadExactly(InputFile file, Span<byte> bytes)
    {
        var offset = file.Position;
        if (file.Read(bytes) is var read && read < bytes.Length)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: the header is cut off at byte offset {offset + read}, after {read} of {bytes.Length} bytes."));
        }
    }
}
