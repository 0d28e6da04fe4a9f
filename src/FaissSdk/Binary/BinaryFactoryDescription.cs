using System.Globalization;
using System.Text.RegularExpressions;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Rejects factory strings that <c>index_binary_factory</c> misreads (it compares only prefixes) or that crash later.</summary>
internal static partial class BinaryFactoryDescription
{
    private const int MaxLists = 1 << 24;
    private const int MaxLinks = 4096;
    private const int MaxHashBits = 63;

    public static void Check(string description, int dimension, string parameter)
    {
        FactoryDescription.CheckLength(description, parameter);
        if (!KnownDefects.BinaryFactoryPrefixes.IsPresent)
        {
            return;
        }

        var match = Grammar().Match(description);
        if (!match.Success)
        {
            throw new ArgumentException(
                $"'{description}' is none of BFlat, BIVF<lists>, BIVF<lists>_HNSW<links>, BHNSW<links>, BHash<bits>, BHash<tables>x<bits>, nor one of them after 'IDMap,' or 'IDMap2,'.", parameter);
        }

        if (match.Groups["before"].Success && match.Groups["after"].Success)
        {
            throw new ArgumentException($"'{description}' has two ID maps, and the inner one would take no ids.", parameter);
        }

        CheckNumber(match, "lists", 1, MaxLists);
        CheckNumber(match, "links", 2, MaxLinks);
        CheckNumber(match, "tables", 1, dimension);
        CheckNumber(match, "bits", 1, Math.Min(dimension, MaxHashBits));
        if (match.Groups["tables"] is { Success: true } tables && (long)Number(tables.Value) * Number(match.Groups["bits"].Value) > dimension)
        {
            throw new ArgumentException($"'{description}' uses {tables.Value} × {match.Groups["bits"].Value} bits of a vector, which has {dimension}.", parameter);
        }

        void CheckNumber(Match found, string name, int least, int most)
        {
            if (found.Groups[name] is { Success: true, Value: var digits } && (Number(digits) < least || Number(digits) > most))
            {
                throw new ArgumentException($"'{description}' has {digits} {name}; from {least} to {most} are possible with dimension {dimension}.", parameter);
            }
        }
    }

    public static bool HasIDMap(string description) => description.Contains("IDMap", StringComparison.Ordinal);

    private static int Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;

    [GeneratedRegex(
        @"^(?<before>IDMap2?,)?(BFlat|BIVF(?<lists>[0-9]+)(_HNSW(?<links>[0-9]+))?|BHNSW(?<links>[0-9]+)|BHash((?<tables>[0-9]+)x)?(?<bits>[0-9]+))(?<after>,IDMap2?)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();
}
