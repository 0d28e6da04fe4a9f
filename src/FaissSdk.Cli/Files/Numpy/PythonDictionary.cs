namespace FaissSdk.Cli;

/// <summary>Splits the text of a Python dictionary in one pass. Values are not interpreted, so that a hostile header takes time in proportion to its length.</summary>
internal static class PythonDictionary
{
    /// <summary>Returns the values as they are written, by their keys; null if the text is not a dictionary with text keys. The last of equal keys counts, as in Python.</summary>
    public static Dictionary<string, string>? Parse(string text)
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        var position = 0;
        if (!Skip(text, ref position, '{'))
        {
            return null;
        }

        while (!Skip(text, ref position, '}'))
        {
            var key = Take(text, ref position);
            if (key is not (['\'', .., '\''] or ['"', .., '"']) || !Skip(text, ref position, ':'))
            {
                return null;
            }

            var value = Take(text, ref position);
            if (value.Length == 0)
            {
                return null;
            }

            entries[key[1..^1]] = value;
            Skip(text, ref position, ',');
        }

        return text.AsSpan(position).IsWhiteSpace() ? entries : null;
    }

    private static bool Skip(string text, ref int position, char expected)
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }

        if (position == text.Length || text[position] != expected)
        {
            return false;
        }

        position++;
        return true;
    }

    // Takes the text before the next comma, colon or brace outside of quotes and brackets; empty if there is none.
    private static string Take(string text, ref int position)
    {
        var (start, depth, quote) = (position, 0, '\0');
        for (; position < text.Length; position++)
        {
            var character = text[position];
            if (quote != '\0')
            {
                position += character == '\\' ? 1 : 0;
                quote = character == quote ? '\0' : quote;
            }
            else if (character is '\'' or '"')
            {
                quote = character;
            }
            else if (character is '(' or '[' or '{')
            {
                depth++;
            }
            else if (depth > 0 && character is ')' or ']' or '}')
            {
                depth--;
            }
            else if (depth == 0 && character is ',' or ':' or '}')
            {
                return text[start..position].Trim();
            }
        }

        return "";
    }
}
