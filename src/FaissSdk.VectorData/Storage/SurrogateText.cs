using System.Text;

namespace FaissSdk.VectorData.Storage;

/// <summary>Converts strings with halves of surrogate pairs, which UTF-8 replaces, to bytes and back.</summary>
/// <remarks>A half takes the three bytes that its number would take if it were a character (WTF-8). SQLite compares and stores them as they are.</remarks>
internal static class SurrogateText
{
    private const int HalfBytes = 3;

    /// <summary>Returns the position of the first half of a pair without the other one, or −1.</summary>
    public static int FindHalf(ReadOnlySpan<char> text)
    {
        for (var i = text.IndexOfAnyInRange('\ud800', '\udfff'); i >= 0 && i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Writes a string, which takes at most three bytes a character.</summary>
    /// <returns>The number of bytes.</returns>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        var written = 0;
        for (var half = FindHalf(text); half >= 0; half = FindHalf(text))
        {
            written += Encoding.UTF8.GetBytes(text[..half], bytes[written..]);
            int code = text[half];
            bytes[written++] = (byte)(0xE0 | (code >> 12));
            bytes[written++] = (byte)(0x80 | ((code >> 6) & 0x3F));
            bytes[written++] = (byte)(0x80 | (code & 0x3F));
            text = text[(half + 1)..];
        }

        return written + Encoding.UTF8.GetBytes(text, bytes[written..]);
    }

    /// <summary>Reads a string that <see cref="Encode"/> has written.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (var half = FindHalf(bytes); half >= 0; half = FindHalf(bytes))
        {
            text.Append(Encoding.UTF8.GetString(bytes[..half]));
            text.Append((char)(0xD000 | ((bytes[half + 1] & 0x3F) << 6) | (bytes[half + 2] & 0x3F)));
            bytes = bytes[(half + HalfBytes)..];
        }

        return text.Append(Encoding.UTF8.GetString(bytes)).ToString();
    }

    // No character of UTF-8 begins with these two bytes.
    private static int FindHalf(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i + HalfBytes <= bytes.Length; i++)
        {
            if (bytes[i] == 0xED && bytes[i + 1] >= 0xA0)
            {
                return i;
            }
        }

        return -1;
    }
}
