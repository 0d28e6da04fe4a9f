using System.Runtime.InteropServices;
using System.Text;

namespace FaissSdk.Native;

/// <summary>Strings as C wants them.</summary>
internal static class Utf8
{
    /// <summary>The UTF-8 bytes of a string and a closing zero.</summary>
    /// <exception cref="ArgumentException">The string holds a zero character, where C would cut it off.</exception>
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
