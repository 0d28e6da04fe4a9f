using System.Globalization;

namespace FaissSdk.VectorData.Collections;

/// <summary>Refuses keys of which SQLite stores another text.</summary>
internal static class KeyText
{
    /// <summary>Throws if a key is a string that contains U+0000 or half of a surrogate pair.</summary>
    /// <exception cref="ArgumentException">The key cannot be stored as it is.</exception>
    public static void Check(object key, string argument)
    {
        if (key is not string text)
        {
            return;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                throw Refuse(text, i, "a surrogate without the other one, which UTF-8 cannot express", argument);
            }
            else if (text[i] == '\0')
            {
                throw Refuse(text, i, "which ends texts in SQLite", argument);
            }
        }
    }

    private static ArgumentException Refuse(string key, int position, string reason, string argument) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The key '{key}' contains U+{(int)key[position]:X4} at position {position}, {reason}. Give the record another key."), argument);
}
