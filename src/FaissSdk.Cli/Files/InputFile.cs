using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Represents an open input, which is read once from its start to its end: a file, a pipe, or an array of an archive.</summary>
internal sealed class InputFile : IDisposable
{
    private const int BlockSize = 1 << 20;

    private Stream? _stream;
    private Action<double>? _progress;
    private CancellationToken _cancellationToken;

    /// <param name="name">The name for messages.</param>
    /// <param name="source">The path, the format and the array as they were given.</param>
    /// <param name="stream">The content; null for a pipe that has not been opened.</param>
    /// <param name="length">The number of bytes of the content.</param>
    private InputFile(string name, VectorSource source, Stream? stream, long length)
    {
        (Name, Source, _stream, Length) = (name, source, stream, length);
    }

    /// <summary>Gets the name for messages: the path as it was given, and the name of the array if it is one of an archive.</summary>
    public string Name { get; }

    public VectorSource Source { get; }

    /// <summary>Gets the notes for the user, such as conversions and lines left out.</summary>
    public List<string> Notes { get; private init; } = [];

    /// <summary>Gets a value indicating whether a note says that float32 rounds an integer; one is enough.</summary>
    public bool HasRounded { get; private set; }

    /// <summary>Gets the number of bytes of the content.</summary>
    public long Length { get; private set; }

    /// <summary>Gets the number of bytes read.</summary>
    public long Position { get; private set; }

    /// <summary>Gets the content as a stream that can seek; its position is independent of <see cref="Position"/>.</summary>
    public Stream Content => _stream ?? throw new InvalidOperationException("The input has not been started.");

    /// <summary>Opens a file. A pipe is opened by <see cref="Start"/>, because opening waits for a writer.</summary>
    /// <exception cref="UsageException">The path is not that of a file or pipe.</exception>
    /// <exception cref="InvalidDataException">The file is empty.</exception>
    public static InputFile Open(VectorSource source)
    {
        var path = source.Path;
        if (source.IsStandardInput)
        {
            if (!FileStatus.IsInherited(0))
            {
                throw new UsageException("the standard input is closed; name a file by --input.");
            }

            return new InputFile("standard input", source, null, 0);
        }

        CheckExists(path);
        switch (FileStatus.Of(path)?.Kind)
        {
            case null or FileKind.Regular:
                break;
            case FileKind.Pipe:
                return new InputFile(path, source, null, 0);
            default:
                throw new UsageException($"{path} is a device or a socket, expected a file or a pipe.");
        }

        // Unbuffered, because the readers request large blocks.
        var stream = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        try
        {
            return new InputFile(path, source, stream, CheckNotEmpty(path, stream.Length));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <exception cref="UsageException">The path is that of a directory, or of nothing.</exception>
    public static void CheckExists(string path)
    {
        if (!File.Exists(path))
        {
            throw new UsageException(Directory.Exists(path) ? $"{path} is a directory, expected a file." : $"{path} does not exist.");
        }
    }

    /// <summary>Returns an entry of an archive as an input with the same notes, progress and cancellation.</summary>
    public InputFile Entry(string name, Stream content, long length) =>
        new($"{Name} ({name})", Source, content, length) { Notes = Notes, _progress = _progress, _cancellationToken = _cancellationToken };

    /// <summary>Prepares for reading. The content of a pipe is copied to a temporary file first, because formats need lengths.</summary>
    /// <param name="progress">Receives the share that has been read, from 0 to 1.</param>
    /// <param name="cancellationToken">Checked before every block.</param>
    /// <exception cref="InvalidDataException">The pipe is empty.</exception>
    public void Start(Action<double>? progress, CancellationToken cancellationToken)
    {
        (_progress, _cancellationToken) = (progress, cancellationToken);
        if (_stream is null)
        {
            // Waiting for a writer cannot be interrupted; after a cancellation the thread is left to the end of the process.
            _stream = Task.Run(Spool, CancellationToken.None).WaitAsync(cancellationToken).GetAwaiter().GetResult();
            Length = CheckNotEmpty(Name, _stream.Length);
        }
    }

    /// <summary>Reads the next bytes; fewer only at the end.</summary>
    public int Read(Span<byte> bytes)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        _progress?.Invoke(Length == 0 ? 0 : (double)Position / Length);
        var read = Content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        Position += read;
        return read;
    }

    /// <summary>Reads bytes that must exist according to the length of the file.</summary>
    /// <exception cref="InvalidDataException">The file ends earlier.</exception>
    public void ReadExactly(Span<byte> bytes)
    {
        if (Read(bytes) < bytes.Length)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{Name}: ends at byte offset {Position} of {Length}; it became shorter while it was read, or is damaged."));
        }
    }

    public void NoteRounding(string note)
    {
        if (!HasRounded)
        {
            HasRounded = true;
            Notes.Add(note);
        }
    }

    /// <summary>Returns to the start.</summary>
    public void Rewind() => Content.Position = Position = 0;

    public void Dispose() => _stream?.Dispose();

    private static long CheckNotEmpty(string name, long length) => length > 0 ? length : throw new InvalidDataException($"{name}: the file is empty.");

    private FileStream Spool()
    {
        using var pipe = Source.IsStandardInput ? Console.OpenStandardInput() : new FileStream(Source.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 0, Options = FileOptions.DeleteOnClose };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var copy = new FileStream(path, options);
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                // A file without a name is gone with the process, however that ends.
                File.Delete(path);
            }

            var block = new byte[BlockSize];
            while (pipe.Read(block) is var read and > 0)
            {
                _cancellationToken.ThrowIfCancellationRequested();
                Append(copy, block.AsSpan(0, read));
            }

            copy.Position = 0;
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private void Append(FileStream copy, ReadOnlySpan<byte> block)
    {
        try
        {
            copy.Write(block);
        }
        catch (IOException e)
        {
            throw new IOException($"{Name}: the content of the pipe cannot be kept in the folder {Path.GetTempPath()}; set TMPDIR to a folder with more space. ({e.Message})", e);
        }
    }
}
