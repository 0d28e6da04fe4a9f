using System.Globalization;
using System.Text.RegularExpressions;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Rejects numbers in factory strings that FAISS accepts although it fails with them later, or that need more memory than the machine has.</summary>
internal static partial class FactorySizes
{
    public const int MaxLinks = 4096;
    public const int MaxBits = 24;
    public const int MaxSteps = 4096;

    public static void Check(string description, int dimension, string parameter)
    {
        if (!KnownDefects.FactorySizes.IsPresent)
        {
            return;
        }

        CheckTransforms(description, dimension, parameter);
        foreach (Match graph in Graph().Matches(description))
        {
            CheckMax(graph, "links", MaxLinks, "links per vector");
        }

        foreach (Match code in Code().Matches(description))
        {
            CheckMax(code, "bits", MaxBits, "bits per code");
        }

        // With more, the greatest scale is rounded up to one that does not fit.
        foreach (Match lattice in Lattice().Matches(description))
        {
            CheckMax(lattice, "bits", MaxBits, "bits per scale");
        }

        foreach (Match steps in Steps().Matches(description))
        {
            CheckMax(steps, "parts", MaxSteps, "parts of an additive quantizer");
            CheckMax(steps, "steps", MaxSteps, "steps of an additive quantizer");
        }

        foreach (Match lists in Lists().Matches(description))
        {
            var factor = lists.Groups["unit"].Value switch { "k" => 1L << 10, "M" => 1L << 20, _ => 1 };
            MemoryLimit.CheckLists(Number(lists.Groups["lists"]) * factor, $"'{description}' has", parameter);
        }

        foreach (Match lists in Product().Matches(description))
        {
            CheckMax(lists, "half", MaxBits, "bits per half of a vector");
            MemoryLimit.CheckLists(1L << (2 * (int)Number(lists.Groups["half"])), $"'{description}' has", parameter);
        }

        foreach (Match coarse in GraphOfLists().Matches(description))
        {
            var min = Math.Max(101, Number(coarse.Groups["links"]) + 32);
            if (coarse.Groups["unit"].Length == 0 && Number(coarse.Groups["lists"]) < min)
            {
                throw new ArgumentException($"'{description}' finds {coarse.Groups["lists"].Value} lists by an NSG graph ('{coarse.Value}'), which is built of at least {min}; use HNSW for fewer.", parameter);
            }
        }

        if (CodeOfNoBits().Match(description) is { Success: true } empty)
        {
            throw new ArgumentException($"'{description}' has codes of no bits at character {empty.Index + 1} ('SQ0'), which only inverted lists can have (IVF256,SQ0).", parameter);
        }

        void CheckMax(Match match, string group, long max, string what)
        {
            if (match.Groups[group] is { Success: true } found && Number(found) > max)
            {
                throw new ArgumentException($"'{description}' has {found.Value} {what} at character {found.Index + 1}; at most {max} are possible.", parameter);
            }
        }
    }

    // The transforms at the beginning change the dimension.
    private static void CheckTransforms(string description, int dimension, string parameter)
    {
        foreach (var part in description.Split(','))
        {
            if (part is "IDMap" or "IDMap2")
            {
                continue;
            }

            var transform = Transform().Match(part);
            if (!transform.Success)
            {
                return;
            }

            var kind = transform.Groups["kind"].Value;
            var output = transform.Groups["out"] is { Success: true } digits ? Number(digits) : dimension;
            if (kind is "PCA" or "ITQ" && output > dimension)
            {
                throw new ArgumentException($"'{description}' reduces {dimension} dimensions to {output} ('{part}'); a {kind} has at most as many output dimensions as input dimensions.", parameter);
            }

            if (kind == "Pad" && output < dimension)
            {
                output = dimension;
            }

            if (output > int.MaxValue)
            {
                throw new ArgumentException($"'{description}' has {output} dimensions ('{part}'); at most {int.MaxValue} are possible.", parameter);
            }

            if (kind is "PCA" or "ITQ" or "OPQ" or "RR" && Math.Max(output, dimension) > VectorTransform.MaxDimension)
            {
                throw new ArgumentException($"'{description}' multiplies vectors of {dimension} dimensions by a matrix of {output} rows ('{part}'); at most {VectorTransform.MaxDimension} of each are possible.", parameter);
            }

            if (kind == "OPQ" && output % Number(transform.Groups["parts"]) != 0)
            {
                throw new ArgumentException($"'{description}' divides {output} dimensions into {transform.Groups["parts"].Value} parts ('{part}'), which must divide the dimension.", parameter);
            }

            dimension = (int)output;
        }
    }

    private static long Number(Group digits) => long.TryParse(digits.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, 1L << 40) : 1L << 40;

    [GeneratedRegex(@"^(?<kind>PCA)W?R?(?<out>[0-9]+)$|^(?<kind>ITQ)(?<out>[0-9]+)?$|^(?<kind>OPQ)(?<parts>[0-9]+)(_(?<out>[0-9]+))?$|^(?<kind>RR|Pad)(?<out>[0-9]+)?$|^(?<kind>HR)[0-9]*$|^(?<kind>L2[nN]orm)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Transform();

    [GeneratedRegex(@"(HNSW|NSG)(?<links>[0-9]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Graph();

    [GeneratedRegex(@"(PQ|RQ|LSQ|CQ|_)([0-9]+x)+(?<bits>[0-9]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Code();

    [GeneratedRegex(@"ZnLattice[0-9]+x[0-9]+_(?<bits>[0-9]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Lattice();

    [GeneratedRegex(@"(RQ|LSQ)((?<parts>[0-9]+)x)?(?<steps>[0-9]+)x", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Steps();

    [GeneratedRegex(@"(IVF(?<lists>[0-9]+)(?<unit>[kM]?))|(Residual(?<lists>[0-9]+)(?![0-9x]))", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Lists();

    [GeneratedRegex(@"IMI2x(?<half>[0-9]+)|(?<=[,_])2x(?<half>[0-9]+)(?=\+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Product();

    [GeneratedRegex(@"IVF(?<lists>[0-9]+)(?<unit>[kM]?)_NSG(?<links>[0-9]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex GraphOfLists();

    [GeneratedRegex(@"(?<!(IVF|IMI)[^,]*,)(?<!L)SQ0(?![0-9])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex CodeOfNoBits();
}
