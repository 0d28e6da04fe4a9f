using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Turns the status code of a native call into an exception; to be called at once, on the thread that made the call.</summary>
internal static class Status
{
    private const int StandardException = -4;

    /// <summary>Throws what FAISS says, after <paramref name="context"/> where there is one.</summary>
    public static void ThrowIfFailed(int code, string? context = null)
    {
        if (code != 0)
        {
            Throw(code, context);
        }
    }

    [DoesNotReturn]
    private static unsafe void Throw(int code, string? context)
    {
        var message = Marshal.PtrToStringUTF8((nint)FaissNative.faiss_get_last_error());

        // The C API copies exceptions of the C++ library by their base class, which loses what they say.
        message = string.IsNullOrEmpty(message) || (code == StandardException && message == "std::exception")
            ? "C++ threw an exception without a message; mostly memory ran out or a number is out of range"
            : message;
        throw new FaissException(context is null ? message : $"{context}: {message}", code);
    }
}
