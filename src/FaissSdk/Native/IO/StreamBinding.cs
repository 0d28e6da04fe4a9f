using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace FaissSdk.Native;

/// <summary>
/// Binds a stream to the calling thread while FAISS's custom reader or writer uses it: its callbacks have no argument for data of
/// the caller. An exception of the stream is kept here and rethrown after the call, as it must not cross C++.
/// </summary>
internal sealed unsafe class StreamBinding : IDisposable
{
    private const int MaxPiece = 1 << 30;

    [ThreadStatic]
    private static StreamBinding? _current;

    private readonly Stream _stream;
    private readonly StreamBinding? _outer;
    private ExceptionDispatchInfo? _failure;

    public StreamBinding(Stream stream)
    {
        _stream = stream;
        _outer = _current;
        _current = this;
    }

    /// <summary>Rethrows the exception that the stream threw during the call, if any.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    public void Dispose() => _current = _outer;

    /// <summary>Reads like <c>fread</c>, and returns the number of whole items.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static nuint Read(void* buffer, nuint size, nuint count) => _current!.Transfer(buffer, size, count, &ReadPiece);

    /// <summary>Writes like <c>fwrite</c>, and returns the number of whole items.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static nuint Write(void* buffer, nuint size, nuint count) => _current!.Transfer(buffer, size, count, &WritePiece);

    private static int ReadPiece(Stream stream, byte* buffer, int length) => stream.ReadAtLeast(new Span<byte>(buffer, length), length, throwOnEndOfStream: false);

    private static int WritePiece(Stream stream, byte* buffer, int length)
    {
        stream.Write(new ReadOnlySpan<byte>(buffer, length));
        return length;
    }

    private nuint Transfer(void* buffer, nuint size, nuint count, delegate*<Stream, byte*, int, int> transfer)
    {
        if (size == 0 || count == 0)
        {
            return count;
        }

        if (_failure is not null)
        {
            return 0;
        }

        try
        {
            var (length, done) = (checked(size * count), (nuint)0);
            while (done < length)
            {
                var piece = (int)Math.Min(length - done, MaxPiece);
                var moved = transfer(_stream, (byte*)buffer + done, piece);
                done += (nuint)moved;
                if (moved < piece)
                {
                    break;
                }
            }

            return done / size;
        }
#pragma warning disable CA1031 // The caller is C++; the exception is rethrown after the call.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
            return 0;
        }
    }
}
