using System.Text.RegularExpressions;

namespace FaissSdk;

/// <summary>Keeps from <c>index_factory</c> what it takes for an index and then divides by zero, or never ends, with.</summary>
internal static partial class FactoryDescription
{
    private const int MaxLength = 500;

    public static void Check(string description, string parameter)
    {
        if (description.Length > MaxLength)
        {
            throw new ArgumentException($"{parameter} has {description.Length} characters; FAISS's parser is known to hold {MaxLength}.", parameter);
        }

        var zero = ZeroCount().Match(description);
        if (zero.Success)
        {
            throw new ArgumentException($"'{description}' has a count of 0 at character {zero.Index + 1} ('{zero.Value}'); counts in a factory string are 1 or greater.", parameter);
        }

        // Older versions fail on few or equal vectors.
        if (description.Contains("NSG", StringComparison.Ordinal))
        {
            FaissLibrary.RequireVersion(1, 15, 0, $"'{description}': NSG");
        }

        var graph = SingleLink().Match(description);
        if (graph.Success)
        {
            throw new ArgumentException($"'{description}' has a graph of one link a vector at character {graph.Index + 1} ('{graph.Value}'); HNSW and NSG need 2 or more.", parameter);
        }
    }

    /// <summary>Whether every vector finds a nearest one: a graph over plain vectors.</summary>
    public static bool FindsEveryVector(string description) => PlainGraph().IsMatch(description);

    /// <summary>Whether labels are places in a table of refinements.</summary>
    public static bool NumbersVectorsItself(string description) => RefinedProductQuantizer().IsMatch(description);

    [GeneratedRegex(@"^HNSW[0-9]+(,Flat)?$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainGraph();

    [GeneratedRegex(@"PQ[0-9]+\+[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex RefinedProductQuantizer();

    [GeneratedRegex(@"(?<![0-9.])0+(?![0-9.])", RegexOptions.CultureInvariant)]
    private static partial Regex ZeroCount();

    [GeneratedRegex(@"(HNSW|NSG)0*1(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex SingleLink();
}
