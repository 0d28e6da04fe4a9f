using System.Text.RegularExpressions;

namespace FaissSdk.Benchmarks;

/// <summary>Rows by a regular expression that their label contains, upper and lower case alike.</summary>
internal sealed class KMeansRows
{
    private readonly Regex _expression;

    private KMeansRows(Regex expression) => _expression = expression;

    public string Pattern => _expression.ToString();

    /// <returns>Null when the pattern is none.</returns>
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
