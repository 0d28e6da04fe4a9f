using System.Text.RegularExpressions;

namespace FaissSdk;

/// <summary>Explains why FAISS does not know a factory string: a part that only newer versions have, a space, or the case of letters.</summary>
internal static partial class FactoryVersions
{
    // The first version whose index_factory has each part; from index_factory.cpp of the tags 1.7.3 to 1.15.0.
    private static readonly (Regex Part, Version Version)[] Newer =
    [
        (Eden(), new(1, 15, 0)),
        (TurboQuant(), new(1, 14, 3)),
        (TurboQuantMse(), new(1, 14, 2)),
        (PanoramaOfBatches(), new(1, 14, 2)),
        (Hadamard(), new(1, 14, 1)),
        (PanoramaByInnerProduct(), new(1, 14, 0)),
        (RefiningPanorama(), new(1, 13, 2)),
        (PackedRaBitQOfBits(), new(1, 13, 2)),
        (RaBitQOfBits(), new(1, 13, 1)),
        (FlatPanorama(), new(1, 13, 1)),
        (PackedRaBitQ(), new(1, 13, 0)),
        (Panorama(), new(1, 13, 0)),
        (RaBitQ(), new(1, 11, 0)),
        (NewerScalars(), new(1, 9, 0)),
        (HashOfBits(), new(1, 9, 0)),
        (ThousandsOfLists(), new(1, 9, 0)),
        (GraphOfBits(), new(1, 8, 0)),
    ];

    // Runs of letters in factory strings.
    private static readonly string[] Letters =
    [
        "Flat", "FlatDedup", "IVF", "IMI", "HNSW", "NSG", "IDMap", "RFlat", "Refine", "PCA", "PCAR", "PCAW", "PCAWR", "OPQ", "ITQ", "norm", "L", "Pad", "RR", "HR", "LSH", "LSHr", "LSHt", "LSHrt", "SQ", "SQfp",
        "SQbf", "PQ", "x", "fs", "fsr", "np", "RQ", "LSQ", "PRQ", "PLSQ", "RCQ", "LSCQ", "RaBitQ", "RaBitQfs", "EDEN", "MinMax", "MinMaxFP", "Residual", "ZnLattice", "SH",
    ];

    /// <summary>Throws if a part of the string needs a newer FAISS than the loaded one.</summary>
    /// <exception cref="NotSupportedException">A newer FAISS has the part.</exception>
    public static void ThrowIfNewer(string description)
    {
        foreach (var (part, version) in Newer)
        {
            if (part.Match(description) is { Success: true } match && !FaissLibrary.IsAtLeast(version.Major, version.Minor, version.Build))
            {
                FaissLibrary.RequireVersion(version.Major, version.Minor, version.Build, $"'{match.Value.Trim(',', '_', '(')}' of '{description}'");
            }
        }

        if (Svs().Match(description) is { Success: true } graph)
        {
            throw new NotSupportedException($"'{graph.Value}' of '{description}' needs FAISS 1.13.2 or later, built with SVS; loaded: {FaissLibrary.Info.Version} ({FaissLibrary.Info.Path}).");
        }
    }

    /// <summary>Returns what is wrong with a string that FAISS does not know, or <see langword="null"/>.</summary>
    public static string? Mistake(string description)
    {
        var corrected = Run().Replace(description, match => Array.Find(Letters, letters => string.Equals(letters, match.Value, StringComparison.OrdinalIgnoreCase)) ?? match.Value);
        return corrected == description ? null : $"Factory strings are case-sensitive: did you mean '{corrected}'?";
    }

    [GeneratedRegex(@"EDEN[1-8]?(BIASED|BIAS)?(?![a-zA-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex Eden();

    [GeneratedRegex(@"SQtq[2-5]", RegexOptions.CultureInvariant)]
    private static partial Regex TurboQuant();

    [GeneratedRegex(@"SQ0|SQtqmse[12348]", RegexOptions.CultureInvariant)]
    private static partial Regex TurboQuantMse();

    [GeneratedRegex(@"IVF[^,]*,FlatPanorama[0-9]*_[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex PanoramaOfBatches();

    [GeneratedRegex(@"(?<=^|,|\()HR[0-9]*,", RegexOptions.CultureInvariant)]
    private static partial Regex Hadamard();

    [GeneratedRegex(@"FlatIPPanorama[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex PanoramaByInnerProduct();

    [GeneratedRegex(@"RefinePanorama\(|HNSW[0-9]*[,_]FlatPanorama[0-9]*", RegexOptions.CultureInvariant)]
    private static partial Regex RefiningPanorama();

    [GeneratedRegex(@"RaBitQfs[1-9]", RegexOptions.CultureInvariant)]
    private static partial Regex PackedRaBitQOfBits();

    [GeneratedRegex(@"RaBitQ[1-9]", RegexOptions.CultureInvariant)]
    private static partial Regex RaBitQOfBits();

    [GeneratedRegex(@"FlatL2Panorama[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex FlatPanorama();

    [GeneratedRegex(@"RaBitQfs", RegexOptions.CultureInvariant)]
    private static partial Regex PackedRaBitQ();

    [GeneratedRegex(@"FlatPanorama", RegexOptions.CultureInvariant)]
    private static partial Regex Panorama();

    [GeneratedRegex(@"RaBitQ", RegexOptions.CultureInvariant)]
    private static partial Regex RaBitQ();

    [GeneratedRegex(@"SQbf16|SQ8_direct(_signed)?", RegexOptions.CultureInvariant)]
    private static partial Regex NewerScalars();

    [GeneratedRegex(@"LSH[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex HashOfBits();

    [GeneratedRegex(@"IVF[0-9]+[kM]", RegexOptions.CultureInvariant)]
    private static partial Regex ThousandsOfLists();

    [GeneratedRegex(@"(HNSW|NSG)[0-9]*[,_]PQ[0-9]+x[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex GraphOfBits();

    [GeneratedRegex(@"SVS(Flat|Vamana|IVF)[^,]*", RegexOptions.CultureInvariant)]
    private static partial Regex Svs();

    [GeneratedRegex(@"[A-Za-z]+", RegexOptions.CultureInvariant)]
    private static partial Regex Run();
}
