namespace FaissSdk.Cli;

/// <summary>Represents an open input file: a regular file that is not empty.</summary>
internal sealed class InputFile : IDisposable
{
    private InputFile(string path, FileStream stream)
    {
        Path = path;
        Stream = stream;
    }

    /// <summary>Gets the path as it was given, for messages.</summary>
    public string Path { get; }

    public FileStream Stream { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="UsageException">The path is not that of a regular file.</exception>
    /// <exception cref="InvalidDataException">The file is empty.</exception>
    public static InputFile Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UsageException($"{path} is a directory, expected a file.");
        }

        if (!File.Exists(path))
        {
            throw new UsageException($"{path} does not exist.");
        }

        // Unbuffered, because the readers request large blocks.
        var stream = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        try
        {
            if (!stream.CanSeek)
            {
                throw new UsageException($"{path} is not a regular file; save its content to a file first.");
            }

            return stream.Length > 0 ? new InputFile(path, stream) : throw new InvalidDataException($"{path}: the file is empty.");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public void Dispose() => Stream.Dispose();
}
