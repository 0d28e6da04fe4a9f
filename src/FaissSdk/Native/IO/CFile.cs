using System.Runtime.InteropServices;
using System.Text;

namespace FaissSdk.Native;

/// <summary>A C stream: FAISS closes the files it opens itself without telling when the last bytes did not reach the disk.</summary>
internal static unsafe partial class CFile
{
    /// <summary>Opens a file for writing, lets <paramref name="write"/> use the stream, and closes it.</summary>
    /// <exception cref="IOException">A step failed.</exception>
    public static void Write(string path, Action<nint> write)
    {
        var stream = Open(path, "wb");
        if (stream == 0)
        {
            throw Failure(path);
        }

        try
        {
            write(stream);
        }
        catch
        {
            _ = Close(stream);
            throw;
        }

        // Closing writes what is still buffered, and only its result tells whether that arrived.
        if (Close(stream) != 0)
        {
            throw Failure(path);
        }
    }

    /// <summary>Opens a file for reading, lets <paramref name="read"/> use the stream, and tells how many bytes were read.</summary>
    /// <exception cref="IOException">The file could not be opened.</exception>
    public static (nint Result, long Length) Read(string path, Func<nint, nint> read)
    {
        var stream = Open(path, "rb");
        if (stream == 0)
        {
            throw new IOException($"'{path}' could not be read: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        try
        {
            var result = read(stream);
            return (result, Position(stream));
        }
        finally
        {
            _ = Close(stream);
        }
    }

    /// <summary>The first characters that <paramref name="write"/> puts into a stream too small for the rest; fewer if it writes fewer.</summary>
    public static string Beginning(int length, Action<nint> write)
    {
        // One byte more: the C library closes a stream in memory with a zero.
        var memory = stackalloc byte[length + 1];
        new Span<byte>(memory, length + 1).Clear();
        var stream = OpenMemory(memory, (nuint)length + 1, "wb");
        if (stream == 0)
        {
            throw new IOException($"A stream in memory could not be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        SetUnbuffered(stream, null);
        try
        {
            write(stream);
        }
        finally
        {
            _ = Close(stream);
        }

        return Encoding.ASCII.GetString(memory, length).TrimEnd('\0');
    }

    private static IOException Failure(string path) => new($"'{path}' could not be written: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport("libc", EntryPoint = "fopen", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, string mode);

    [LibraryImport("libc", EntryPoint = "fmemopen", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenMemory(byte* memory, nuint size, string mode);

    [LibraryImport("libc", EntryPoint = "ftell")]
    private static partial nint Position(nint stream);

    [LibraryImport("libc", EntryPoint = "setbuf")]
    private static partial void SetUnbuffered(nint stream, byte* buffer);

    [LibraryImport("libc", EntryPoint = "fclose", SetLastError = true)]
    private static partial int Close(nint stream);
}
