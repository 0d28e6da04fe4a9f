using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Converts the status code of a native call into an exception. FAISS keeps its error text per thread, so call it at once, on the thread of the native call.</summary>
internal static class Status
{
    /// <summary>Throws an exception with the reason that FAISS gives, preceded by <paramref name="context"/> if given.</summary>
    public static void ThrowIfFailed(int code, string? context = null)
    {
        if (code != 0)
        {
            Throw(code, context, null);
        }
    }

    /// <summary>Throws an exception with the reason that FAISS gives, followed by a cure where that applies.</summary>
    public static void ThrowIfFailed(int code, Cure cure)
    {
        if (code != 0)
        {
            Throw(code, null, cure);
        }
    }

    /// <summary>Throws an exception with the reason that FAISS gives, or one that names the kind of index that has no search by a selector.</summary>
    /// <exception cref="NotSupportedException">The kind of index has no search by a selector.</exception>
    public static void ThrowIfSearchFailed(int code)
    {
        if (code == 0)
        {
            return;
        }

        const string Refusal = "no search by a selector: ";
        if (LastError(code) is { } text && text.IndexOf(Refusal, StringComparison.Ordinal) is >= 0 and var start)
        {
            var kind = text[(start + Refusal.Length)..].Split(':')[0];
            throw new NotSupportedException($"FAISS {FaissLibrary.Info.Version} has no search of {kind} by a selector: use Flat, SQ8, HNSW32 or IVF256,Flat, or search for more neighbors without a selector and drop the other ids.");
        }

        Throw(code, null, Cure.DropParameters);
    }

    /// <summary>Returns an exception with the reason that FAISS gives, preceded by a context and followed by a cure.</summary>
    public static FaissException Exception(int code, string context, Cure? cure) => new(FaissError.Describe(LastError(code), context, cure), (FaissErrorCode)code);

    /// <summary>Returns FAISS's text of the last error on this thread, or <see langword="null"/> if it has none.</summary>
    /// <param name="code">The status of the call.</param>
    private static unsafe string? LastError(int code)
    {
        // The C API copies exceptions of the C++ standard library as their base class, which loses their text.
        var text = Marshal.PtrToStringUTF8((nint)FaissNative.faiss_get_last_error());
        return code == (int)FaissErrorCode.Standard && text == "std::exception" ? null : text;
    }

    [DoesNotReturn]
    private static void Throw(int code, string? context, Cure? cure) =>
        throw new FaissException(FaissError.Describe(LastError(code), context, cure), (FaissErrorCode)code);
}
