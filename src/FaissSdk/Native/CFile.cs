using System.Runtime.InteropServices;

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

    private static IOException Failure(string path) => new($"'{path}' could not be written: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport("libc", EntryPoint = "fopen", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, string mode);

    [LibraryImport("libc", EntryPoint = "fclose", SetLastError = true)]
    private static partial int Close(nint stream);
}
