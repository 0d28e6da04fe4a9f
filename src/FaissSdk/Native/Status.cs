using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Converts the status code of a native call into an exception. FAISS keeps its error text per thread, so call it at once, on the thread of the native call.</summary>
internal static class Status
{
    /// <summary>Throws an exception with FAISS's error text, preceded by <paramref name="context"/> if given.</summary>
    public static void ThrowIfFailed(int code, string? context = null)
    {
        if (code != 0)
        {
            Throw(code, context, null);
        }
    }

    /// <summary>Throws an exception with FAISS's error text, followed by a cure where that applies.</summary>
    public static void ThrowIfFailed(int code, Cure cure)
    {
        if (code != 0)
        {
            Throw(code, null, cure);
        }
    }

    [DoesNotReturn]
    private static unsafe void Throw(int code, string? context, Cure? cure)
    {
        var message = Marshal.PtrToStringUTF8((nint)FaissNative.faiss_get_last_error());

        // The C API copies exceptions of the C++ standard library as their base class, which loses their text.
        message = string.IsNullOrEmpty(message) || (code == (int)FaissErrorCode.Standard && message == "std::exception")
            ? "C++ threw an exception without a message; usually memory is exhausted, or a number is out of range"
            : message;
        message = cure?.AddTo(message) ?? message;
        throw new FaissException(context is null ? message : $"{context}: {message}", (FaissErrorCode)code);
    }
}
