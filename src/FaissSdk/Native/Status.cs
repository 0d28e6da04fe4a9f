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

    /// <summary>Throws an exception with the reason that FAISS gives, followed by advice where there is some.</summary>
    public static void ThrowIfFailed(int code, ErrorAdvice advice)
    {
        if (code != 0)
        {
            Throw(code, null, advice);
        }
    }

    /// <summary>Throws an exception with the reason that FAISS gives, or one that names the kind of index and what it does not accept.</summary>
    /// <exception cref="NotSupportedException">The kind of index has no search by a selector, or by parameters.</exception>
    /// <exception cref="ArgumentException">The parameters are of another kind of index.</exception>
    public static void ThrowIfSearchFailed(int code)
    {
        if (code == 0)
        {
            return;
        }

        var text = LastError(code);
        if (Refused(text, "no search by a selector: ") is var (kind, _))
        {
            throw new NotSupportedException($"FAISS {FaissLibrary.Info.Version} has no search of {kind} by a selector: use Flat, SQ8, HNSW32 or IVF256,Flat, or search for more neighbors without a selector and drop the other ids.");
        }

        if (Refused(text, "no search by parameters: ") is var (unserved, reason))
        {
            throw new NotSupportedException($"FAISS {FaissLibrary.Info.Version} has no search of {unserved} by these parameters: set them on the index (SetParameter), or leave them out. FAISS: {reason}");
        }

        if (Refused(text, "parameters that do not fit: ") is var (other, hint))
        {
            throw DoesNotFit(other, hint, "parameters");
        }

        Throw(code, null, ErrorAdvice.DropParameters);
    }

    private static ArgumentException DoesNotFit(string kind, string hint, string parameter) =>
        new($"{parameter} do not fit {kind}, which is the index or a part of it: {hint}.", parameter);

    /// <summary>Returns the kind of index and the reason after a phrase in the text of the last error, or <see langword="null"/> if it lacks the phrase.</summary>
    public static (string Kind, string Reason)? Refusal(int code, string phrase) => Refused(LastError(code), phrase);

    /// <summary>Returns the kind of index and the reason in a text of FaissSdk's own functions, or <see langword="null"/> if the text is another one.</summary>
    private static (string Kind, string Reason)? Refused(string? text, string phrase)
    {
        if (text?.IndexOf(phrase, StringComparison.Ordinal) is not (>= 0 and var start))
        {
            return null;
        }

        var words = text[(start + phrase.Length)..];
        var end = words.IndexOf(": ", StringComparison.Ordinal);
        return end < 0 ? (words, "") : (words[..end], words[(end + 2)..]);
    }

    /// <summary>Returns an exception with the reason that FAISS gives, preceded by a context and followed by advice.</summary>
    public static FaissException Exception(int code, string context, ErrorAdvice? advice) => new(FaissError.Describe(LastError(code), context, advice), (FaissErrorCode)code);

    /// <summary>Returns FAISS's text of the last error on this thread, or <see langword="null"/> if it has none.</summary>
    /// <param name="code">The status of the call.</param>
    private static unsafe string? LastError(int code)
    {
        // The C API copies exceptions of the C++ standard library as their base class, which loses their text.
        var text = Marshal.PtrToStringUTF8((nint)FaissNative.faiss_get_last_error());
        return code == (int)FaissErrorCode.Standard && text == "std::exception" ? null : text;
    }

    [DoesNotReturn]
    private static void Throw(int code, string? context, ErrorAdvice? advice) =>
        throw new FaissException(FaissError.Describe(LastError(code), context, advice), (FaissErrorCode)code);
}
