using System.Text.RegularExpressions;

namespace FaissSdk.Benchmarks;

/// <summary>Selects rows by a regular expression that matches within their label, ignoring case.</summary>
internal sealed class KMeansRows
{
    private readonly Regex _expression;

    private KMeansRows(Regex expression) => _expression = expression;

    public string Pattern => _expression.ToString();

    /// <returns>The selection, or null if the pattern is empty or not a regular expression.</returns>
    public static KMeansRows? TryParse(string pattern)
    {
        try
        {
            return pattern.Length > 0 ? new KMeansRows(new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)) : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    public bool Match(string label) => _expression.IsMatch(label);
}
