namespace FaissSdk.Cli;

/// <summary>Shortens arbitrary text to one line of a message, without control characters.</summary>
internal static class Excerpt
{
    public static string Of(string text, int length = 40)
    {
        var cut = text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 3), "...");
        return string.Create(cut.Length, cut, static (characters, source) =>
        {
            for (var i = 0; i < characters.Length; i++)
            {
                characters[i] = char.IsControl(source[i]) ? '?' : source[i];
            }
        });
    }
}
