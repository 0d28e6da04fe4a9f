using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace FaissSdk.Native;

/// <summary>
/// The stream that FAISS's custom reader or writer uses during a call. Its callbacks carry no data of the caller's, so the stream is
/// bound to the calling thread for the length of the call; an exception of the stream waits there until the call is over.
/// </summary>
internal sealed unsafe class StreamBinding : IDisposable
{
    private const int LargestPiece = 1 << 30;

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

    /// <summary>Throws what the stream threw during the call, as it was.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    public void Dispose() => _current = _outer;

    /// <summary>As <c>fread</c>: the number of whole items that were read.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static nuint Read(void* buffer, nuint size, nuint count) => _current!.Transfer(buffer, size, count, &ReadPiece);

    /// <summary>As <c>fwrite</c>: the number of whole items that were written.</summary>
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
                var piece = (int)Math.Min(length - done, LargestPiece);
                var moved = transfer(_stream, (byte*)buffer + done, piece);
                done += (nuint)moved;
                if (moved < piece)
                {
                    break;
                }
            }

            return done / size;
        }
#pragma warning disable CA1031 // Beyond this method is C++; the exception is thrown again when the call is over.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
            return 0;
        }
    }
}
