using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FaissSdk.Native;

/// <summary>Writes a file from its beginning to its end, in large blocks.</summary>
/// <remarks>FAISS writes inverted lists through a mapping of the file, so that a full disk ends the process (SIGBUS).</remarks>
internal sealed unsafe partial class SequentialWriter(SafeFileHandle file)
{
    private const int BufferSize = 1 << 18;
    private const int FileSizeResource = 1;

    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly ulong _maxLength = MaxLength();
    private int _used;

    /// <summary>Gets the number of bytes written so far.</summary>
    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > _buffer.Length - _used)
        {
            var part = _buffer.Length - _used;
            bytes[..part].CopyTo(_buffer.AsSpan(_used));
            _used = _buffer.Length;
            Flush();
            bytes = bytes[part..];
        }

        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    /// <summary>Writes what is left in the buffer.</summary>
    public void Flush()
    {
        CheckLength(Length + _used, _maxLength);
        RandomAccess.Write(file, _buffer.AsSpan(0, _used), Length);
        Length += _used;
        _used = 0;
    }

    /// <summary>Throws if the process may not write a file of so many bytes: the system would end it (SIGXFSZ).</summary>
    /// <exception cref="IOException">The file would be too long.</exception>
    public static void CheckLength(long length) => CheckLength(length, MaxLength());

    private static void CheckLength(long length, ulong maxLength)
    {
        if ((ulong)length > maxLength)
        {
            throw new IOException($"The file would be longer than the {maxLength} bytes to which the files of this process are limited (ulimit -f).");
        }
    }

    private static ulong MaxLength()
    {
        var limits = stackalloc ulong[2];
        return GetLimit(FileSizeResource, limits) == 0 ? limits[0] : ulong.MaxValue;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ulong* limits);
}
