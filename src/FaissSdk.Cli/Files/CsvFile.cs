using System.Globalization;
using System.Text;

namespace FaissSdk.Cli;

/// <summary>Reads and writes comma-separated numbers, one vector per line. A first line with a field that is not a number is a header.</summary>
internal static class CsvFile
{
    private const int BlockSize = 1 << 20;

    public static VectorSet Read(InputFile file, BlockProgress blocks)
    {
        var lines = new CsvLines(file.Path);
        var buffer = new byte[BlockSize];
        var filled = 0;
        while (true)
        {
            blocks.Next();
            var read = file.Stream.Read(buffer, filled, buffer.Length - filled);
            filled += read;
            var start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is var length and >= 0)
            {
                lines.Add(buffer.AsSpan(start, length));
                start += length + 1;
            }

            if (read == 0)
            {
                lines.Add(buffer.AsSpan(start, filled - start));
                return lines.ToVectors();
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled == buffer.Length)
            {
                lines.CheckLength(filled);
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    public static void Write<T>(Stream stream, ReadOnlySpan<T> values, int dimension)
        where T : IFormattable
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        for (var i = 0; i < values.Length; i++)
        {
            // By default .NET writes the shortest text that reads back as the same number.
            writer.Write(values[i].ToString(null, CultureInfo.InvariantCulture));
            writer.Write((i + 1) % dimension == 0 ? '\n' : ',');
        }
    }
}
