using System.Text;

namespace FaissSdk.Cli;

/// <summary>Reads the lines of a text: UTF-8, or UTF-16 and UTF-32 with a byte-order mark.</summary>
internal static class TextLines
{
    /// <summary>Reads all lines of a file or a pipe.</summary>
    public static List<string> Read(VectorSource source, CancellationToken cancellationToken)
    {
        using var file = InputFile.Open(source);
        file.Start(null, cancellationToken);
        return [.. Read(file)];
    }

    public static IEnumerable<string> Read(InputFile file)
    {
        using var reader = new StreamReader(file.Content, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
