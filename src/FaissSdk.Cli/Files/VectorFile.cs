namespace FaissSdk.Cli;

/// <summary>Reads and writes vectors in the format that the file's extension selects.</summary>
internal static class VectorFile
{
    public static readonly string[] Extensions = [".fvecs", ".bvecs", ".npy", ".csv"];

    /// <summary>Opens a file of vectors; nothing is read yet.</summary>
    /// <exception cref="UsageException">The extension is not supported, or the path is not that of a regular file.</exception>
    /// <exception cref="InvalidDataException">The file is empty.</exception>
    public static InputFile Open(string path)
    {
        FileExtension.Of(path, Extensions);
        return InputFile.Open(path);
    }

    /// <summary>Reads n × d vectors from a file.</summary>
    /// <exception cref="UsageException">The extension is not supported, or the path is not that of a regular file.</exception>
    /// <exception cref="InvalidDataException">The content does not have the format that the extension selects.</exception>
    public static VectorSet Read(string path)
    {
        using var file = Open(path);
        return Read(file);
    }

    /// <summary>Reads n × d vectors from an open file.</summary>
    /// <param name="file">The file, at its start.</param>
    /// <param name="progress">Receives the share that has been read, from 0 to 1.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    /// <exception cref="InvalidDataException">The content does not have the format that the extension selects.</exception>
    public static VectorSet Read(InputFile file, Action<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var blocks = new BlockProgress(file.Stream, progress, cancellationToken);
        return FileExtension.Of(file.Path, Extensions) switch
        {
            ".fvecs" => XvecsFile.Read(file, sizeof(float), blocks),
            ".bvecs" => XvecsFile.Read(file, sizeof(byte), blocks),
            ".npy" => NpyFile.Read(file, blocks),
            _ => CsvFile.Read(file, blocks),
        };
    }

    /// <summary>Writes vectors; readers see either the whole file or the previous one.</summary>
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
