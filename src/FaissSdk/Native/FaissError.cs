using System.Text.RegularExpressions;

namespace FaissSdk.Native;

/// <summary>Rewords FAISS's error texts, which begin with the signature of a C++ function: the reason comes first, then the advice, and FAISS's text last.</summary>
internal static partial class FaissError
{
    private const string NoText = "C++ threw an exception without a message; usually memory is exhausted, or a number is out of range";

    /// <summary>Returns the message of an exception.</summary>
    /// <param name="text">FAISS's text; <see langword="null"/> or empty if there is none.</param>
    /// <param name="context">What failed, if the reason does not name it.</param>
    /// <param name="advice">The advice that the call knows, if the text contains its phrase.</param>
    public static string Describe(string? text, string? context = null, ErrorAdvice? advice = null)
    {
        var before = context is null ? "" : $"{context}: ";
        if (string.IsNullOrWhiteSpace(text))
        {
            return $"{before}{NoText}";
        }

        var parsed = Text().Match(text);
        var reason = !parsed.Success ? text.Trim()
            : parsed.Groups["reason"] is { Success: true, Value: var said } && said.Trim().Length > 0 ? said.Trim()
            : $"FAISS rejected the call by '{parsed.Groups["condition"].Value}'";
        var hint = (advice?.Matches(text) == true ? advice : ErrorAdvice.For(text))?.Text;
        return (hint, parsed.Success) switch
        {
            (null, false) => $"{before}{reason}",
            (null, true) => $"{before}{Sentence(reason)} FAISS: {text}",
            (_, false) => $"{before}{Sentence(reason)} {hint}",
            _ => $"{before}{Sentence(reason)} {hint} FAISS: {text}",
        };
    }

    private static string Sentence(string reason) => $"{reason.TrimEnd('.', ' ', '\n')}.";

    // Error in <signature> at <file>:<line>: <reason>, where the reason can be a condition: Error: '<condition>' failed: <reason>.
    [GeneratedRegex(
        @"^Error in .+? at ([A-Za-z]:)?[^:]+:[0-9]+: (Error: '(?<condition>.*?)' failed(: ?(?<reason>.*))?|(?<reason>.*))$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Text();
}
