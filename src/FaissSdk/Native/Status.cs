using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Turns the status code of a native call into an exception; to be called at once, on the thread that made the call.</summary>
internal static class Status
{
    public static void ThrowIfFailed(int code)
    {
        if (code != 0)
        {
            Throw(code);
        }
    }

    [DoesNotReturn]
    private static unsafe void Throw(int code)
    {
        var message = Marshal.PtrToStringUTF8((nint)FaissNative.faiss_get_last_error());
        throw new FaissException(string.IsNullOrEmpty(message) ? $"FAISS returned code {code} without a message." : message, code);
    }
}
