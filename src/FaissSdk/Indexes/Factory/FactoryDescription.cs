using System.Buffers;
using System.Text.RegularExpressions;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Rejects factory strings that <c>index_factory</c> accepts but that later crash or hang.</summary>
internal static partial class FactoryDescription
{
    private const int MaxLength = 500;

    private static readonly SearchValues<char> Spaces = SearchValues.Create(" \t\r\n\v\f\u00A0");

    public static void Check(string description, int dimension, string parameter)
    {
        CheckLength(description, parameter);
        if (description.AsSpan().IndexOfAny(Spaces) is >= 0 and var space)
        {
            throw new ArgumentException($"'{description}' has a space at character {space + 1}; factory strings have none.", parameter);
        }

        CheckCounts(description, parameter);
        FactorySizes.Check(description, dimension, parameter);
        if (description.Contains("NSG", StringComparison.Ordinal))
        {
            KnownDefects.NSG.ThrowIfPresent($"'{description}': NSG");
        }
    }

    /// <summary>Checks the length of a factory string, of a float or a binary index.</summary>
    public static void CheckLength(string description, string parameter)
    {
        if (KnownDefects.FactoryStringLength.IsPresent && description.Length > MaxLength)
        {
            throw new ArgumentException($"{parameter} has {description.Length} characters; FAISS's parser is known to be safe up to {MaxLength}.", parameter);
        }
    }

    private static void CheckCounts(string description, string parameter)
    {
        if (!KnownDefects.FactoryCountOfZero.IsPresent)
        {
            return;
        }

        var zero = ZeroCount().Match(description);
        if (zero.Success)
        {
            throw new ArgumentException($"'{description}' has a count of 0 at character {zero.Index + 1} ('{zero.Value}'); counts in a factory string are 1 or greater.", parameter);
        }

        var graph = SingleLink().Match(description);
        if (graph.Success)
        {
            throw new ArgumentException($"'{description}' has a graph of too few links per vector at character {graph.Index + 1} ('{graph.Value}'); HNSW needs 2 or more, NSG 8 or more.", parameter);
        }
    }

    [GeneratedRegex(@"(?<![0-9.]|(?<!L)SQ|SH-|SH)0+(?![0-9.])", RegexOptions.CultureInvariant)]
    private static partial Regex ZeroCount();

    [GeneratedRegex(@"HNSW0*1(?![0-9])|NSG0*[1-7](?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex SingleLink();
}
