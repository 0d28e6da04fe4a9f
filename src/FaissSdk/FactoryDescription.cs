using System.Text.RegularExpressions;

namespace FaissSdk;

/// <summary>Keeps from <c>index_factory</c> what it takes for an index and then divides by zero, or never ends, with.</summary>
internal static partial class FactoryDescription
{
    public static void Check(string description, string parameter)
    {
        var zero = ZeroCount().Match(description);
        if (zero.Success)
        {
            throw new ArgumentException($"'{description}' has a count of 0 at character {zero.Index + 1} ('{zero.Value}'); counts in a factory string are 1 or greater.", parameter);
        }

        var graph = SingleLink().Match(description);
        if (graph.Success)
        {
            throw new ArgumentException($"'{description}' has a graph of one link a vector at character {graph.Index + 1} ('{graph.Value}'); HNSW and NSG need 2 or more.", parameter);
        }
    }

    [GeneratedRegex(@"(?<![0-9.])0+(?![0-9.])", RegexOptions.CultureInvariant)]
    private static partial Regex ZeroCount();

    [GeneratedRegex(@"(HNSW|NSG)0*1(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex SingleLink();
}
