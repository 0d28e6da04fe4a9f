using System.CommandLine;
using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Reads the names of vectors: a line for each.</summary>
internal static class NamesFile
{
    public static Option<string> Option() => new("--names") { Description = "A text with a line for each point, which names it in the report and in the map.", HelpName = "FILE" };

    /// <exception cref="InvalidDataException">There are more or fewer lines than vectors.</exception>
    public static List<string>? Read(string? path, VectorSource input, int count, CancellationToken cancellationToken)
    {
        if (path is null)
        {
            return null;
        }

        var names = TextLines.Read(new VectorSource(path), cancellationToken);
        return names.Count == count
            ? names
            : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path} has {names.Count} lines, and {input} has {count} vectors; give a line for each."));
    }
}
