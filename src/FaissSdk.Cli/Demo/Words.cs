using System.Collections.Frozen;

namespace FaissSdk.Cli;

/// <summary>Splits text into the words to count: in lower case, with camel case split, in the singular and without common words.</summary>
internal static class Words
{
    private static readonly FrozenSet<string> StopWords = FrozenSet.Create(
        "a", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "do", "does", "for", "from", "has", "have",
        "if", "in", "into", "is", "it", "its", "may", "no", "not", "of", "on", "or", "such", "than", "that", "the", "their",
        "then", "there", "these", "they", "this", "those", "to", "was", "were", "when", "where", "whether", "which", "will", "with");

    public static List<string> Split(string text)
    {
        var words = new List<string>();
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i > start && (i == text.Length || !char.IsLetterOrDigit(text[i]) || StartsHump(text, i)))
            {
                Add(words, text[start..i]);
                start = i;
            }

            if (i < text.Length && !char.IsLetterOrDigit(text[i]))
            {
                start = i + 1;
            }
        }

        return words;
    }

    /// <summary>Removes the ending of a plural by D. Harman's rules ("How effective is suffixing?", JASIS 42, 1991).</summary>
    public static string Stem(string word)
    {
        if (word.Length < 4 || word[^1] != 's')
        {
            return word;
        }

        if (word.EndsWith("ies", StringComparison.Ordinal))
        {
            return word[^4] is 'a' or 'e' ? word : word[..^3] + "y";
        }

        if (word.EndsWith("es", StringComparison.Ordinal))
        {
            return word[^3] is 'a' or 'e' or 'o' ? word : word[..^1];
        }

        return word[^2] is 'u' or 's' or 'i' ? word : word[..^1];
    }

    private static void Add(List<string> words, string word)
    {
        var lower = word.ToLowerInvariant();
        if (lower.Length > 1 && lower.Any(char.IsLetter) && !StopWords.Contains(lower))
        {
            words.Add(Stem(lower));
        }
    }

    // A hump of camel case starts before the A of ReadAll, and before the E of IOException, as a lower-case letter follows.
    private static bool StartsHump(string text, int i) =>
        char.IsUpper(text[i]) && (!char.IsUpper(text[i - 1]) || (i + 1 < text.Length && char.IsLower(text[i + 1])));
}
