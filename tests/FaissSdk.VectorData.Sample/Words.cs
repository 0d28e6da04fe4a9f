using System.Collections.Frozen;

namespace FaissSdk.VectorData.Sample;

/// <summary>Splits texts and names into words: in lower case, at humps, without plurals and common words.</summary>
internal static class Words
{
    private static readonly FrozenSet<string> Common = FrozenSet.Create(
        "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "how", "if", "in", "is", "it", "its", "of", "on", "or",
        "specified", "that", "the", "this", "to", "when", "whether", "which", "with");

    public static IEnumerable<string> Split(string text)
    {
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var ends = i == text.Length || !char.IsLetterOrDigit(text[i]);
            if ((ends || IsHump(text, i)) && i > start)
            {
                var word = Singular(text[start..i].ToLowerInvariant());
                if (word.Length > 1 && !Common.Contains(word))
                {
                    yield return word;
                }

                start = i;
            }

            if (ends)
            {
                start = i + 1;
            }
        }
    }

    // ReadAllBytes: before A and B. XMLReader: before R.
    private static bool IsHump(string text, int i) =>
        i > 0 && char.IsUpper(text[i]) && (char.IsLower(text[i - 1]) || (char.IsUpper(text[i - 1]) && i + 1 < text.Length && char.IsLower(text[i + 1])));

    private static string Singular(string word) => word switch
    {
        { Length: < 4 } => word,
        [.. var stem, 'i', 'e', 's'] => stem + "y",
        [.., 's', 's'] or [.., 'u', 's'] or [.., 'i', 's'] => word,
        [.. var stem, 's'] => stem,
        _ => word,
    };
}
