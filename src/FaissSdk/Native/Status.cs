using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Turns the status code of a native call into an exception. It must be called directly after the native call, on the same thread.</summary>
internal static class Status
{
    private const int StandardException = -4;

    /// <summary>Throws if a native call failed, with FAISS's message after <paramref name="context"/>.</summary>
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

        // The C API copies exceptions of the C++ library as their base class, which loses the message.
        message = string.IsNullOrEmpty(message) || (code == StandardException && message == "std::exception")
            ? "C++ threw an exception without a message; mostly memory ran out or a number is out of range"
            : message;
        throw new FaissException(context is null ? message : $"{context}: {message}", code);
    }
}
