using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FaissSdk.VectorData.Storage;

/// <summary>Writes and reads the strings of lists, with halves of surrogate pairs, which the JSON writer replaces and the reader refuses.</summary>
internal static class JsonText
{
    /// <exception cref="ArgumentException">The string contains U+0000.</exception>
    public static void Write(Utf8JsonWriter writer, string? text)
    {
        if (text is null)
        {
            writer.WriteNullValue();
        }
        else if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"Its element '{text.Replace("\0", "\\0", StringComparison.Ordinal)}' contains U+0000, at which SQLite's JSON ends texts. Leave the character out, or use a property of type string.");
        }
        else if (SurrogateText.FindHalf(text) < 0)
        {
            writer.WriteStringValue(text);
        }
        else
        {
            writer.WriteRawValue(Quote(text), skipInputValidation: true);
        }
    }

    public static string? Read(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return Unescape(Encoding.UTF8.GetString(reader.ValueSpan));
        }
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            _ = char.IsAsciiLetterOrDigit(character) ? quoted.Append(character) : quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return quoted.Append('"').ToString();
    }

    // Only strings that Quote has written have halves.
    private static string Unescape(string escaped)
    {
        var text = new StringBuilder();
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] == '\\')
            {
                text.Append((char)int.Parse(escaped.AsSpan(i + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 5;
            }
            else
            {
                text.Append(escaped[i]);
            }
        }

        return text.ToString();
    }
}
