namespace FaissSdk.Cli;

/// <summary>Reads and writes vectors in the format that the file's extension names.</summary>
internal static class VectorFile
{
    public static readonly string[] Extensions = [".fvecs", ".bvecs", ".npy", ".csv"];

    /// <summary>Reads n × d vectors.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told the share read, from 0 to 1.</param>
    /// <param name="cancellationToken">Looked at between blocks.</param>
    /// <exception cref="UsageException">The extension is unknown, or there is no such file.</exception>
    /// <exception cref="InvalidDataException">The file does not hold what its extension says.</exception>
    public static VectorSet Read(string path, Action<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var extension = FileExtension.Of(path, Extensions);
        using var file = InputFile.Open(path);
        var blocks = new BlockProgress(file, progress, cancellationToken);
        return extension switch
        {
            ".fvecs" => XvecsFile.Read(file, sizeof(float), blocks),
            ".bvecs" => XvecsFile.Read(file, sizeof(byte), blocks),
            ".npy" => NpyFile.Read(file, blocks),
            _ => CsvFile.Read(file, blocks),
        };
    }

    /// <summary>Writes vectors; a reader sees the whole file or none.</summary>
    public static void Write(string path, ReadOnlyMemory<float> values, int dimension)
    {
        Action<Stream> write = FileExtension.Of(path, Extensions) switch
        {
            ".fvecs" => stream => XvecsFile.WriteSingles(stream, values.Span, dimension),
            ".bvecs" => stream => XvecsFile.WriteBytes(stream, values.Span, dimension, path),
            ".npy" => stream => NpyFile.Write(stream, values.Span, "<f4", $"({values.Length / dimension}, {dimension})"),
            _ => stream => CsvFile.Write(stream, values.Span, dimension),
        };
        AtomicFile.Write(path, temporary =>
        {
            using var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20);
            write(stream);
        });
    }
}
