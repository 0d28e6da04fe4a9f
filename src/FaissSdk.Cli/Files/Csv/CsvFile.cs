using System.Globalization;
using System.Text;

namespace FaissSdk.Cli;

/// <summary>Reads text with one vector per line, and writes comma-separated numbers.</summary>
internal static class CsvFile
{
    private const int BlockSize = 1 << 20;

    public static VectorSet Read(InputFile file)
    {
        var text = new Utf8Reader(file);
        var table = new CsvTable(file);
        var buffer = new byte[BlockSize];
        var filled = 0;
        while (true)
        {
            var read = text.Read(buffer.AsSpan(filled));
            filled += read;
            var start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOfAny((byte)'\n', (byte)'\r') is var length and >= 0)
            {
                // The next block shows whether \n follows a final \r.
                var end = start + length;
                if (end + 1 == filled && buffer[end] == '\r' && read > 0)
                {
                    break;
                }

                table.Add(buffer.AsSpan(start, length));
                start = end + (buffer[end] == '\r' && end + 1 < filled && buffer[end + 1] == '\n' ? 2 : 1);
            }

            if (read == 0)
            {
                table.Add(buffer.AsSpan(start, filled - start));
                return table.ToVectors();
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled > buffer.Length / 2)
            {
                table.CheckLength(filled);
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    public static void Write<T>(Stream stream, ReadOnlySpan<T> values, int dimension, char separator = ',')
        where T : IFormattable
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        for (var i = 0; i < values.Length; i++)
        {
            // By default .NET writes the shortest text that reads back as the same number.
            writer.Write(values[i].ToString(null, CultureInfo.InvariantCulture));
            writer.Write((i + 1) % dimension == 0 ? '\n' : separator);
        }
    }
}
