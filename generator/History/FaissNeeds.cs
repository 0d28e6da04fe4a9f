using System.Text.RegularExpressions;

namespace FaissSdk.Generator;

/// <summary>The FAISS versions that FaissSdk's own functions need, as the comments of the header state them: <c>Fails with FAISS &lt; 1.15.0.</c></summary>
internal static partial class FaissNeeds
{
    /// <summary>Returns the oldest version that serves a function, by C name; functions that every version serves are absent.</summary>
    /// <param name="folder">The folder of the headers.</param>
    public static IReadOnlyDictionary<string, string> Read(string folder) =>
        Directory.GetFiles(folder, "*.h")
            .SelectMany(path => Declaration().Matches(File.ReadAllText(path)))
            .Select(match => (Name: match.Groups["name"].Value, Version: Failure().Match(Marker().Replace(match.Groups["comment"].Value, " "))))
            .Where(function => function.Version.Success)
            .ToDictionary(function => function.Name, function => function.Version.Groups[1].Value, StringComparer.Ordinal);

    // A comment of whole lines and the function that follows it.
    [GeneratedRegex(@"(?<comment>(^//[^\n]*\n)+)[^\n/]*?\b(?<name>faiss_sdk_\w+)\(", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\s*\n//\s*")]
    private static partial Regex Marker();

    [GeneratedRegex(@"Fails with FAISS < (\d+\.\d+\.\d+)")]
    private static partial Regex Failure();
}
