using System.Text;

namespace FaissSdk.Cli;

/// <summary>Writes to a standard stream until that fails: a training goes on and its files are written, although nobody reads the report.</summary>
internal sealed class StandardStream : TextWriter
{
    private const int LastDescriptor = 2;

    private readonly TextWriter _writer;

    private StandardStream(TextWriter writer) => _writer = writer;

    /// <summary>Gets why writing failed; null if it has not.</summary>
    public string? Failure { get; private set; }

    public override Encoding Encoding => _writer.Encoding;

    /// <summary>Opens the standard output, or the standard error. If it was closed when the process started, what is written to it is discarded.</summary>
    public static StandardStream Open(bool isError)
    {
        var isOpen = FileStatus.IsInherited(isError ? 2 : 1);
        return new StandardStream(!isOpen ? Null : isError ? Console.Error : Console.Out);
    }

    /// <summary>Returns whether a path names the file or pipe that the standard output of the process is written to. Replacing that file would lose one of the two, and writing into it would mix them.</summary>
    public static bool IsOutput(string path) =>
        FileStatus.Of(path) is { Kind: FileKind.Regular or FileKind.Pipe } status
        && FileStatus.IsInherited(1)
        && FileStatus.Of(OperatingSystem.IsLinux() ? "/proc/self/fd/1" : "/dev/fd/1") is { } output
        && output.IsSameFile(status);

    /// <summary>Occupies the descriptors of closed standard streams; otherwise a file could get one of them and receive the output of native code.</summary>
    public static void OccupyClosed()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        while (true)
        {
            // A new descriptor is the lowest that is free. Those of the standard streams stay open to the end of the process.
            var handle = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (handle.DangerousGetHandle() > LastDescriptor)
            {
                handle.Dispose();
                return;
            }

            handle.SetHandleAsInvalid();
        }
    }

    public override void Write(char value) => Try(() => _writer.Write(value));

    public override void Write(string? value) => Try(() => _writer.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => _writer.Write(buffer, index, count));

    public override void WriteLine(string? value) => Try(() => _writer.WriteLine(value));

    public override void Flush() => Try(_writer.Flush);

    /// <summary>Writes bytes to the standard output whose encoding must not be that of the locale.</summary>
    public void WriteUtf8(byte[] bytes) => Try(() =>
    {
        _writer.Flush();
        if (_writer != Null)
        {
            using var stream = Console.OpenStandardOutput();
            stream.Write(bytes);
        }
    });

    private void Try(Action write)
    {
        if (Failure is not null)
        {
            return;
        }

        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failure = e.Message;
        }
    }
}
