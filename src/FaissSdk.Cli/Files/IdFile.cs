using System.Buffers.Binary;
using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Reads the ids of vectors: whole numbers of 64 bits, one for each vector.</summary>
internal static class IdFile
{
    public static readonly string[] Extensions = [".npy", ".ivecs", ".csv", ".txt"];

    /// <param name="path">The file.</param>
    /// <param name="option">The option that gave the path, for messages.</param>
    /// <param name="cancellationToken">The token that ends the reading.</param>
    /// <exception cref="UsageException">The extension is not supported, or the path is not that of a file or pipe.</exception>
    /// <exception cref="InvalidDataException">The content is not a list of integers.</exception>
    public static long[] Read(string path, string option, CancellationToken cancellationToken)
    {
        var extension = FileExtension.Of(path, Extensions, option);
        using var file = InputFile.Open(new VectorSource(path, extension));
        file.Start(null, cancellationToken);
        return extension switch
        {
            ".npy" => Checked(ReadArray(file), file, "element", first: 0),
            ".ivecs" => Checked(ReadRecords(file), file, "record", first: 0),
            _ => Checked(ReadLines(file), file, "line", first: 1),
        };
    }

    private static long[] Checked(long[] ids, InputFile file, string noun, int first)
    {
        var position = ids.AsSpan().IndexOfAnyInRange(long.MinValue, -1);
        return position < 0
            ? ids
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: {noun} {position + (long)first} is {ids[position]}, expected an id of 0 or more; FAISS uses -1 for none."));
    }

    private static long[] ReadArray(InputFile file)
    {
        var header = NpyHeader.Read(file);
        if (header.ElementType is not ("<i8" or "<i4" or "<u4") || !(header.Lengths is [_] or [_, 1]))
        {
            throw new InvalidDataException($"{file.Name}: has elements of type '{Excerpt.Of(header.ElementType)}' and shape {header.Shape}, expected int64 or int32 and (n,); convert the array with array.astype('<i8').ravel().");
        }

        var size = header.ElementType[2] - '0';
        if (header.Lengths[0] != (file.Length - file.Position) / size || header.Lengths[0] > Array.MaxLength)
        {
            throw new InvalidDataException($"{file.Name}: declares shape {header.Shape}, which its length contradicts; it is cut off or damaged.");
        }

        var ids = new long[header.Lengths[0]];
        var bytes = new byte[size];
        using var content = new BufferedStream(new Remaining(file), 1 << 16);
        for (var i = 0; i < ids.Length; i++)
        {
            content.ReadExactly(bytes);
            ids[i] = header.ElementType switch
            {
                "<i8" => BinaryPrimitives.ReadInt64LittleEndian(bytes),
                "<i4" => BinaryPrimitives.ReadInt32LittleEndian(bytes),
                _ => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            };
        }

        return ids;
    }

    private static long[] ReadRecords(InputFile file)
    {
        const int recordSize = 2 * sizeof(int);
        if (file.Length / recordSize > Array.MaxLength)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: has {file.Length / recordSize} records, more than the {Array.MaxLength} ids that fit into one array."));
        }

        var ids = new long[file.Length / recordSize];
        Span<byte> record = stackalloc byte[recordSize];
        using var content = new BufferedStream(new Remaining(file), 1 << 16);
        for (var i = 0; i < ids.Length; i++)
        {
            content.ReadExactly(record);
            if (BinaryPrimitives.ReadInt32LittleEndian(record) is var dimension && dimension != 1)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: record {i} has dimension {dimension}, expected 1: one id for each vector."));
            }

            ids[i] = BinaryPrimitives.ReadInt32LittleEndian(record[sizeof(int)..]);
        }

        return file.Length % recordSize == 0 ? ids : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: record {ids.Length} is cut off."));
    }

    private static long[] ReadLines(InputFile file)
    {
        var ids = new List<long>();
        foreach (var line in TextLines.Read(file))
        {
            ids.Add(long.TryParse(line.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
                ? id
                : throw new InvalidDataException($"{file.Name}: line {(ids.Count + 1).ToString(CultureInfo.InvariantCulture)} is '{Excerpt.Of(line)}', expected an integer of 64 bits: one id for each vector."));
        }

        return [.. ids];
    }

    /// <summary>Reads the rest of an input as a stream.</summary>
    private sealed class Remaining(InputFile file) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer) => file.Read(buffer);

        public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
