using FaissSdk.Cli;

namespace FaissSdk.Benchmarks;

/// <summary>Reads the distinct summaries of the .NET documentation, which are the texts to embed.</summary>
internal static class DocumentationTexts
{
    /// <summary>Returns the summaries in the order of the first members that have them.</summary>
    public static string[] Read() =>
        [.. DocumentationReader.Read(DocumentationFolder.FindFiles(null), CancellationToken.None).Select(member => member.Summary).Distinct()];

    /// <summary>Writes one summary per line.</summary>
    public static void Write(string path) => File.WriteAllLines(path, Read());
}
