using System.Runtime.InteropServices;
using System.Text;

namespace FaissSdk.Native;

/// <summary>Opens C streams for FAISS, because FAISS ignores errors when it closes a file that it opened itself: the last bytes may be lost.</summary>
internal static unsafe partial class CFile
{
    /// <summary>Opens a file for writing, calls <paramref name="write"/> with the stream, and closes it.</summary>
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

        // Closing flushes the buffer, and only its result reports a failure to do so.
        if (Close(stream) != 0)
        {
            throw Failure(path);
        }
    }

    /// <summary>Opens a file for reading, calls <paramref name="read"/> with the stream, and returns its result and the number of bytes read.</summary>
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

    /// <summary>Calls <paramref name="write"/> with a stream in memory that ends after <paramref name="length"/> characters, and returns them; fewer if it writes fewer.</summary>
    public static string Beginning(int length, Action<nint> write)
    {
        // One more byte, because the C library ends a stream in memory with a zero.
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
