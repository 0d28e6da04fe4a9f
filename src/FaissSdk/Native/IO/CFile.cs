using System.Runtime.InteropServices;
using System.Text;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Opens C streams for FAISS, because FAISS ignores errors when it closes a file that it opened itself: the last bytes may be lost.</summary>
internal static unsafe partial class CFile
{
    private const int MaxOnStack = 4096;

    private static readonly OptionalFunction BeginningFunction = new(nameof(FaissNative.faiss_sdk_index_beginning), "The kind of an index on Windows");
    private static readonly OptionalFunction BinaryBeginningFunction = new(nameof(FaissNative.faiss_sdk_binary_index_beginning), "The kind of a binary index on Windows");

    /// <summary>Opens a file for writing, calls <paramref name="write"/> with the stream, and closes it.</summary>
    /// <exception cref="IOException">A step failed.</exception>
    public static void Write(string path, Action<nint> write)
    {
        var stream = Open(path, "wb", out var reason);
        if (stream == 0)
        {
            throw Failure(path, reason);
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
        if (Close(stream) is { } failure)
        {
            throw Failure(path, failure);
        }
    }

    /// <summary>Opens a file for reading, calls <paramref name="read"/> with the stream, and returns its result and the number of bytes read.</summary>
    /// <exception cref="IOException">The file could not be opened.</exception>
    public static (nint Result, long Length) Read(string path, Func<nint, nint> read)
    {
        var stream = Open(path, "rb", out var reason);
        if (stream == 0)
        {
            throw new IOException($"'{path}' could not be read: {reason}.");
        }

        try
        {
            var result = read(stream);
            return (result, OperatingSystem.IsWindows() ? WindowsFile.Position(stream) : Position(stream));
        }
        finally
        {
            _ = Close(stream);
        }
    }

    /// <summary>Returns the first <paramref name="length"/> characters of a file of the index; fewer if the file is shorter, none if FAISS cannot write the index.</summary>
    public static string Beginning(NativeIndex* index, int length)
    {
        if (!OperatingSystem.IsWindows())
        {
            return Beginning(length, stream => _ = FaissNative.faiss_write_index(index, (void*)stream));
        }

        BeginningFunction.Require();
        var characters = length < MaxOnStack ? stackalloc byte[length] : new byte[length];
        fixed (byte* text = characters)
        {
            return Encoding.Latin1.GetString(text, (int)FaissNative.faiss_sdk_index_beginning(index, (sbyte*)text, (nuint)length));
        }
    }

    /// <summary>Does the same for a binary index.</summary>
    public static string Beginning(FaissIndexBinary* index, int length)
    {
        if (!OperatingSystem.IsWindows())
        {
            return Beginning(length, stream => _ = FaissNative.faiss_write_index_binary(index, (void*)stream));
        }

        BinaryBeginningFunction.Require();
        var characters = length < MaxOnStack ? stackalloc byte[length] : new byte[length];
        fixed (byte* text = characters)
        {
            return Encoding.Latin1.GetString(text, (int)FaissNative.faiss_sdk_binary_index_beginning(index, (sbyte*)text, (nuint)length));
        }
    }

    // Calls write with an in-memory stream of length characters.
    private static string Beginning(int length, Action<nint> write)
    {
        // One more byte, because the C library ends a stream in memory with a zero.
        var text = length < MaxOnStack ? stackalloc byte[length + 1] : new byte[length + 1];
        text.Clear();
        fixed (byte* memory = text)
        {
            Write(memory, (nuint)length + 1, write);
        }

        return Encoding.Latin1.GetString(text[..length]).TrimEnd('\0');
    }

    private static void Write(byte* memory, nuint size, Action<nint> write)
    {
        var stream = OpenMemory(memory, size, "wb");
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
    }

    private static nint Open(string path, string mode, out string? reason)
    {
        if (OperatingSystem.IsWindows())
        {
            return WindowsFile.Open(path, mode, out reason);
        }

        var stream = OpenFile(path, mode);
        reason = stream == 0 ? Marshal.GetLastPInvokeErrorMessage() : null;
        return stream;
    }

    private static string? Close(nint stream) =>
        OperatingSystem.IsWindows() ? WindowsFile.Close(stream) : CloseFile(stream) == 0 ? null : Marshal.GetLastPInvokeErrorMessage();

    private static IOException Failure(string path, string? reason) => new($"'{path}' could not be written: {reason}.");

    [LibraryImport("libc", EntryPoint = "fopen", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenFile(string path, string mode);

    [LibraryImport("libc", EntryPoint = "fmemopen", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenMemory(byte* memory, nuint size, string mode);

    [LibraryImport("libc", EntryPoint = "ftell")]
    private static partial nint Position(nint stream);

    [LibraryImport("libc", EntryPoint = "setbuf")]
    private static partial void SetUnbuffered(nint stream, byte* buffer);

    [LibraryImport("libc", EntryPoint = "fclose", SetLastError = true)]
    private static partial int CloseFile(nint stream);
}
