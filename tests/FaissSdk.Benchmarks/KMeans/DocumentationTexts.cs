using FaissSdk.Cli;

namespace FaissSdk.Benchmarks;

/// <summary>The distinct summaries of the .NET documentation, the texts that are embedded.</summary>
internal static class DocumentationTexts
{
    /// <summary>In the order of their first members.</summary>
    public static string[] Read() =>
        [.. DocumentationReader.Read(DocumentationFolder.FindFiles(null), CancellationToken.None).Select(member => member.Summary).Distinct()];

    /// <summary>One in each line.</summary>
    public static void Write(string path) => File.WriteAllLines(path, Read());
}
