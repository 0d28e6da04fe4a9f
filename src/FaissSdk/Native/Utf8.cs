using System.Runtime.InteropServices;
using System.Text;

namespace FaissSdk.Native;

/// <summary>Converts strings to and from UTF-8 for C.</summary>
internal static class Utf8
{
    /// <summary>Returns the UTF-8 bytes of a string, followed by a zero.</summary>
    /// <exception cref="ArgumentException">The string contains a zero character, which would end it in C.</exception>
    public static byte[] ZeroTerminated(string text, string parameter)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"{parameter} holds a zero character.", parameter);
        }

        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    public static unsafe string ToString(sbyte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
