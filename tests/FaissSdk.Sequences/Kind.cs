using System.Globalization;
using System.Text.RegularExpressions;

namespace FaissSdk.Sequences;

internal enum Labels
{
    /// <summary>The positions of the vectors, renumbered when vectors are removed.</summary>
    Positions,

    /// <summary>Ids that the index stores; <see cref="FaissIndex.Add(ReadOnlySpan{float})"/> takes them from the count on.</summary>
    Kept,

    /// <summary>Ids that the caller gives.</summary>
    Mapped,
}

/// <summary>What the oracles know of a kind of index.</summary>
/// <param name="Text">A factory string, or the structure of a constructed index.</param>
internal sealed partial record Kind(string Text)
{
    public Labels Labels { get; init; }

    /// <summary>Gets a value indicating whether a search finds the nearest vectors, if it visits all lists.</summary>
    public bool IsExact { get; init; }

    /// <summary>Gets a value indicating whether the distances that a search returns are those to the vectors.</summary>
    public bool HasTrueDistances { get; init; }

    /// <summary>Gets a value indicating whether a reconstructed vector is the vector itself.</summary>
    public bool IsLossless { get; init; }

    /// <summary>Gets a value indicating whether reconstructed vectors are nearer to the original vectors than the mean is.</summary>
    public bool Decodes { get; init; }

    /// <summary>Gets the number of lists, or 0.</summary>
    public int Lists { get; init; }

    public bool IsOneDimensional { get; init; }

    public static Kind Flat { get; } = new("IndexFlat") { IsExact = true, HasTrueDistances = true, IsLossless = true };

    /// <summary>Returns the kind for a metric: rotations keep Euclidean distances only.</summary>
    public Kind By(MetricType metric) => metric is MetricType.L2 or MetricType.InnerProduct || !Text.Contains("RR", StringComparison.Ordinal)
        ? this
        : this with { IsExact = false, HasTrueDistances = false };

    /// <summary>Returns what is known of the index that a factory string creates.</summary>
    public static Kind Of(string description, int dimension)
    {
        var parts = Split(description);
        var map = parts is [not "", ..] && parts[0].StartsWith("IDMap", StringComparison.Ordinal);
        parts = map ? parts[1..] : parts;
        var refined = parts is [.., var last] && last is "RFlat" or "Refine(Flat)";
        var rebuilt = parts is [.., var end] && (end.StartsWith("Refine", StringComparison.Ordinal) || end == "RFlat");
        parts = rebuilt ? parts[..^1] : parts;
        var exactTransform = true;
        var unchanged = true;
        while (parts.Length > 1 && Transform().Match(parts[0]) is { Success: true } transform)
        {
            exactTransform &= transform.Groups[1].Value == "Pad" || parts[0] == $"RR{dimension}";
            unchanged = false;
            parts = parts[1..];
        }

        if (parts.Length == 0)
        {
            return new Kind(description);
        }

        var lists = InvertedLists().Match(parts[0]);
        var plainLists = Regex.IsMatch(parts[0], @"^IVF\d+$");
        var encoding = string.Join(',', lists.Success ? parts[1..] : parts);
        var graph = encoding.StartsWith("HNSW", StringComparison.Ordinal) || encoding.StartsWith("NSG", StringComparison.Ordinal);
        var storage = graph ? GraphStorage(encoding) : encoding;
        var flat = storage is "Flat" or "FlatDedup" || storage.StartsWith("FlatL2Panorama", StringComparison.Ordinal) || storage.StartsWith("FlatPanorama", StringComparison.Ordinal);
        return new Kind(description)
        {
            Labels = map ? Labels.Mapped : lists.Success && !rebuilt ? Labels.Kept : Labels.Positions,
            IsExact = flat && exactTransform && !graph && (!lists.Success || plainLists) && (refined || !rebuilt) && !storage.Contains("Panorama", StringComparison.Ordinal),
            HasTrueDistances = exactTransform && (refined || (flat && !rebuilt)),
            IsLossless = unchanged && (refined || (flat && !rebuilt)),
            Decodes = exactTransform && (rebuilt || flat || Codes().IsMatch(storage)),
            Lists = lists.Success ? NumberOfLists(lists) : 0,
        };
    }

    private static int NumberOfLists(Match lists) =>
        lists.Groups[1].Success ? int.Parse(lists.Groups[1].Value, CultureInfo.InvariantCulture)
        : 1 << (int.Parse(lists.Groups[2].Value, CultureInfo.InvariantCulture) * int.Parse(lists.Groups[3].Value, CultureInfo.InvariantCulture));

    private static string GraphStorage(string encoding)
    {
        var storage = Regex.Replace(encoding, @"^(HNSW|NSG)\d+", "").TrimStart(',', '_');
        return storage == "" ? "Flat" : storage;
    }

    private static string[] Split(string description)
    {
        var (depth, start) = (0, 0);
        var parts = new List<string>();
        for (var i = 0; i < description.Length; i++)
        {
            depth += description[i] == '(' ? 1 : description[i] == ')' ? -1 : 0;
            if (description[i] == ',' && depth == 0)
            {
                parts.Add(description[start..i]);
                start = i + 1;
            }
        }

        parts.Add(description[start..]);
        return [.. parts];
    }

    [GeneratedRegex("^(PCA|OPQ|RR|L2norm|ITQ|Pad|HR)")]
    private static partial Regex Transform();

    [GeneratedRegex(@"^(?:IVF(\d+)|IMI(\d+)x(\d+))")]
    private static partial Regex InvertedLists();

    [GeneratedRegex(@"^(SQ(8|6|4|fp16|bf16)$|PQ\d+(x\d+)?(np|fs)?|RQ|LSQ|PRQ|PLSQ)")]
    private static partial Regex Codes();
}
