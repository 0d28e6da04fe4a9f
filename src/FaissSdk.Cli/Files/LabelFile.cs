namespace FaissSdk.Cli;

/// <summary>Writes the cluster number of every point (n) in the format that the file's extension selects.</summary>
internal static class LabelFile
{
    public static readonly string[] Extensions = [".npy", ".ivecs", ".csv", ".txt"];

    public static void Write(string path, ReadOnlyMemory<long> labels, CancellationToken cancellationToken = default)
    {
        Action<Stream> write = FileExtension.Of(path, Extensions) switch
        {
            ".npy" => stream => NpyFile.Write(stream, labels.Span, "<i8", $"({labels.Length},)"),
            ".ivecs" => stream => XvecsFile.WriteLabels(stream, labels.Span),
            _ => stream => CsvFile.Write(stream, labels.Span, dimension: 1),
        };
        OutputFile.Write(path, write, cancellationToken);
    }
}
