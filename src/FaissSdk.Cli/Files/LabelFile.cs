namespace FaissSdk.Cli;

/// <summary>Writes the cluster number of every point (n) in the format that the file's extension selects.</summary>
internal static class LabelFile
{
    public static readonly string[] Extensions = [".npy", ".ivecs", ".csv", ".txt"];

    public static void Write(string path, ReadOnlyMemory<long> labels, CancellationToken cancellationToken = default)
    {
        var format = FileExtension.Of(path, Extensions);
        OutputFile.Write(path, stream => Write(stream, format, labels.Span), cancellationToken);
    }

    /// <param name="stream">The stream.</param>
    /// <param name="format">One of <see cref="Extensions"/>.</param>
    /// <param name="labels">The cluster numbers.</param>
    public static void Write(Stream stream, string format, ReadOnlySpan<long> labels)
    {
        switch (format)
        {
            case ".npy":
                NpyFile.Write(stream, labels, "<i8", FormattableString.Invariant($"({labels.Length},)"));
                break;
            case ".ivecs":
                XvecsFile.WriteLabels(stream, labels);
                break;
            default:
                CsvFile.Write(stream, labels, dimension: 1);
                break;
        }
    }
}
